import ArgumentParser
import CFreedMemory
import Foundation
import LearnedCodec
import MediaFiles
import Signals

/// `measure speed`
struct SpeedCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "speed",
    abstract: "Megapixels a second of encoding and decoding in memory, beside WebP's commands.",
    discussion: """
      Rounds of all that is timed follow each other, and the best of each counts. cwebp and dwebp \
      are timed where they are on PATH; their times include file I/O and the start of a process.
      """)

  @Option(help: "Codec by folder, or by its name in codecs.")
  var codec = "codecs/klt-rgb"

  @Option(help: "Millions of pixels, in the shape 4:3.")
  var megapixels = 12.0

  @Option(help: "Threads of the codec.")
  var threads = 2

  @Option(help: "Quality of the codec.")
  var quality = 50.0

  @Option(help: "Rounds.")
  var repeats = 3

  @Option(help: "RGB picture to tile the plane with, mirrored.")
  var picture = "samples/texture.png"

  func validate() throws {
    guard (0.001...1000).contains(megapixels), threads >= 1, repeats >= 1 else {
      throw ValidationError("--megapixels, --threads and --repeats are positive numbers")
    }
  }

  func run() async throws {
    cfreed_keep()  // As `codec` does.
    let codec = try CodecLibrary.standard.codec(named: codec).pictureCodec(for: "photographs")
    let width = Int((megapixels * 4e6 / 3).squareRoot().rounded())
    let height = Int((megapixels * 3e6 / 4).squareRoot().rounded())
    let format = ImageFormat(width: width, height: height, channels: 3)
    let image = try TiledPicture(picture, width: width, height: height).nextRows(height)
    print(await provenanceLines(of: codec).joined(separator: "\n"))
    print("picture: \(width) x \(height), \(picture)")

    try await withTemporaryFolder { folder in
      let webP = try await WebP(image, format: format, folder: folder)
      let options = PictureOptions(quality: Quality(quality), threads: threads)
      var (encoding, decoding, cwebp, dwebp) = (Best(), Best(), Best(), Best())
      var bytes = 0
      for _ in 0..<repeats {
        let container = try await encoding.time {
          try await codec.encode(ImageRows(image, format: format), options: options)
        }
        bytes = container.byteCount
        try await decoding.time {
          try await codec.decode(container, to: ImageCollector(format: format), threads: threads)
        }
        if let webP {
          try await cwebp.time { try await webP.encode() }
          try await dwebp.time { try await webP.decode() }
        }
      }
      let pixels = Double(width * height)
      func row(_ name: String, _ encoding: Best, _ decoding: Best, bytes: Int) {
        print(
          name + right(fixed(encoding.rate(pixels), 1), 15 - name.count)
            + right(fixed(decoding.rate(pixels), 1), 14)
            + right(fixed(Double(bytes * 8) / pixels, 3), 8))
      }
      print("\n       encode MP/s   decode MP/s     bpp")
      row("codec", encoding, decoding, bytes: bytes)
      if let webP {
        row("WebP", cwebp, dwebp, bytes: try webP.byteCount())
        print(
          "ratio" + right(fixed(cwebp.seconds / encoding.seconds, 2), 10)
            + right(fixed(dwebp.seconds / decoding.seconds, 2), 14))
        print("\n\(webP.versions): -m 4 -q 75 -mt, with file I/O and the start of a process")
      } else {
        print("cwebp and dwebp are not on PATH")
      }
    }
  }

  /// The fastest of several runs.
  private struct Best {
    var seconds = Double.infinity

    @discardableResult
    mutating func time<Result>(_ work: () async throws -> Result) async throws -> Result {
      let start = ContinuousClock.now
      let result = try await work()
      seconds = min(seconds, (ContinuousClock.now - start) / .seconds(1))
      return result
    }

    /// Millions of pixels a second.
    func rate(_ pixels: Double) -> Double { pixels / seconds / 1e6 }
  }
}
