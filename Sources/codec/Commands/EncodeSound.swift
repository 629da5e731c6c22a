import Foundation
import LearnedCodec
import MediaFiles
import Signals

extension EncodeCommand {
  /// Encodes a sound to a file.
  func encode(_ file: AudioFile, _ codec: SoundCodec, _ item: Batch.Item) async throws {
    let start = ContinuousClock.now
    for (name, isGiven) in [
      ("--target-bpp", targetBpp != nil), ("--target-psnr", targetPsnr != nil),
      ("--strip", strip != nil),
    ] where isGiven {
      throw Refusal(
        "\(item.input): \(name) is for pictures; --bitrate and --target-size are for "
          + "sounds")
    }
    let output = item.path(withExtension: "wlc")
    var options = SoundOptions(
      quality: quality.map { Quality($0) } ?? .standard,
      tuning: try tuning(.ear, for: item) ?? .ear, coefficients: channels,
      blocks: blocks,
      threads: work.threads)
    let limit = try byteLimit(of: file)
    let source = item.source
    var sink = try OutputFile(path: output, overwrite: force, source: source)
    func attempt() async throws -> (container: SoundContainer, bytes: Int) {
      guard let limit else {
        return try await codec.encode(file.open(), options: options) { try sink.write($0) }
      }
      return try await codec.encode(
        toBytes: limit.bytes, options: options, frames: limit.frames, open: file.open
      ) {
        sink.cancel()
        sink = try OutputFile(path: output, overwrite: force, source: source)
        return { try sink.write($0) }
      }
    }
    let (container, bytes): (SoundContainer, Int)
    do {
      (container, bytes) = try await attempt()
    } catch CodingError.beyondFullScale {
      guard file.isRepeatable else {
        throw Refusal(
          "\(file.name): its samples go far beyond full scale; save it as a file first, so that its "
            + "loudest sample can be found")
      }
      options.scale = try SoundScale.scale(of: file.open())
      sink.cancel()
      sink = try OutputFile(path: output, overwrite: force, source: source)
      (container, bytes) = try await attempt()
    }
    try sink.finish()
    if let limit, container.quality == .highest {
      Diagnostics.print(
        "codec: \(item.input): at the highest quality it takes \(bytes) of \(limit.bytes) bytes")
    }
    let (format, frames) = (container.format, container.format.frames ?? 0)
    let report = SoundReport(
      input: item.input, output: output, codec: codec.name, sampleRate: format.sampleRate,
      channels: format.channels, frames: frames, quality: container.quality.value,
      tune: options.tuning.rawValue, bytes: bytes,
      kilobitsPerSecond: Double(bytes) * 8 * Double(format.sampleRate)
        / Double(max(frames, 1)) / 1000,
      seconds: (ContinuousClock.now - start) / .seconds(1))
    if json {
      try printJSON(report)
    } else {
      Diagnostics.print(
        "\(item.input) -> \(output): \(bytes) bytes, \(fixed(report.kilobitsPerSecond, 1)) kbit/s, "
          + "quality \(fixed(container.quality.value, 1))")
    }
  }

  /// The bytes that the file may have, where a target says it, and the frames of the sound.
  private func byteLimit(of file: AudioFile) throws -> (bytes: Int, frames: Int)? {
    guard bitrate != nil || targetSize != nil else { return nil }
    let frames = try file.format.frames ?? countFrames(file.open())
    let seconds = Double(frames) / Double(file.format.sampleRate)
    return (targetSize ?? Int(min((bitrate ?? 0) * 125 * seconds, 1e15)), frames)
  }

  /// The frames of a sound whose file does not state them.
  private func countFrames(_ source: any AudioSource) throws -> Int {
    var frames = 0
    while true {
      let more = try source.nextFrames(1 << 16).frames
      if more == 0 { return frames }
      frames += more
    }
  }

  private struct SoundReport: Encodable {
    var input: String
    var output: String
    var codec: String
    var sampleRate: Int
    var channels: Int
    var frames: Int
    var quality: Double
    var tune: String
    var bytes: Int
    var kilobitsPerSecond: Double
    var seconds: Double
  }
}
