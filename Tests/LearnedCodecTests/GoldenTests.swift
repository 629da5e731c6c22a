import Foundation
@testable import LearnedCodec
import MediaFiles
import Signals
import Testing

/// Files that were encoded once decode for ever: to the same symbols and alpha on every machine,
/// and to the same picture within one grey level.
struct GoldenTests {
  @Test(arguments: [1, 2]) func goldenFilesDecodeAsTheyDid(threads: Int) async throws {
    if Golden.isRegenerating, threads == 1 {
      try await Golden.regenerate()
      Issue.record("the golden files are new; run again without REGENERATE_GOLDEN")
    }
    guard !Golden.isRegenerating else { return }
    let entries = try Golden.manifest()
    #expect(entries.count == Golden.sources.count * Golden.qualities.count)
    for entry in entries {
      let bytes = try readFile(path: Golden.path(entry.file), maximumBytes: 20_000)
      let container = try PictureContainer(parsing: bytes, file: entry.file)
      let codec = try Golden.codec(entry.codec)
      let result = try await Golden.decode(container, with: codec, threads: threads)
      #expect(result.symbolHash == entry.symbols, "\(entry.file)")
      #expect(result.alphaHash == entry.alpha, "\(entry.file)")
      let expected = try Golden.picture(Golden.path(entry.picture))
      #expect(expected.image.planes == result.image.planes, "\(entry.file)")
      #expect(
        difference(expected.image.samples, result.image.samples) <= entry.tolerance,
        "\(entry.file)")
    }
  }
}

/// The files in `Tests/Golden`.
private enum Golden {
  /// A golden file and what it decodes to.
  struct Entry: Codable {
    var file: String
    var codec: String
    /// SHA-256 of all symbols from top to bottom, as 32-bit integers, little-endian.
    var symbols: String
    /// SHA-256 of the alpha samples, as 16-bit integers, little-endian; of nothing without alpha.
    var alpha: String
    var picture: String
    /// One grey level of 8 bits, in the units of the samples.
    var tolerance: Float
  }

  /// Parts of sample pictures: name, codec, rows, columns.
  static let sources: [(name: String, codec: String, rows: Range<Int>, columns: Range<Int>)] = [
    ("shading", "klt-rgb", 60..<156, 120..<241),
    ("alpha", "klt-rgb", 40..<137, 60..<156),
    ("depth16", "klt-grey", 100..<197, 90..<193),
    ("texture", "photo", 60..<156, 100..<221),
    ("edges", "photo-16x", 60..<156, 100..<221),
  ]
  static let qualities: [Double] = [20, 60, 95]

  static let isRegenerating = ProcessInfo.processInfo.environment["REGENERATE_GOLDEN"] == "1"

  private static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  static func path(_ name: String) -> String {
    root.appendingPathComponent("Tests/Golden").appendingPathComponent(name).path
  }

  static func codec(_ name: String) throws -> PictureCodec {
    try PictureCodec(folder: root.appendingPathComponent("codecs").appendingPathComponent(name))
  }

  static func manifest() throws -> [Entry] {
    try JSONDecoder().decode(
      [Entry].self, from: Data(contentsOf: URL(fileURLWithPath: path("manifest.json"))))
  }

  static func picture(_ path: String) throws -> (image: Image, format: ImageFormat) {
    let file = try ImageFile(path: path, options: ReadingOptions(maximumPixels: 1 << 20))
    return (try file.open().nextRows(file.format.height), file.format)
  }

  static func decode(
    _ container: PictureContainer, with codec: PictureCodec, threads: Int
  ) async throws -> (image: Image, symbolHash: String, alphaHash: String) {
    let symbols = try codec.symbols(of: container)
    let image = try await codec.decode(container, threads: threads)
    let format = container.format
    let alpha = image.planes(format.channels..<format.planes).samples.map { UInt16($0) }
    return (image, hash(symbols), hash(alpha))
  }

  private static func hash<Integer: FixedWidthInteger>(_ values: [Integer]) -> String {
    SHA256.text(of: values.map(\.littleEndian).withUnsafeBytes { Array($0) })
  }

  /// Writes the golden files that are missing; those that are there stay as they were made, for
  /// files of older encoders must decode too. To make one anew, take it out of the manifest.
  static func regenerate() async throws {
    try FileManager.default.createDirectory(atPath: path(""), withIntermediateDirectories: true)
    var entries = try manifest()
    for (name, codecName, rows, columns) in sources {
      if entries.contains(where: { $0.file.hasPrefix("\(name)-") }) { continue }
      let sample = try picture(root.appendingPathComponent("samples/\(name).png").path)
      let image = crop(sample.image, rows, columns)
      var format = sample.format
      (format.width, format.height) = (columns.count, rows.count)
      let codec = try codec(codecName)
      for quality in qualities {
        let container = try await codec.encode(
          image, as: format,
          .init(quality: Quality(quality), tuning: quality == 60 ? .psnr : .eye, stripRows: 40))
        let result = try await decode(container, with: codec, threads: 1)
        let file = "\(name)-\(Int(quality))"
        try write(container.serialized(), to: file + ".wlc")
        let sink = try createImage(
          path: path(file + ".png"), format: container.format, overwrite: true)
        try sink.write(result.image)
        try sink.finish()
        entries.append(
          Entry(
            file: file + ".wlc", codec: codecName, symbols: result.symbolHash,
            alpha: result.alphaHash, picture: file + ".png",
            tolerance: format.sampleType == .uint16 ? 257 : 1))
      }
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    try write([UInt8](try encoder.encode(entries)) + [0x0A], to: "manifest.json")
  }

  private static func write(_ bytes: [UInt8], to name: String) throws {
    let file = try OutputFile(path: path(name), overwrite: true)
    try file.write(bytes)
    try file.finish()
  }

  private static func crop(_ image: Image, _ rows: Range<Int>, _ columns: Range<Int>) -> Image {
    var part = Image(width: columns.count, height: rows.count, planes: image.planes)
    for plane in 0..<image.planes {
      for row in 0..<rows.count {
        for column in 0..<columns.count {
          part[plane, row, column] =
            image[plane, rows.lowerBound + row, columns.lowerBound + column]
        }
      }
    }
    return part
  }
}
