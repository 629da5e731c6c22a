import Foundation
import Training

/// Examples to learn separation from: short mixtures of the stems of one song, mixed anew each time.
///
/// Half of them have all stems at one time, half each at its own; every stem gets a random gain and
/// may have its sides swapped. All of it is done on slots: mixing is linear, a shift by whole slots
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
    self.length = min(length, slots)
    self.stems = stems.map { places.values(of: $0) }
  }

  /// Examples that show about every slot once.
  public var count: Int { max(slots / max(length, 1), 1) }

  /// A random mixture.
  public func example(using generator: inout SplitMix64) -> Example {
    let latest = slots - length
    let together = Bool.random(using: &generator)
    let common = Int.random(in: 0...latest, using: &generator)
    let parts = stems.map { stem -> [Float] in
      let start = together ? common : Int.random(in: 0...latest, using: &generator)
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
}
