import CSndFile
import Foundation
import MediaFiles
import Signals
import TestSupport

/// The format of a file, and all its frames, read `step` at a time.
func readSound(_ path: String, step: Int = 1000) throws -> (format: AudioFormat, audio: Audio) {
  let file = try AudioFile(path: path)
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
func readSound(_ bytes: [UInt8]) throws -> (format: AudioFormat, audio: Audio) {
  let folder = try TemporaryFolder()
  return try readSound(try folder.write(bytes, to: "file"))
}

/// Writes a sound `step` frames at a time.
func writeSound(
  _ audio: Audio, format: AudioFormat, path: String, overwrite: Bool = false, step: Int = 700
) throws {
  let sink = try createAudio(path: path, format: format, overwrite: overwrite)
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
