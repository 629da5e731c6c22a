import Foundation
import MediaFiles
import Signals

/// Extensions of the sounds that are read, in lower case.
public let soundExtensions: Set<String> = [
  "wav", "flac", "aiff", "aif", "ogg", "oga", "opus", "mp3", "m4a",
]

/// Reads a sound whole: WAV of 16, 24 or 32 bits or single precision itself, all else that `ffmpeg`
/// reads through that.
///
/// Throws `MediaFileError` where it cannot be read or has more samples, over all channels, than
/// `maximumSamples`.
func readSound(
  path: String, maximumSamples: Int
) throws -> (format: AudioFormat, audio: Audio) {
  let bytes = try readFile(path: path, maximumBytes: 1 << 30)
  if let sound = try WaveFile(bytes, path: path, maximumSamples: maximumSamples) {
    return (sound.format, sound.audio)
  }
  return try withTemporaryFolder { folder in
    let output = folder.appendingPathComponent("sound.wav").path
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments =
      ["ffmpeg", "-nostdin", "-v", "quiet", "-i", path, "-vn", "-c:a", "pcm_f32le", output]
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    guard process.terminationStatus == 0,
      let converted = try WaveFile(
        readFile(path: output, maximumBytes: 1 << 30), path: path, maximumSamples: maximumSamples)
    else {
      throw MediaFileError.unsupported(
        file: path,
        what: "it is no WAV file, and ffmpeg, where it is installed, reads no sound of it")
    }
    return (converted.format, converted.audio)
  }
}

/// Writes a sound as WAV of 16 bits, over what is there.
func writeSound(_ audio: Audio, format: AudioFormat, path: String) throws {
  let frameBytes = 2 * audio.channels
  var bytes = Data()
  func append<Number: FixedWidthInteger>(_ number: Number) {
    withUnsafeBytes(of: number.littleEndian) { bytes.append(contentsOf: $0) }
  }
  bytes += "RIFF".utf8
  append(UInt32(36 + audio.frames * frameBytes))
  bytes += "WAVEfmt ".utf8
  append(UInt32(16))
  append(UInt16(1))
  append(UInt16(audio.channels))
  append(UInt32(format.sampleRate))
  append(UInt32(format.sampleRate * frameBytes))
  append(UInt16(frameBytes))
  append(UInt16(16))
  bytes += "data".utf8
  append(UInt32(audio.frames * frameBytes))
  for frame in 0..<audio.frames {
    for channel in 0..<audio.channels {
      append(Int16(min(max((audio[channel, frame] * 32_768).rounded(), -32_768), 32_767)))
    }
  }
  try writeFile(bytes, path: path, overwrite: true)
}

/// The samples of a WAV file in memory.
private struct WaveFile {
  let format: AudioFormat
  let audio: Audio

  /// Nil where the bytes are no WAV file, or of a coding that is not read here.
  init?(_ bytes: [UInt8], path: String, maximumSamples: Int) throws {
    func number(_ offset: Int, _ count: Int) -> Int {
      (0..<count).reduce(0) { $0 | Int(bytes[offset + $1]) << (8 * $1) }
    }
    guard bytes.count >= 12, bytes.starts(with: "RIFF".utf8),
      bytes[8..<12].elementsEqual("WAVE".utf8)
    else { return nil }
    var place = 12
    var layout: (coding: Int, channels: Int, rate: Int, bits: Int)?
    while place + 8 <= bytes.count {
      let name = bytes[place..<place + 4]
      let start = place + 8
      let count = min(number(place + 4, 4), bytes.count - start)
      if name.elementsEqual("fmt ".utf8), count >= 16 {
        // An extensible format has the coding at the start of its identifier.
        let coding =
          number(start, 2) == 0xFFFE && count >= 26 ? number(start + 24, 2) : number(start, 2)
        layout = (coding, number(start + 2, 2), number(start + 4, 4), number(start + 14, 2))
      } else if name.elementsEqual("data".utf8) {
        guard let layout, layout.channels > 0, layout.rate > 0 else { return nil }
        let width = layout.bits / 8
        guard (layout.coding == 1 && [2, 3, 4].contains(width)) || (layout.coding, width) == (3, 4)
        else { return nil }
        let frames = count / (width * layout.channels)
        guard frames * layout.channels <= maximumSamples else {
          throw MediaFileError.unsupported(
            file: path, what: "the sound has more than the limit of \(maximumSamples) samples")
        }
        var audio = Audio(frames: frames, channels: layout.channels)
        for frame in 0..<frames {
          for channel in 0..<layout.channels {
            let bits = number(start + (frame * layout.channels + channel) * width, width)
            audio[channel, frame] =
              layout.coding == 3
              ? Float(bitPattern: UInt32(bits))
              : Float(Int32(truncatingIfNeeded: bits << (32 - 8 * width))) / 2_147_483_648
          }
        }
        self.audio = audio
        format = AudioFormat(sampleRate: layout.rate, channels: layout.channels, frames: frames)
        return
      }
      place = start + count + count % 2
    }
    return nil
  }
}
