import Foundation

/// How much more or less rate a codec needs than another one for the same quality, on average.
///
/// G. Bjontegaard, "Calculation of average PSNR differences between RD-curves", VCEG-M33, 2001:
/// the mean over quality of the difference of the logarithms of the rates. Between the points the
/// logarithm of the rate is a monotone cubic of quality, as current practice has it, not one
/// polynomial through all of them.
package struct BjontegaardRate: Sendable, Equatable {
  /// Percent of rate added; negative where the curve needs less than the anchor.
  package let percent: Double
  /// Qualities that both curves reach, over which the mean is taken, in dB.
  package let overlap: ClosedRange<Double>

  /// Compares `curve` with `anchor`, each of at least two points in any order.
  ///
  /// Throws when a curve has fewer points, when its rates are not positive or do not rise with
  /// quality, or when the curves have no quality in common.
  package init(of curve: [RatePoint], against anchor: [RatePoint]) throws(BjontegaardError) {
    let (curve, anchor) = (try Self.checked(curve), try Self.checked(anchor))
    let low = max(curve[0].quality, anchor[0].quality)
    let high = min(curve[curve.count - 1].quality, anchor[anchor.count - 1].quality)
    guard low < high else {
      throw .noOverlap(
        curve: curve[0].quality...curve[curve.count - 1].quality,
        anchor: anchor[0].quality...anchor[anchor.count - 1].quality)
    }
    overlap = low...high
    let difference =
      Self.logRate(curve).integral(over: overlap) - Self.logRate(anchor).integral(over: overlap)
    percent = (exp(difference / (high - low)) - 1) * 100
  }

  /// The points of a curve in order, if it is one.
  private static func checked(_ points: [RatePoint]) throws(BjontegaardError) -> [RatePoint] {
    guard points.count >= 2 else { throw .tooFewPoints(count: points.count) }
    for point in points {
      guard point.rate.isFinite, point.rate > 0, point.quality.isFinite else {
        throw .notAPoint(rate: point.rate, quality: point.quality)
      }
    }
    let points = points.sorted { ($0.rate, $0.quality) < ($1.rate, $1.quality) }
    for (lower, upper) in zip(points, points.dropFirst()) {
      guard lower.rate < upper.rate, lower.quality < upper.quality else {
        throw .notMonotone(rate: upper.rate)
      }
    }
    return points
  }

  private static func logRate(_ points: [RatePoint]) -> MonotoneCubic {
    MonotoneCubic(x: points.map(\.quality), y: points.map { log($0.rate) })
  }
}

/// Why two curves could not be compared.
package enum BjontegaardError: Error, Equatable, CustomStringConvertible {
  /// A curve has fewer than two points.
  case tooFewPoints(count: Int)
  /// A rate or quality is not a finite number, or a rate is not positive.
  case notAPoint(rate: Double, quality: Double)
  /// Quality does not rise with rate up to the point of this rate.
  case notMonotone(rate: Double)
  /// The curves, of these qualities in dB, have none in common.
  case noOverlap(curve: ClosedRange<Double>, anchor: ClosedRange<Double>)

  /// One sentence.
  package var description: String {
    switch self {
    case .tooFewPoints(let count):
      "a rate-distortion curve needs 2 points, but this one has \(count)"
    case .notAPoint(let rate, let quality):
      "a rate of \(String(format: "%.4g", rate)) at \(quality) dB is no point of a rate-distortion curve"
    case .notMonotone(let rate):
      "quality does not rise strictly with rate up to the point at rate \(rate)"
    case .noOverlap(let curve, let anchor):
      "the curves have no quality in common: one goes from \(curve.lowerBound) to "
        + "\(curve.upperBound) dB, the other from \(anchor.lowerBound) to \(anchor.upperBound) dB"
    }
  }
}
