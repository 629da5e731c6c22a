import Foundation
import Signals

/// Examples to learn separation from: short mixtures of the stems of one song, mixed anew each time.
///
/// Half of them have all stems at one time, half each at its own, where it is not silent; every stem
/// gets a random gain and may have its sides swapped. All of it is done on slots: mixing is linear, a shift by whole slots
/// is exact, and swapping sides turns the sign of the side. Then the mixture is rounded as a file of
/// the codec rounds it.
public struct RemixedStems: Sendable {
  /// A mixture and its parts, numbers of the chosen places: shape of each [slots, places].
  public struct Example: Sendable {
    /// The sum, rounded.
    public var mixture: [Float]
    /// The parts.
    public var stems: [[Float]]
  }

  /// Slots of an example.
  public let length: Int
  private let places: SlotPlaces
  private let channels: Int
  private let input: SeparationInput
  /// Shape of each stem [slots, places].
  private let stems: [[Float]]
  private let slots: Int
  /// For each stem the slots at which a part of it begins that is not silent.
  private let audible: [[Int]]

  /// Share of a stem's mean energy from which on a part is not silent.
  private static let silence = 0.1
  /// Largest gain, and smallest, in decibels.
  private static let gains: ClosedRange<Float> = -6...6

  /// Examples of `length` slots, or as many as there are.
  ///
  /// - Parameter stems: exact slots of each, all of one shape.
  public init(_ stems: [SoundSlots], places: SlotPlaces, input: SeparationInput, length: Int = 32) {
    self.places = places
    self.input = input
    channels = stems[0].channels
    slots = stems[0].count
    let length = min(length, slots)
    self.length = length
    let values = stems.map { places.values(of: $0) }
    self.stems = values
    audible = values.map { Self.audible($0, width: places.count, length: length) }
  }

  /// Examples that show about every slot once.
  public var count: Int { max(slots / max(length, 1), 1) }

  /// A random mixture.
  public func example(using generator: inout SeededGenerator) -> Example {
    let latest = slots - length
    let together = Bool.random(using: &generator)
    let common = Int.random(in: 0...latest, using: &generator)
    let parts = stems.enumerated().map { index, stem -> [Float] in
      let start = together ? common : audible[index].randomElement(using: &generator) ?? common
      let gain = pow(10, Float.random(in: Self.gains, using: &generator) / 20)
      let isSwapped = Bool.random(using: &generator)
      let factors = places.indices.map { place in
        isSwapped && (place / (places.width / channels)) % 2 == 1 ? -gain : gain
      }
      var part = Array(stem[start * places.count..<(start + length) * places.count])
      for first in stride(from: 0, to: part.count, by: places.count) {
        for index in 0..<places.count { part[first + index] *= factors[index] }
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
    // sums[n]: energy of the first n slots.
    var sums = [0.0]
    for start in stride(from: 0, to: stem.count, by: width) {
      let energy = stem[start..<start + width].reduce(0.0) { $0 + Double($1 * $1) }
      sums.append(sums[sums.count - 1] + energy)
    }
    let slots = sums.count - 1
    let least = silence * sums[slots] * Double(length) / Double(max(slots, 1))
    return (0...slots - length).filter { sums[$0 + length] - sums[$0] > least }
  }
}
