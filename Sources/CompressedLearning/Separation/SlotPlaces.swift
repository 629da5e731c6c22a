import Foundation

/// The places of a slot that a model reads and writes: the rest is neither seen nor heard.
public struct SlotPlaces: Sendable, Equatable, Codable {
  /// Numbers of a whole slot.
  public let width: Int
  /// Places in rising order, each below `width`.
  public let indices: [Int]

  /// The places `indices` of a slot of `width` numbers.
  public init(width: Int, indices: [Int]) {
    precondition(indices.allSatisfy { (0..<width).contains($0) }, "places beyond the slot")
    self.width = width
    self.indices = indices.sorted()
  }

  /// The places of largest power over the slots of some stems, each stem counted by its share of its
  /// own energy, so that soft ones keep as much as loud ones: as of pictures, the channels of largest
  /// variance are what fewer numbers keep.
  public init(strongest count: Int, of stems: [SoundSlots]) {
    let width = stems[0].width
    var shares = [Double](repeating: 0, count: width)
    for stem in stems {
      precondition(stem.width == width, "stems of other widths")
      var powers = [Double](repeating: 0, count: width)
      for start in stride(from: 0, to: stem.values.count, by: width) {
        for place in 0..<width {
          let value = Double(stem.values[start + place])
          powers[place] += value * value
        }
      }
      let energy = powers.reduce(0, +)
      guard energy > 0 else { continue }
      for place in 0..<width { shares[place] += powers[place] / energy }
    }
    let order = shares.indices.sorted { (shares[$1], $0) < (shares[$0], $1) }
    self.init(width: width, indices: Array(order.prefix(count)))
  }

  /// How many.
  public var count: Int { indices.count }

  /// The numbers of these places. Shape [slots, count].
  public func values(of slots: SoundSlots) -> [Float] {
    precondition(slots.width == width, "slots of another width")
    var result: [Float] = []
    result.reserveCapacity(slots.count * count)
    for start in stride(from: 0, to: slots.values.count, by: width) {
      for place in indices { result.append(slots.values[start + place]) }
    }
    return result
  }

  /// Slots with these numbers, and zeros at all other places.
  ///
  /// - Parameter values: shape [slots, count].
  public func slots(_ values: [Float], channels: Int) -> SoundSlots {
    let slots = values.count / count
    var all = [Float](repeating: 0, count: slots * width)
    for slot in 0..<slots {
      for (index, place) in indices.enumerated() {
        all[slot * width + place] = values[slot * count + index]
      }
    }
    return SoundSlots(
      count: slots, channels: channels, frequencies: width / channels, values: all)
  }

  /// What a network sees of the numbers of the places: log(power + floor), with the power at a place
  /// smoothed by the difference of its neighbours, x[k]^2 + (x[k + 1] - x[k - 1])^2, which moves less
  /// with the phase than the square of one number does (L. Daudet and M. Sandler, "MDCT analysis of
  /// sinusoids: exact results and applications to coding artifacts reduction", 2004).
  ///
  /// A neighbour that is not among the places, or of another channel, counts as zero.
  /// - Parameters:
  ///   - values: shape [slots, count].
  ///   - frequencies: of a channel.
  /// - Returns: shape [slots, count].
  public func features(of values: [Float], frequencies: Int) -> [Float] {
    let known = Dictionary(uniqueKeysWithValues: indices.enumerated().map { ($1, $0) })
    let neighbours = indices.map { place in
      let frequency = place % frequencies
      return (
        below: frequency > 0 ? known[place - 1] ?? -1 : -1,
        above: frequency + 1 < frequencies ? known[place + 1] ?? -1 : -1
      )
    }
    var result = [Float](repeating: 0, count: values.count)
    for start in stride(from: 0, to: values.count, by: count) {
      for (index, neighbour) in neighbours.enumerated() {
        let below = neighbour.below < 0 ? 0 : values[start + neighbour.below]
        let above = neighbour.above < 0 ? 0 : values[start + neighbour.above]
        let (value, difference) = (values[start + index], above - below)
        result[start + index] = log(value * value + difference * difference + Self.floor)
      }
    }
    return result
  }

  /// What is added to a power: about that of the steps of a file of good quality, for samples of
  /// -1...1.
  private static let floor: Float = 1e-6
}
