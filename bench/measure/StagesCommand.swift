import ArgumentParser
import CFreedMemory
import Foundation
import LearnedCodec
import MediaFiles
import Signals

/// `measure stages`
struct StagesCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "stages",
    abstract: "Processor time of the stages of decoding a picture.",
    discussion: """
      The picture is encoded, and its file is then decoded stage by stage on one thread, all of it at \
      once. Of each stage the best of several rounds counts; the network is the difference of two \
      times, and so more uncertain. Reading latents for learning is file and entropy.
      """)

  @Option(help: "Codec by folder, or by its name in codecs.")
  var codec = "codecs/photo"

  @Option(help: "Millions of pixels, in the shape 4:3; a megapixel is a strip.")
  var megapixels = 1.0

  @Option(help: "Quality of the codec.")
  var quality = 60.0

  @Option(help: "Rounds.")
  var repeats = 5

  @Option(help: "RGB picture to tile the plane with, mirrored.")
  var picture = "samples/texture.png"

  func validate() throws {
    guard (0.001...100).contains(megapixels), repeats >= 1 else {
      throw ValidationError("--megapixels and --repeats are positive numbers")
    }
  }

  func run() async throws {
    cfreed_keep()  // As `codec` does.
    let codec = try CodecLibrary.standard.codec(named: codec).pictureCodec(for: "photographs")
    let width = Int((megapixels * 4e6 / 3).squareRoot().rounded())
    let height = Int((megapixels * 3e6 / 4).squareRoot().rounded())
    let source = try TiledPicture(picture, width: width, height: height)
    let coded = try await codec.encode(source, options: PictureOptions(quality: Quality(quality)))
      .serialized()
    print(await provenanceLines(of: codec).joined(separator: "\n"))
    print("picture: \(width) x \(height), \(picture), \(coded.count) bytes\n")
    try await withTemporaryFolder { folder in
      let path = folder.appendingPathComponent("picture.wlc").path
      try Data(coded).write(to: URL(fileURLWithPath: path))
      try report(
        stages(of: path, codec, png: folder.appendingPathComponent("picture.png").path),
        pixels: width * height)
    }
  }

  /// Names of the stages in their order, and seconds.
  private func stages(
    of path: String, _ codec: PictureCodec, png: String
  ) throws -> [(name: String, seconds: Double)] {
    var best = [Double](repeating: .infinity, count: 5)
    func time<Result>(_ index: Int, _ work: () throws -> Result) rethrows -> Result {
      let start = clock()
      let result = try work()
      best[index] = min(best[index], Double(clock() - start) / Double(CLOCKS_PER_SEC))
      return result
    }
    for _ in 0..<repeats {
      let container = try time(0) { try CodedFile(path: path).pictureContainer() }
      let latents = try time(1) { try codec.latents(decoding: container) }
      func reconstructed(_ codec: PictureCodec) -> Image {
        codec.reconstruct(latents, quality: container.quality, format: container.format)
      }
      _ = time(2) { reconstructed(codec.withoutNetwork) }
      let image = time(3) { reconstructed(codec) }
      try time(4) {
        let sink = try createImage(path: png, format: container.format, overwrite: true)
        try sink.write(image)
        try sink.finish()
      }
    }
    let network = codec.withoutNetwork.synthesisHalo == codec.synthesisHalo ? 0 : best[3] - best[2]
    return [
      ("file", best[0]), ("entropy", best[1]), ("matrix, packets and rounding", best[2]),
      ("network", network), ("output as PNG", best[4]),
    ]
  }

  private func report(_ stages: [(name: String, seconds: Double)], pixels: Int) {
    let megapixels = Double(pixels) / 1e6
    let decoding = stages.dropLast().reduce(0) { $0 + $1.seconds }
    func row(_ name: String, _ seconds: Double) {
      print(
        name + right(fixed(seconds * 1000 / megapixels, 2), 38 - name.count) + " ms a megapixel"
          + right(fixed(seconds / decoding * 100, 1), 8) + " %")
    }
    for (name, seconds) in stages { row(name, seconds) }
    row("all but the output", decoding)
  }
}
