import CSndFile
import Signals

/// Frames of a file through libsndfile.
final class AudioReader: AudioSource {
  let format: AudioFormat
  private let input: SoundInput
  private let handle: SoundHandle
  private var frame = 0
  private var failure: (any Error)?

  /// Reads the header. Throws where the file is damaged or holds what is not supported.
  init(_ file: InputFile, _ content: AudioContent, _ options: ReadingOptions) throws {
    let length = try StatedLength(of: file, content)
    let input = SoundInput(file, correction: length.correction, isEndless: length == .unknown)
    var info = SF_INFO()
    var calls = SoundInput.calls
    let owner = Unmanaged.passRetained(input)
    let opened = sf_open_virtual(&calls, Int32(SFM_READ), &info, owner.toOpaque())
    guard let opened else {
      owner.release()
      if let failure = input.failure { throw failure }
      throw refusal(code: sf_error(nil), text: sf_strerror(nil), input)
    }
    handle = SoundHandle(pointer: opened, owner: owner)
    self.input = input

    let name = file.name
    let frames = length == .unknown || info.frames == sf_count_t.max ? nil : Int(info.frames)
    if length == .endsEarly || (content == .ogg && frames == nil) {
      throw MediaFileError.damagedSound(
        file: name, what: "the file ends early", frame: frames ?? 0)
    }
    guard frames != 0 else { throw empty(name) }
    guard (1...AudioFile.maximumChannels).contains(Int(info.channels)) else {
      throw MediaFileError.unsupported(
        file: name,
        what: "\(info.channels) channels are more than the limit of \(AudioFile.maximumChannels)")
    }
    guard info.samplerate > 0 else {
      throw MediaFileError.unsupported(file: name, what: "the sample rate is 0 Hz")
    }
    format = AudioFormat(
      sampleRate: Int(info.samplerate), channels: Int(info.channels), frames: frames,
      sampleType: AudioSampleType(subtype: Int(info.format) & SF_FORMAT_SUBMASK),
      tags: audioTags(of: opened))
  }

  func nextFrames(_ count: Int) throws -> Audio {
    // A library whose file has failed is in no state to go on.
    if let failure { throw failure }
    do {
      return try readFrames(min(count, (format.frames ?? .max) - frame))
    } catch {
      failure = error
      throw error
    }
  }

  private func readFrames(_ count: Int) throws -> Audio {
    let channels = format.channels
    let step = framesPerStep(channels: channels)
    // Grows with what the file is seen to hold, never with what it promises.
    var interleaved: [Float] = []
    var done = 0
    while done < count {
      let part = min(count - done, step)
      interleaved.append(contentsOf: repeatElement(0, count: part * channels))
      let got = interleaved.withUnsafeMutableBufferPointer {
        sf_readf_float(handle.pointer, $0.baseAddress! + done * channels, sf_count_t(part))
      }
      let kept = max(0, min(part, Int(got)))
      interleaved.removeLast((part - kept) * channels)
      done += kept
      if let failure = input.failure { throw failure }
      if sf_error(handle.pointer) != SF_ERR_NO_ERROR {
        throw damage(sentence(sf_strerror(handle.pointer)), done)
      }
      if kept == 0 { break }
    }
    if done < count {
      if format.frames != nil { throw damage("the file ends early", done) }
      if frame + done == 0 { throw empty(input.file.name) }
    }
    frame += done
    return Audio(
      frames: done, channels: channels, samples: planar(interleaved, channels: channels))
  }

  private func damage(_ what: String, _ done: Int) -> MediaFileError {
    .damagedSound(file: input.file.name, what: what, frame: frame + done)
  }
}

private func empty(_ name: String) -> MediaFileError {
  .unsupported(file: name, what: "a sound without samples is not read")
}

/// The error of a file that libsndfile does not open.
private func refusal(
  code: Int32, text: UnsafePointer<CChar>?, _ input: SoundInput
) -> MediaFileError {
  switch Int(code) {
  case SF_ERR_UNRECOGNISED_FORMAT, SF_ERR_UNSUPPORTED_ENCODING:
    .unsupported(file: input.file.name, what: "libsndfile does not read it: \(sentence(text))")
  default:
    .damaged(file: input.file.name, what: sentence(text), offset: input.position)
  }
}

/// A message of libsndfile without what is no part of a sentence: "Error : flac decoder lost sync."
func sentence(_ text: UnsafePointer<CChar>?) -> String {
  var text = text.map { String(cString: $0) } ?? "unknown error"
  if text.hasPrefix("Error : ") { text.removeFirst(8) }
  if text.hasSuffix(".") { text.removeLast() }
  return text
}

extension AudioSampleType {
  /// The type of samples that libsndfile calls `subtype`, or into which it decodes them.
  fileprivate init(subtype: Int) {
    switch subtype {
    case SF_FORMAT_PCM_S8, SF_FORMAT_PCM_U8: self = .int8
    case SF_FORMAT_PCM_24: self = .int24
    case SF_FORMAT_PCM_32: self = .int32
    case SF_FORMAT_FLOAT, SF_FORMAT_DOUBLE, SF_FORMAT_VORBIS, SF_FORMAT_OPUS,
      SF_FORMAT_MPEG_LAYER_I, SF_FORMAT_MPEG_LAYER_II, SF_FORMAT_MPEG_LAYER_III:
      self = .float32
    // Telephone formats such as u-law and ADPCM decode to 16 bits.
    default: self = .int16
    }
  }
}
