import CSndFile
import Foundation
import MediaFiles
import Signals
import Synchronization
import TestSupport

/// The format of a file, and all its frames, read `step` at a time.
func readSound(
  _ path: String, step: Int = 1000, options: ReadingOptions = ReadingOptions()
) throws -> (format: AudioFormat, audio: Audio) {
  let file = try AudioFile(path: path, options: options)
  let source = try file.open()
  var parts: [Audio] = []
  while let part = try Optional(source.nextFrames(step)), part.frames > 0 { parts.append(part) }
  let channels = (0..<source.format.channels).flatMap { channel in
    parts.flatMap { $0.samples[channel * $0.frames..<(channel + 1) * $0.frames] }
  }
  let frames = channels.count / source.format.channels
  return (
    file.format, Audio(frames: frames, channels: source.format.channels, samples: channels)
  )
}

/// The format and frames of a file of these bytes.
func readSound(
  _ bytes: [UInt8], options: ReadingOptions = ReadingOptions()
) throws -> (format: AudioFormat, audio: Audio) {
  let folder = try TemporaryFolder()
  return try readSound(try folder.write(bytes, to: "file"), options: options)
}

/// Collects warnings.
final class WarningList: Sendable {
  private let list = Mutex<[String]>([])

  var all: [String] { list.withLock { $0 } }

  func add(_ warning: MediaFileWarning) { list.withLock { $0.append(warning.what) } }
}

/// Writes a sound `step` frames at a time.
func writeSound(
  _ audio: Audio, format: AudioFormat, path: String, overwrite: Bool = false, step: Int = 700,
  warn: @escaping @Sendable (MediaFileWarning) -> Void = { _ in }
) throws {
  let sink = try createAudio(path: path, format: format, overwrite: overwrite, warn: warn)
  for frame in stride(from: 0, to: audio.frames, by: step) {
    try sink.write(audio.frames(frame..<min(frame + step, audio.frames)))
  }
  try sink.finish()
}

/// Samples of the whole range of the type, the smallest and largest among them.
func randomSound(_ format: AudioFormat, seed: UInt64) -> Audio {
  var generator = SeededGenerator(seed: seed)
  var audio = Audio(frames: format.frames ?? 0, channels: format.channels)
  for index in audio.samples.indices {
    // Integers of 32 bits are those that single precision holds.
    let bits: Int? =
      switch format.sampleType {
      case .int8: 8
      case .int16: 16
      case .int24, .int32: 24
      case .float32: nil
      }
    guard let bits else {
      audio.samples[index] = Float.random(in: -3...3, using: &generator)
      continue
    }
    let scale = 1 << (bits - 1)
    let value = Int.random(in: -scale..<scale, using: &generator)
    audio.samples[index] =
      Float(index == 0 ? -scale : index == 1 ? scale - 1 : value) / Float(scale)
  }
  return audio
}

/// A tone that starts soft and ends as noise, so that encoders vary their rate.
func testSound(frames: Int, channels: Int) -> Audio {
  var generator = SeededGenerator(seed: 3)
  var audio = Audio(frames: frames, channels: channels)
  for frame in 0..<frames {
    for channel in 0..<channels {
      audio[channel, frame] =
        2 * frame < frames
        ? 0.1 * sin(Float(frame) * 0.05 * Float(channel + 1))
        : Float.random(in: -0.5...0.5, using: &generator)
    }
  }
  return audio
}

/// The bytes of a file that libsndfile itself writes, in a format that we do not; nil where this
/// version of it cannot.
func bytesFromLibsndfile(
  _ audio: Audio, sampleRate: Int, container: Int, subtype: Int, title: String? = nil
) throws -> [UInt8]? {
  let folder = try TemporaryFolder()
  var info = SF_INFO()
  info.samplerate = Int32(sampleRate)
  info.channels = Int32(audio.channels)
  info.format = Int32(container | subtype)
  guard sf_format_check(&info) != 0, let file = sf_open(folder.file("a"), Int32(SFM_WRITE), &info)
  else { return nil }
  if let title { sf_set_string(file, Int32(SF_STR_TITLE), title) }
  let frames = (0..<audio.frames).flatMap { frame in
    (0..<audio.channels).map { audio[$0, frame] }
  }
  sf_writef_float(file, frames, sf_count_t(audio.frames))
  sf_close(file)
  return try readFile(path: folder.file("a"), maximumBytes: 1 << 24)
}

/// A WAV file of 16 bits, with any sizes in the headers of the file and the samples.
func wav(
  _ samples: [Int16], channels: Int = 1, fileSize: UInt32? = nil, dataSize: UInt32? = nil
) -> [UInt8] {
  func little(_ value: some FixedWidthInteger) -> [UInt8] {
    withUnsafeBytes(of: value.littleEndian) { Array($0) }
  }
  let data = samples.flatMap { little($0) }
  return Array("RIFF".utf8) + little(fileSize ?? UInt32(36 + data.count)) + Array("WAVEfmt ".utf8)
    + little(UInt32(16)) + little(UInt16(1)) + little(UInt16(channels)) + little(UInt32(8000))
    + little(UInt32(8000 * 2 * channels)) + little(UInt16(2 * channels)) + little(UInt16(16))
    + Array("data".utf8) + little(dataSize ?? UInt32(data.count)) + data
}

/// A chunk of AIFF.
func aiffChunk(_ name: String, _ content: [UInt8], size: UInt32? = nil) -> [UInt8] {
  Array(name.utf8) + withUnsafeBytes(of: (size ?? UInt32(content.count)).bigEndian) { Array($0) }
    + content + (content.count % 2 == 1 ? [0] : [])
}

/// An AIFF file of 16 bits at 8 kHz, with any sizes in the headers of the file and the samples, and
/// other chunks before the samples.
func aiff(
  _ samples: [Int16], formSize: UInt32? = nil, soundSize: UInt32? = nil, chunks: [UInt8] = []
) -> [UInt8] {
  func big(_ value: some FixedWidthInteger) -> [UInt8] {
    withUnsafeBytes(of: value.bigEndian) { Array($0) }
  }
  // 8000 as an extended number of 80 bits.
  let rate: [UInt8] = [0x40, 0x0B, 0xFA, 0, 0, 0, 0, 0, 0, 0]
  let frames = soundSize.map { $0 < 9 ? 0 : ($0 - 8) / 2 } ?? UInt32(samples.count)
  let format = big(UInt16(1)) + big(frames) + big(UInt16(16)) + rate
  let body =
    Array("AIFF".utf8) + aiffChunk("COMM", format) + chunks
    + aiffChunk(
      "SSND", [UInt8](repeating: 0, count: 8) + samples.flatMap { big($0) }, size: soundSize)
  return Array("FORM".utf8) + big(formSize ?? UInt32(body.count)) + body
}

/// An ID3v2.3 tag of a title, with some room behind it.
func id3(_ title: String, room: Int = 100) -> [UInt8] {
  let frame =
    Array("TIT2".utf8) + [0, 0, 0, UInt8(title.utf8.count + 1), 0, 0, 0] + Array(title.utf8)
    + [UInt8](repeating: 0, count: room)
  return Array("ID3".utf8) + [3, 0, 0, 0, 0, UInt8(frame.count >> 7), UInt8(frame.count & 0x7F)]
    + frame
}
