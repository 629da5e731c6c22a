import Foundation
@testable import LearnedCodec
import MediaFiles
import Signals
import Testing

/// Sounds that were encoded once decode for ever: to the same symbols on every machine, and to the
/// same samples within a step of 16 bits.
struct GoldenSoundTests {
  private struct Entry: Codable {
    var file: String
    var codec: String
    /// SHA-256 of all symbols of all segments, see `hash`.
    var symbols: String
    var sound: String
  }

  /// Sample sounds, tunings and qualities; their first frames are coded.
  private static let sources: [(name: String, tuning: SoundOptions.Tuning, quality: Double)] = [
    ("strings", .snr, 60), ("drums", .ear, 30), ("bursts", .ear, 70),
  ]
  private static let frames = 24_000
  private static let isRegenerating =
    ProcessInfo.processInfo.environment["REGENERATE_GOLDEN"] == "1"
  private static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  private static func path(_ name: String) -> String {
    root.appendingPathComponent("Tests/Golden").appendingPathComponent(name).path
  }

  private static func codec(_ name: String) throws -> SoundCodec {
    try SoundCodec(folder: root.appendingPathComponent("codecs").appendingPathComponent(name))
  }

  @Test(arguments: [1, 2]) func goldenSoundsDecodeAsTheyDid(threads: Int) async throws {
    if Self.isRegenerating, threads == 1 {
      try await Self.regenerate()
      Issue.record("the golden files are new; run again without REGENERATE_GOLDEN")
    }
    guard !Self.isRegenerating else { return }
    let entries = try JSONDecoder().decode(
      [Entry].self, from: Data(readFile(path: Self.path("sounds.json"), maximumBytes: 20_000)))
    #expect(entries.count == Self.sources.count)
    for entry in entries {
      let bytes = try readFile(path: Self.path(entry.file), maximumBytes: 50_000)
      let container = try SoundContainer(parsing: bytes, file: entry.file)
      let codec = try Self.codec(entry.codec)
      #expect(Self.hash(container, codec) == entry.symbols, "\(entry.file)")
      let decoded = try await codec.sound(of: container, threads: threads)
      let expected = try Self.sound(Self.path(entry.sound)).audio
      #expect(decoded.frames == expected.frames && decoded.channels == expected.channels)
      // Half a step from writing 16 bits, and a tenth for machines that add in another order.
      let worst = zip(decoded.samples, expected.samples).map { abs($0 - $1) }.max() ?? 1
      #expect(worst <= 0.6 / 32_768, "\(entry.file)")
    }
  }

  private static func sound(_ path: String) throws -> (audio: Audio, format: AudioFormat) {
    let source = try AudioFile(path: path).open()
    var audio = Audio(frames: 0, channels: source.format.channels)
    while audio.frames < frames {
      let more = try source.nextFrames(frames - audio.frames)
      if more.frames == 0 { break }
      audio = audio.followed(by: more)
    }
    return (audio, source.format)
  }

  /// SHA-256 of block lengths, rotations, steps of bands and values of every segment, as 32-bit
  /// integers, little-endian.
  private static func hash(_ container: SoundContainer, _ codec: SoundCodec) -> String {
    var digest = SHA256()
    for segment in container.segments.indices {
      let symbols = codec.symbols(decoding: container, segment: segment)
      let numbers =
        symbols.blockLevels.map { Int32($0) } + symbols.angles.map { Int32($0) }
        + symbols.bandSteps.map { Int32($0) } + symbols.values
      digest.update(numbers.map(\.littleEndian).withUnsafeBytes { Array($0) })
    }
    return digest.finish().map { hashText(UInt64($0)).suffix(2) }.joined()
  }

  /// Writes all golden sounds anew, with the codec as it is now.
  private static func regenerate() async throws {
    var entries: [Entry] = []
    let codec = try codec("music")
    for (name, tuning, quality) in sources {
      let (audio, format) = try sound(root.appendingPathComponent("samples/\(name).flac").path)
      let bytes = try await codec.file(
        audio, sampleRate: format.sampleRate, .init(quality: Quality(quality), tuning: tuning))
      let container = try SoundContainer(parsing: bytes, file: name)
      let file = try OutputFile(path: path(name + ".wlc"), overwrite: true)
      try file.write(bytes)
      try file.finish()
      var decodedFormat = format
      (decodedFormat.frames, decodedFormat.sampleType) = (frames, .int16)
      let sink = try createAudio(
        path: path(name + ".flac"), format: decodedFormat, overwrite: true)
      try sink.write(try await codec.sound(of: container))
      try sink.finish()
      entries.append(
        Entry(
          file: name + ".wlc", codec: "music", symbols: hash(container, codec),
          sound: name + ".flac"))
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    let file = try OutputFile(path: path("sounds.json"), overwrite: true)
    try file.write([UInt8](try encoder.encode(entries)) + [0x0A])
    try file.finish()
  }
}
