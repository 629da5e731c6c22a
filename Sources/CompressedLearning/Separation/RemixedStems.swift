import Foundation
import Signals

/// Examples to learn separation from: short mixtures of the stems of one song, mixed anew each time.
///
/// Half of them have all stems at one time, half each at its own, where it is not silent; every stem
/// gets a random gain and may have its sides swapped. All of it is done on blocks: mixing is linear, a shift by whole blocks
/// is exact, and swapping sides turns the sign of the side. Then the mixture is rounded as a file of
/// the codec rounds it.
public struct RemixedStems: Sendable {
  /// A mixture and its parts, the chosen coefficients: shape of each [blocks, coefficients].
  public struct Example: Sendable {
    /// The sum, rounded.
    public var mixture: [Float]
    /// The parts.
    public var stems: [[Float]]
  }

  /// Blocks of an example.
  public let length: Int
  private let coefficients: SelectedCoefficients
  private let channels: Int
  private let input: SeparationInput
  /// Shape of each stem [blocks, coefficients].
  private let stems: [[Float]]
  private let blockCount: Int
  /// For each stem the blocks at which a part of it begins that is not silent.
  private let audible: [[Int]]

  /// Share of a stem's mean energy from which on a part is not silent.
  private static let silence = 0.1
  /// Largest gain, and smallest, in decibels.
  private static let gains: ClosedRange<Float> = -6...6

  /// Examples of `length` blocks, or as many as there are.
  ///
  /// - Parameters:
  ///   - stems: exact blocks of each, all of one shape.
  ///   - coefficients: those of a block that examples hold.
  ///   - input: rounds a mixture as its files do.
  ///   - length: blocks of an example, at least 1.
  public init(
    _ stems: [SoundBlocks], coefficients: SelectedCoefficients, input: SeparationInput,
    length: Int = 32
  ) {
    self.coefficients = coefficients
    self.input = input
    channels = stems[0].channels
    blockCount = stems[0].count
    let length = min(length, blockCount)
    self.length = length
    let values = stems.map { coefficients.values(of: $0) }
    self.stems = values
    audible = values.map { Self.audible($0, width: coefficients.count, length: length) }
  }

  /// Examples that show about every block once.
  public var count: Int { max(blockCount / max(length, 1), 1) }

  /// A random mixture.
  public func example(using generator: inout SeededGenerator) -> Example {
    let latest = blockCount - length
    let together = Bool.random(using: &generator)
    let common = Int.random(in: 0...latest, using: &generator)
    let parts = stems.enumerated().map { index, stem -> [Float] in
      let start = together ? common : audible[index].randomElement(using: &generator) ?? common
      let gain = pow(10, Float.random(in: Self.gains, using: &generator) / 20)
      let isSwapped = Bool.random(using: &generator)
      let factors = coefficients.indices.map { coefficient in
        isSwapped && (coefficient / (coefficients.width / channels)) % 2 == 1 ? -gain : gain
      }
      var part = Array(stem[start * coefficients.count..<(start + length) * coefficients.count])
      for first in stride(from: 0, to: part.count, by: coefficients.count) {
        for index in 0..<coefficients.count { part[first + index] *= factors[index] }
      }
      return part
    }
    var sum = parts[0]
    for part in parts.dropFirst() {
      for index in sum.indices { sum[index] += part[index] }
    }
    return Example(mixture: input.rounded(sum), stems: parts)
  }

  private static func audible(_ stem: [Float], width: Int, length: Int) -> [Int] {
    // sums[n]: energy of the first n blocks.
    var sums = [0.0]
    for start in stride(from: 0, to: stem.count, by: width) {
      let energy = stem[start..<start + width].reduce(0.0) { $0 + Double($1 * $1) }
      sums.append(sums[sums.count - 1] + energy)
    }
    let blockCount = sums.count - 1
    let least = silence * sums[blockCount] * Double(length) / Double(max(blockCount, 1))
    return (0...blockCount - length).filter { sums[$0 + length] - sums[$0] > least }
  }
}
