import CSndFile
import Signals

/// Writes frames to a file through libsndfile.
final class AudioWriter: AudioSink {
  private let format: AudioFormat
  private let sampleType: AudioSampleType
  private let file: OutputFile
  private let output: SoundOutput
  /// Nil once the file is finished.
  private var handle: SoundHandle?
  private var frame = 0

  /// A sink of a sound of `format`, whose samples are stored as `type` says, into `file`.
  ///
  /// Throws where libsndfile refuses the format.
  init(_ format: AudioFormat, type: AudioFileType, file: OutputFile) throws {
    self.format = format
    self.file = file
    sampleType = type.sampleType(for: format)
    output = SoundOutput(file)
    var info = SF_INFO()
    info.samplerate = Int32(clamping: format.sampleRate)
    info.channels = Int32(clamping: format.channels)
    info.format = Int32(type.container(for: format) | type.subtype(of: sampleType))
    var calls = SoundOutput.calls
    let owner = Unmanaged.passRetained(output)
    let opened = sf_open_virtual(&calls, Int32(SFM_WRITE), &info, owner.toOpaque())
    guard let opened else {
      owner.release()
      throw output.failure
        ?? MediaFileError.unsupported(
          file: file.name, what: "libsndfile does not write it: \(sentence(sf_strerror(nil)))")
    }
    handle = SoundHandle(pointer: opened, owner: owner)
    // A table of peaks would hold the time of day.
    sf_command(opened, Int32(SFC_SET_ADD_PEAK_CHUNK), nil, Int32(SF_FALSE))
    // Becomes an ordinary WAV file where it turns out to be small enough.
    sf_command(opened, Int32(SFC_RF64_AUTO_DOWNGRADE), nil, Int32(SF_TRUE))
    setAudioTags(format.tags, of: opened)
  }

  func write(_ frames: Audio) throws {
    precondition(frames.channels == format.channels, "frames do not fit the sound")
    precondition(
      frames.frames <= (format.frames ?? .max) - frame, "more frames than the sound has")
    let step = framesPerStep(channels: frames.channels)
    for start in stride(from: 0, to: frames.frames, by: step) {
      let part = Interleaved(frames, start..<min(start + step, frames.frames))
      try write(part)
      frame += part.range.count
    }
  }

  private func write(_ part: Interleaved) throws {
    guard let handle = handle?.pointer else { preconditionFailure("the file is finished") }
    let count = sf_count_t(part.range.count)
    let written =
      if let bits = sampleType.bits {
        sf_writef_int(handle, part.integers(bits: bits), count)
      } else {
        sf_writef_float(handle, part.floats, count)
      }
    if written != count { throw refusal(sf_strerror(handle)) }
  }

  func finish() throws {
    precondition(handle != nil, "the file is finished")
    precondition(format.frames == nil || format.frames == frame, "fewer frames than the sound has")
    if frame == 0 { throw emptySound(file.name) }
    let status = handle.take()?.close() ?? 0
    if status != 0 || output.failure != nil { throw refusal(sf_error_number(status)) }
    try file.finish()
  }

  private func refusal(_ text: UnsafePointer<CChar>?) -> any Error {
    output.failure ?? MediaFileError.unsupported(file: file.name, what: sentence(text))
  }
}

/// The error of a sound without samples that was to be written.
func emptySound(_ name: String) -> MediaFileError {
  .unsupported(file: name, what: "a sound without samples is not written")
}

extension AudioSampleType {
  /// Bits of an integer, nil for floating point.
  fileprivate var bits: Int? {
    switch self {
    case .int8: 8
    case .int16: 16
    case .int24: 24
    case .int32: 32
    case .float32: nil
    }
  }
}

extension AudioFileType {
  /// How samples of `format` are stored.
  fileprivate func sampleType(for format: AudioFormat) -> AudioSampleType {
    switch (self, format.sampleType) {
    case (.flac, .int32), (.flac, .float32): .int24
    case (_, let type): type
    }
  }

  /// libsndfile's number of the container.
  fileprivate func container(for format: AudioFormat) -> Int {
    switch self {
    case .wav:
      // The sizes in a WAV file have 32 bits. A mebibyte is left for header and tags.
      let limit = (UInt32.max - 1 << 20) / 4 / UInt32(format.channels)
      return format.frames.map { $0 < limit } ?? false ? SF_FORMAT_WAV : SF_FORMAT_RF64
    case .flac:
      return SF_FORMAT_FLAC
    }
  }

  /// libsndfile's number of a type of samples.
  fileprivate func subtype(of type: AudioSampleType) -> Int {
    switch type {
    case .int8: self == .wav ? SF_FORMAT_PCM_U8 : SF_FORMAT_PCM_S8
    case .int16: SF_FORMAT_PCM_16
    case .int24: SF_FORMAT_PCM_24
    case .int32: SF_FORMAT_PCM_32
    case .float32: SF_FORMAT_FLOAT
    }
  }
}
