import Foundation
import LearnedCodec
import TestSupport
import Testing

/// The snippets that README.md and the documentation show: compiled and run here, and compared.
struct SnippetTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func encode(_ path: String) async throws {
    // snippet: encode
    let file = try MediaFile(path: path)
    let coded = try await CodecLibrary.standard.encode(file)
    try coded.write(path: path + ".wlc")
    // end
  }

  private func decode(_ path: String) async throws -> DecodedFile {
    // snippet: decode
    let file = try CodedFile(path: path)
    let decoded = try await CodecLibrary.standard.decode(file)
    // end
    return decoded
  }

  private func latents(_ path: String) async throws -> CodedLatents {
    // snippet: latents
    let file = try CodedFile(path: path)
    let latents = try await CodecLibrary.standard.latents(of: file)
    // end
    return latents
  }

  private func ladder(_ path: String) throws -> (Image, ImageFile) {
    // snippet: ladder
    let codec = try CodecLibrary.standard.codec(named: "photo").pictureCodec(for: path)
    let file = try ImageFile(path: path)
    let image = try file.open().nextRows(file.format.height)

    let bands = try codec.analyze(image, format: file.format)
    let latents = codec.project(bands, channels: 48)
    let symbols = codec.quantize(latents, quality: .standard)

    let rounded = codec.dequantize(symbols, quality: .standard)
    let decoded = codec.reconstruct(rounded, quality: .standard, format: file.format)
    // end
    return (decoded, file)
  }

  /// A copy of a sample in a folder of its own.
  private func sample(_ name: String) throws -> String {
    let samples = Self.root.appendingPathComponent("samples")
    return try folder.write(
      [UInt8](Data(contentsOf: samples.appendingPathComponent(name))), to: name)
  }

  @Test(arguments: ["shading.png", "alpha.png", "depth16.png"])
  func pictures(name: String) async throws {
    let path = try sample(name)
    try await encode(path)
    let original = try ImageFile(path: path)
    guard case .image(let image, let format) = try await decode(path + ".wlc") else {
      Issue.record("\(name) became a sound")
      return
    }
    let samples = try original.open().nextRows(format.height)
    #expect((format.width, format.planes) == (original.format.width, original.format.planes))
    #expect(meanSquaredError(image, samples, format) < 0.0006)
    guard case .picture(let latents) = try await latents(path + ".wlc") else {
      Issue.record("the latents of \(name) became those of a sound")
      return
    }
    #expect(latents.patchColumns == (format.width + 7) / 8)
  }

  @Test func sounds() async throws {
    let path = try sample("strings.flac")
    try await encode(path)
    guard case .audio(let audio, let format) = try await decode(path + ".wlc") else {
      Issue.record("a sound became a picture")
      return
    }
    #expect(audio.frames == format.frames && audio.channels == format.channels)
    guard case .sound(let spectra) = try await latents(path + ".wlc") else {
      Issue.record("spectra became those of a picture")
      return
    }
    #expect(spectra.channels == format.channels)
  }

  /// By hand through all rungs comes out what the pipeline makes, but for the noise that 48 channels
  /// leave; alpha and 16 bits do not matter.
  @Test(arguments: ["shading.png", "alpha.png"]) func rungs(name: String) throws {
    let (decoded, file) = try ladder(try sample(name))
    let image = try file.open().nextRows(file.format.height)
    var format = file.format
    format.hasAlpha = false
    #expect(decoded.planes == format.channels)
    #expect(
      meanSquaredError(decoded, image.planes(0..<format.channels), file.format, alpha: image)
        < 0.0012)
  }

  /// Mean squared error of the colours that are seen, relative to full scale.
  private func meanSquaredError(
    _ a: Image, _ b: Image, _ format: ImageFormat, alpha: Image? = nil
  ) -> Double {
    let mask = alpha ?? b
    let size = format.width * format.height
    var (sum, count) = (0.0, 0.0)
    for index in 0..<format.channels * size {
      let isSeen = !format.hasAlpha || mask.samples[format.channels * size + index % size] > 0
      guard isSeen else { continue }
      let difference = Double((a.samples[index] - b.samples[index]) / (format.scale ?? 1))
      sum += difference * difference
      count += 1
    }
    return sum / max(count, 1)
  }

  private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  @Test(arguments: [
    "README.md", "Sources/LearnedCodec/LearnedCodec.docc/LearnedCodec.md",
  ])
  func documentsShowWhatRunsHere(document: String) throws {
    let text = try String(
      contentsOf: Self.root.appendingPathComponent(document), encoding: .utf8)
    let parts = try String(contentsOfFile: #filePath, encoding: .utf8)
      .components(separatedBy: "// snippet: ").dropFirst()
      .map { $0.components(separatedBy: "    // end")[0] }
      .filter { $0.first?.isLetter == true }
    #expect(parts.count == 4)
    for part in parts {
      let lines = part.split(separator: "\n", omittingEmptySubsequences: false).dropFirst()
        .map { $0.hasPrefix("    ") ? $0.dropFirst(4) : $0 }
      let snippet = lines.joined(separator: "\n").trimmingCharacters(in: .newlines)
      let statements = snippet.split(separator: "\n").count { !$0.isEmpty }
      #expect(part.hasPrefix("ladder") || statements <= 3)
      #expect(text.contains(snippet), "\(document) does not show:\n\(snippet)")
    }
  }
}
