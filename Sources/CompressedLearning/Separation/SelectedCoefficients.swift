import Foundation
import LearnedCodec

/// The coefficients of a block that a model reads and writes: the rest is neither seen nor heard.
public struct SelectedCoefficients: Sendable, Equatable, Codable {
  /// Numbers of a whole block.
  public let width: Int
  /// Indices of the coefficients in rising order, each below `width`.
  public let indices: [Int]

  /// The coefficients `indices` of a block of `width` numbers.
  public init(width: Int, indices: [Int]) {
    precondition(indices.allSatisfy { (0..<width).contains($0) }, "coefficients beyond the block")
    self.width = width
    self.indices = indices.sorted()
  }

  /// The coefficients of largest power over the blocks of some stems, each stem counted by its share
  /// of its own energy, so that soft ones keep as much as loud ones: as of pictures, the channels of
  /// largest variance are what fewer numbers keep.
  public init(strongest count: Int, of stems: [SoundBlocks]) {
    let width = stems[0].width
    var shares = [Double](repeating: 0, count: width)
    for stem in stems {
      precondition(stem.width == width, "stems of other widths")
      var powers = [Double](repeating: 0, count: width)
      for start in stride(from: 0, to: stem.values.count, by: width) {
        for coefficient in 0..<width {
          let value = Double(stem.values[start + coefficient])
          powers[coefficient] += value * value
        }
      }
      let energy = powers.reduce(0, +)
      guard energy > 0 else { continue }
      for coefficient in 0..<width { shares[coefficient] += powers[coefficient] / energy }
    }
    let order = shares.indices.sorted { (shares[$1], $0) < (shares[$0], $1) }
    self.init(width: width, indices: Array(order.prefix(count)))
  }

  /// How many.
  public var count: Int { indices.count }

  /// The values of these coefficients. Shape [blocks, count].
  public func values(of blocks: SoundBlocks) -> [Float] {
    precondition(blocks.width == width, "blocks of another width")
    var result: [Float] = []
    result.reserveCapacity(blocks.count * count)
    for start in stride(from: 0, to: blocks.values.count, by: width) {
      for coefficient in indices { result.append(blocks.values[start + coefficient]) }
    }
    return result
  }

  /// Blocks with these values, and zeros for all other coefficients.
  ///
  /// - Parameters:
  ///   - values: shape [blocks, count].
  ///   - channels: of a block, a divisor of `width`.
  /// - Returns: shape [blocks, channels, width / channels].
  public func blocks(_ values: [Float], channels: Int) -> SoundBlocks {
    let blockCount = values.count / count
    var all = [Float](repeating: 0, count: blockCount * width)
    for block in 0..<blockCount {
      for (index, coefficient) in indices.enumerated() {
        all[block * width + coefficient] = values[block * count + index]
      }
    }
    return SoundBlocks(
      count: blockCount, channels: channels, frequencies: width / channels, values: all)
  }

  /// What a network sees of the coefficients: log(power + floor), with the power of one smoothed by
  /// the difference of its neighbours, x[k]^2 + (x[k + 1] - x[k - 1])^2, which moves less with the
  /// phase than the square of one number does (L. Daudet and M. Sandler, "MDCT analysis of sinusoids:
  /// exact results and applications to coding artifacts reduction", 2004).
  ///
  /// A neighbour that is not among the coefficients, or of another channel, counts as zero.
  /// - Parameters:
  ///   - values: shape [blocks, count].
  ///   - frequencies: of a channel of a whole block.
  /// - Returns: shape [blocks, count].
  public func features(of values: [Float], frequencies: Int) -> [Float] {
    let known = Dictionary(uniqueKeysWithValues: indices.enumerated().map { ($1, $0) })
    let neighbours = indices.map { coefficient in
      let frequency = coefficient % frequencies
      return (
        below: frequency > 0 ? known[coefficient - 1] ?? -1 : -1,
        above: frequency + 1 < frequencies ? known[coefficient + 1] ?? -1 : -1
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

  /// The features as latents of a column of patches, a block each.
  func latents(of values: [Float], frequencies: Int) -> Latents {
    Latents(
      patchRows: values.count / count, patchColumns: 1, channels: count,
      values: features(of: values, frequencies: frequencies))
  }

  /// What is added to a power: about that of the steps of a file of good quality, for samples of
  /// -1...1.
  private static let floor: Float = 1e-6
}
