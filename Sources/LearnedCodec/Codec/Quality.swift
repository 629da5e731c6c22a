import Foundation

/// The one rate dial, 0 (smallest file) to 100 (visually lossless), in steps of 1/256.
public struct Quality: Sendable, Equatable, Comparable {
  /// The quality times 256, 0...25600: what a file stores, and all that selects a probability.
  package let units: UInt16

  /// Smallest files.
  public static let lowest = Quality(units: 0)
  /// Best pictures.
  public static let highest = Quality(units: 25600)

  /// Where nothing is asked for: a good picture at half a bit to a bit a pixel.
  public static let standard = Quality(60)

  /// The closest quality to `value`; outside 0...100 the end of the range, and the lowest for what is
  /// not a number.
  public init(_ value: Double) {
    units = UInt16((min(max(value.isNaN ? 0 : value, 0), 100) * 256).rounded())
  }

  /// From stored units, clamped to 25600.
  package init(units: UInt16) { self.units = min(units, 25600) }

  /// 0...100, a multiple of 1/256.
  public var value: Double { Double(units) / 256 }

  /// Lower qualities first.
  public static func < (a: Quality, b: Quality) -> Bool { a.units < b.units }
}

/// The quantiser steps of a codec: geometric from the lowest quality to the highest.
package struct StepRange: Sendable, Equatable, Codable {
  /// Step at quality 0, in the units of the latents.
  package var coarsest: Double
  /// Step at quality 100.
  package var finest: Double

  /// A range; both steps are positive.
  package init(coarsest: Double, finest: Double) {
    self.coarsest = coarsest
    self.finest = finest
  }

  /// Step at a quality: equal ratios for equal differences, so that decibels are spread evenly.
  package func step(at quality: Quality) -> Float {
    Float(coarsest * pow(finest / coarsest, quality.value / 100))
  }

  /// The range with the same step at the standard quality, `factor` times as coarse at quality 0 and
  /// finer above.
  package func widened(by factor: Double) -> StepRange {
    let standard = Quality.standard.value
    return StepRange(
      coarsest: coarsest * factor, finest: finest * pow(factor, 1 - 100 / standard))
  }
}
