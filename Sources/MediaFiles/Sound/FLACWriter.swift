import CSndFile
import Signals

/// Writes frames to a file of FLAC through libsndfile, which gets metadata blocks of ours.
final class FLACWriter: AudioSink {
  private let format: AudioFormat
  private let bits: Int
  private let file: OutputFile
  private let output: FLACOutput
  private let warnings: Warnings
  /// Nil once the file is finished.
  private var handle: SoundHandle?
  private var frame = 0
  private var clipped = 0

  /// A sink of a sound of `format` into `file`. Throws where libsndfile refuses the format.
  init(_ format: AudioFormat, file: OutputFile, _ warnings: Warnings) throws {
    self.format = format
    self.file = file
    self.warnings = warnings
    let subtype: Int
    switch format.sampleType {
    case .int8: (bits, subtype) = (8, SF_FORMAT_PCM_S8)
    case .int16: (bits, subtype) = (16, SF_FORMAT_PCM_16)
    case .int24, .int32, .float32: (bits, subtype) = (24, SF_FORMAT_PCM_24)
    }
    let (blocks, lost) = flacBlocks(format)
    output = FLACOutput(file, blocks: blocks)
    var info = SF_INFO()
    info.samplerate = Int32(clamping: format.sampleRate)
    info.channels = Int32(clamping: format.channels)
    info.format = Int32(SF_FORMAT_FLAC | subtype)
    var calls = FLACOutput.calls
    let owner = Unmanaged.passRetained(output)
    guard let opened = sf_open_virtual(&calls, Int32(SFM_WRITE), &info, owner.toOpaque()) else {
      owner.release()
      throw output.failure
        ?? MediaFileError.unsupported(
          file: file.name, what: "libsndfile does not write it: \(sentence(sf_strerror(nil)))")
    }
    handle = SoundHandle(pointer: opened, owner: owner)
    if format.sampleType == .int32 { warnings("samples of 32 bits are rounded to 24") }
    warnings.leftOut(lost)
  }

  func write(_ frames: Audio) throws {
    precondition(frames.channels == format.channels, "frames do not fit the sound")
    precondition(
      frames.frames <= (format.frames ?? .max) - frame, "more frames than the sound has")
    guard let handle = handle?.pointer else { preconditionFailure("the file is finished") }
    let step = framesPerStep(channels: frames.channels)
    for start in stride(from: 0, to: frames.frames, by: step) {
      let part = Interleaved(frames, start..<min(start + step, frames.frames))
      if format.sampleType == .float32 { clipped += part.clipped }
      let count = sf_count_t(part.range.count)
      if sf_writef_int(handle, part.integers(bits: bits), count) != count {
        throw refusal(sf_strerror(handle))
      }
      frame += part.range.count
    }
  }

  func finish() throws {
    precondition(handle != nil, "the file is finished")
    precondition(format.frames == nil || format.frames == frame, "fewer frames than the sound has")
    if frame == 0 { throw emptySound(file.name) }
    let status = handle.take()?.close() ?? 0
    if status != 0 || output.failure != nil { throw refusal(sf_error_number(status)) }
    warnings.clipped(clipped, bits: bits)
    try file.finish()
  }

  private func refusal(_ text: UnsafePointer<CChar>?) -> any Error {
    output.failure ?? MediaFileError.unsupported(file: file.name, what: sentence(text))
  }
}

/// The metadata blocks but STREAMINFO (RFC 9639, section 8), and what they do not hold.
private func flacBlocks(_ format: AudioFormat) -> (blocks: [UInt8], lost: [String]) {
  var lost: [String] = []
  var tags = format.tags
  switch format.layout {
  case .ambisonic: lost.append("that it is ambisonic")
  case .speakers(let mask) where mask != usualSpeakers(channels: format.channels):
    let digits = String(mask, radix: 16, uppercase: true)
    let zeros = String(repeating: "0", count: max(0, 4 - digits.count))
    tags.append(AudioTag(name: maskName, text: "0x\(zeros)\(digits)"))
  default: break
  }
  var all: [(kind: UInt8, content: [UInt8])] = [(4, vorbisComments(tags, vendor: "codec"))]
  for block in format.blocks {
    switch block.kind {
    case .picture: all.append((6, block.bytes))
    case .cueSheet: all.append((5, block.bytes))
    case .application: all.append((2, block.bytes))
    case .chunk:
      lost.append(
        "chunk " + FormChunks.Chunk(name: Array(block.bytes.prefix(4)), start: 0, size: 0).label)
    }
  }
  // The length of a block has 24 bits.
  let (held, long) = (
    all.filter { $0.content.count < 1 << 24 }, all.filter { $0.content.count >= 1 << 24 }
  )
  lost += long.map { $0.kind == 4 ? "tags of more than 16 MiB" : "a block of more than 16 MiB" }
  var bytes: [UInt8] = []
  for (index, block) in held.enumerated() {
    bytes.append(index == held.count - 1 ? block.kind | 0x80 : block.kind)
    bytes += [UInt8(block.content.count >> 16), UInt8(block.content.count >> 8 & 0xFF)]
    bytes.append(UInt8(block.content.count & 0xFF))
    bytes += block.content
  }
  return (bytes, lost)
}
