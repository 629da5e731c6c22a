import ArgumentParser
import Benchmarking
import Foundation
import LearnedCodec

/// `measure rate-distortion`
struct RateDistortionCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rate-distortion",
    abstract: "Bits per pixel and PSNR of a folder of pictures, and the BD-rate against others.",
    discussion: """
      Rates count every byte of the files. Both figures are means over the pictures of each \
      picture's own.
      """)

  @Argument(help: "Folder of pictures.")
  var folder: String

  @Option(help: "Points of other codecs: a file with the fields codec,bpp,psnr_db,ms_ssim,source.")
  var anchors: String

  @Option(help: "Codec by folder, or by its name in codecs.")
  var codec = "codecs/klt-rgb"

  @Option(help: "Qualities, divided by commas.")
  var qualities = "0,14,29,43,57,71,86,100"

  @Option(help: "A curve of the anchors to compare with; may be given several times.")
  var against = ["jpeg"]

  @Option(help: "Pictures at a time.")
  var threads = ProcessInfo.processInfo.activeProcessorCount

  @Option(help: "File to write all points to, as comma-separated values.")
  var out: String?

  func run() async throws {
    let qualities = self.qualities.split(separator: ",").compactMap { Double($0) }
    guard qualities.count >= 2, qualities.allSatisfy({ (0...100).contains($0) }) else {
      throw ValidationError("--qualities takes two numbers 0...100 or more")
    }
    let curves = try AnchorCurves(
      parsing: String(contentsOfFile: anchors, encoding: .utf8), name: anchors)
    for name in against where !curves.codecs.contains(name) {
      throw ValidationError(
        "\(anchors) has no curve \(name), but \(curves.codecs.joined(separator: ", "))")
    }
    let codec = try loadCodec(codec)
    let points = try await measure(qualities, codec)
    let means = qualities.map { quality in
      Self.mean(of: points.filter { $0.quality == quality }, quality: quality)
    }
    let provenance = Provenance.lines(of: codec)
    let comparisons = against.map { Self.compare(means, with: curves.curve(of: $0), name: $0) }

    print(provenance.joined(separator: "\n") + "\n")
    print("quality      bpp    dB")
    for mean in means {
      print(
        right(fixed(mean.quality, 0), 7) + right(fixed(mean.bitsPerPixel, 4), 9)
          + right(fixed(mean.psnr, 2), 6))
    }
    print("\n" + comparisons.joined(separator: "\n"))
    if let out {
      let header =
        (provenance + comparisons).map { "# \($0)" } + ["picture,quality,bytes,bpp,psnr_db"]
      let rows = (points + means).map {
        "\($0.picture),\($0.quality),\($0.bytes),\(fixed($0.bitsPerPixel, 5)),\(fixed($0.psnr, 4))"
      }
      try Data(((header + rows).joined(separator: "\n") + "\n").utf8)
        .write(to: URL(fileURLWithPath: out))
    }
  }

  /// The points of all pictures, in order of their names, then of quality.
  private func measure(_ qualities: [Double], _ codec: Codec) async throws -> [PicturePoint] {
    let extensions: Set = ["png", "jpg", "jpeg", "ppm", "pgm", "pnm", "npy"]
    let names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted().filter {
      extensions.contains(($0 as NSString).pathExtension.lowercased())
    }
    guard !names.isEmpty else { throw ValidationError("\(folder) has no pictures") }
    var results = [[PicturePoint]](repeating: [], count: names.count)
    try await withThrowingTaskGroup(of: (Int, [PicturePoint]).self) { group in
      func keep(_ result: (Int, [PicturePoint])?) {
        guard let (index, points) = result else { return }
        results[index] = points
        printNote(names[index])
      }
      for (index, name) in names.enumerated() {
        if index >= max(threads, 1) { keep(try await group.next()) }
        let path = (folder as NSString).appendingPathComponent(name)
        group.addTask {
          (index, try await PicturePoint.measure(path, qualities: qualities, codec: codec))
        }
      }
      for try await result in group { keep(result) }
    }
    return results.flatMap { $0 }
  }

  private static func mean(of points: [PicturePoint], quality: Double) -> PicturePoint {
    let count = points.count
    return PicturePoint(
      picture: "mean", quality: quality, bytes: points.reduce(0) { $0 + $1.bytes } / count,
      bitsPerPixel: points.reduce(0) { $0 + $1.bitsPerPixel } / Double(count),
      psnr: points.reduce(0) { $0 + $1.psnr } / Double(count))
  }

  private static func compare(
    _ means: [PicturePoint], with anchor: [RatePoint], name: String
  ) -> String {
    let curve = means.map { RatePoint(rate: $0.bitsPerPixel, quality: $0.psnr) }
    do {
      let rate = try BjontegaardRate(of: curve, against: anchor)
      return "BD-rate against \(name): \(fixed(rate.percent, 2)) % over "
        + "\(fixed(rate.overlap.lowerBound, 2)) to \(fixed(rate.overlap.upperBound, 2)) dB"
    } catch {
      return "BD-rate against \(name): none, for \(error)"
    }
  }
}
