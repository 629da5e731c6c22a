import Foundation

@testable import Benchmarking

/// Made-up results of sweeps.
enum Sweeps {
  /// A name that must not get into markup as it is.
  static let hostileName = "a<b>&\"'\u{1}.png"

  /// Two files by each contender of some points, the first 1 dB better and the second 1 dB worse
  /// than the curve. Names with a star are ours.
  static func results(_ curves: [(name: String, points: [RatePoint])]) -> SweepResults {
    var results = SweepResults(
      kind: .images, corpus: "pictures",
      provenance: .init(commit: "c0ffee", date: "2025-01-01", machine: "2 cores", command: "bench"),
      contenders: [], measurements: [])
    for curve in curves {
      results.contenders.append(
        .init(
          name: curve.name, isOurs: curve.name.hasSuffix("*"), version: "1.0 <beta>",
          encodeCommand: "enc {input}", decodeCommand: "dec {output}"))
      for (index, point) in curve.points.enumerated() {
        results.measurements += [("1.png", 1.0), (hostileName, -1.0)].map { file, offset in
          measurement(
            file, curve.name, setting: "\(index)", rate: point.rate, psnr: point.quality + offset)
        }
      }
    }
    return results
  }

  static func measurement(
    _ file: String, _ contender: String, setting: String, rate: Double, psnr: Double
  ) -> FileResult {
    FileResult(
      file: file, contender: contender, setting: setting, sampleCount: 1_000_000, rate: rate,
      byteCount: Int(rate * 125_000), metrics: ["psnr": psnr])
  }
}
