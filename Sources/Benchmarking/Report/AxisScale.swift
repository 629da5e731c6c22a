import Foundation

/// Where values lie along an axis, and its ticks.
struct AxisScale {
  /// Round values within the axis, in order.
  let ticks: [Double]
  private let isLogarithmic: Bool
  /// Ends of the axis, as logarithms where it is logarithmic.
  private let range: ClosedRange<Double>

  /// An axis that covers what it can draw of `values`, with a margin of 4 % on both sides.
  init(covering values: [Double], isLogarithmic: Bool) {
    self.isLogarithmic = isLogarithmic
    let drawn = values.filter { Self.canDraw($0, isLogarithmic: isLogarithmic) }
      .map { isLogarithmic ? log10($0) : $0 }
    let low = drawn.min() ?? 0
    let high = drawn.max() ?? 1
    // A single value stands in the middle: of a factor of 2, or of a tenth of itself.
    let margin =
      high > low ? (high - low) * 0.04 : isLogarithmic ? 0.15 : max(abs(low) * 0.05, 0.5)
    range = low - margin...high + margin
    ticks =
      isLogarithmic
      ? Self.logarithmicTicks(pow(10, range.lowerBound)...pow(10, range.upperBound))
      : Self.linearTicks(range)
  }

  /// Whether a value has a place on such an axis: of a sane size, and positive for a logarithm.
  static func canDraw(_ value: Double, isLogarithmic: Bool) -> Bool {
    // Beyond, neither ticks nor pixels are exact any more; no measurement comes near.
    value.magnitude < 1e12 && (!isLogarithmic || value > 1e-12)
  }

  /// The position of a value that can be drawn: 0 at the start of the axis, 1 at its end.
  func position(of value: Double) -> Double {
    ((isLogarithmic ? log10(value) : value) - range.lowerBound)
      / (range.upperBound - range.lowerBound)
  }

  /// Three to nine multiples of 1, 2 or 5 times a power of ten.
  static func linearTicks(_ range: ClosedRange<Double>) -> [Double] {
    let raw = (range.upperBound - range.lowerBound) / 8
    let power = pow(10, floor(log10(raw)))
    let step = ([1, 2, 5].first { $0 * power >= raw } ?? 10) * power
    let first = Int((range.lowerBound / step).rounded(.up))
    let last = Int((range.upperBound / step).rounded(.down))
    return first > last ? [] : (first...last).map { Double($0) * step }
  }

  /// Powers of ten and as many of their multiples as make five ticks; those of a linear axis where
  /// the range is too narrow for them.
  static func logarithmicTicks(_ range: ClosedRange<Double>) -> [Double] {
    let powers = Int(floor(log10(range.lowerBound)))...Int(ceil(log10(range.upperBound)))
    for factors in [[1.0], [1, 3], [1, 2, 5], [1, 2, 3, 5, 7], [1, 2, 3, 4, 5, 6, 7, 8, 9]] {
      let ticks = powers.flatMap { power in factors.map { $0 * pow(10, Double(power)) } }
        .filter(range.contains)
      if ticks.count >= 5 { return ticks }
    }
    return linearTicks(range)
  }

  /// A tick's value as people write it.
  static func label(_ tick: Double) -> String {
    String(format: "%g", tick)
  }
}
