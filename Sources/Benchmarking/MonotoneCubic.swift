/// A curve through points that rises only where the points rise: a cubic between each two of them.
///
/// Fritsch and Carlson, "Monotone piecewise cubic interpolation", 1980, with the slopes of Fritsch
/// and Butland, 1984, and the three-point formula at the ends (Moler, "Numerical computing with
/// MATLAB", section 3.6): what `scipy.interpolate.PchipInterpolator` computes.
struct MonotoneCubic {
  private let x: [Double]
  private let y: [Double]
  /// Slope at each point.
  private let slopes: [Double]

  /// A curve through at least two points whose `x` rise strictly.
  init(x: [Double], y: [Double]) {
    precondition(x.count == y.count && x.count >= 2, "too few points")
    precondition(zip(x, x.dropFirst()).allSatisfy { $0 < $1 }, "points out of order")
    self.x = x
    self.y = y
    slopes = Self.slopes(x: x, y: y)
  }

  /// The integral of the curve over a range within its ends.
  func integral(over range: ClosedRange<Double>) -> Double {
    precondition(range.lowerBound >= x[0] && range.upperBound <= x[x.count - 1], "out of range")
    var sum = 0.0
    for piece in 0..<x.count - 1 {
      let from = max(range.lowerBound, x[piece]) - x[piece]
      let to = min(range.upperBound, x[piece + 1]) - x[piece]
      if from < to { sum += antiderivative(piece, at: to) - antiderivative(piece, at: from) }
    }
    return sum
  }

  /// Integral of a piece from its start to `distance` from there.
  private func antiderivative(_ piece: Int, at distance: Double) -> Double {
    let width = x[piece + 1] - x[piece]
    let secant = (y[piece + 1] - y[piece]) / width
    // The piece is y + slope t + square t^2 + cube t^3: Hermite's conditions at both ends.
    let square = (3 * secant - 2 * slopes[piece] - slopes[piece + 1]) / width
    let cube = (slopes[piece] + slopes[piece + 1] - 2 * secant) / (width * width)
    return distance
      * (y[piece] + distance
        * (slopes[piece] / 2 + distance * (square / 3 + distance * (cube / 4))))
  }

  private static func slopes(x: [Double], y: [Double]) -> [Double] {
    let widths = zip(x, x.dropFirst()).map { $1 - $0 }
    let secants = (0..<widths.count).map { (y[$0 + 1] - y[$0]) / widths[$0] }
    guard secants.count > 1 else { return [secants[0], secants[0]] }
    let last = secants.count - 1
    var slopes = [endSlope(widths[0], widths[1], secants[0], secants[1])]
    for index in 1...last {
      let (before, after) = (secants[index - 1], secants[index])
      guard before * after > 0 else {
        slopes.append(0)
        continue
      }
      // The harmonic mean, weighed by distance, keeps the curve from overshooting.
      let first = 2 * widths[index] + widths[index - 1]
      let second = widths[index] + 2 * widths[index - 1]
      slopes.append((first + second) / (first / before + second / after))
    }
    slopes.append(endSlope(widths[last], widths[last - 1], secants[last], secants[last - 1]))
    return slopes
  }

  /// The slope at an end from the widths and secants of the two pieces nearest to it, so limited
  /// that the curve stays monotone.
  private static func endSlope(
    _ width: Double, _ nextWidth: Double, _ secant: Double, _ nextSecant: Double
  ) -> Double {
    let slope =
      ((2 * width + nextWidth) * secant - width * nextSecant) / (width + nextWidth)
    if slope * secant <= 0 { return 0 }
    if secant * nextSecant <= 0, abs(slope) > 3 * abs(secant) { return 3 * secant }
    return slope
  }
}
