import LearnedCodec
import Networks

/// Second moments of log-magnitudes around a patch, and the regression of each channel on them.
struct MagnitudeMoments {
  private let channels: Int
  private var count = 0.0
  /// Shape [C, C]: earlier against later channels of a patch.
  private var within: [Double]
  /// Shape [neighbours, C, C]: a neighbour's channel against the patch's.
  private var across: [[Double]]
  /// Shape [neighbours, neighbours, C]: neighbours against each other, the same channel.
  private var between: [Double]
  private var sum: [Double]
  /// Shape [neighbours, C].
  private var neighbourSum: [Double]
  /// Whether all channels of the patches to the west and north, added, are regressed on too.
  private let hasSurroundings: Bool
  /// Shape [C, C]: their channels against each other.
  private var surroundings: [Double]
  /// Shape [neighbours, C, C]: their channels against a neighbour's.
  private var surroundingsAcross: [[Double]]

  init(channels: Int, hasSurroundings: Bool) {
    self.channels = channels
    self.hasSurroundings = hasSurroundings
    let neighbours = EntropyTables.neighbours
    within = [Double](repeating: 0, count: channels * channels)
    across = Array(repeating: within, count: neighbours)
    between = [Double](repeating: 0, count: neighbours * neighbours * channels)
    surroundings = hasSurroundings ? within : []
    surroundingsAcross = hasSurroundings ? across : []
    sum = [Double](repeating: 0, count: channels)
    neighbourSum = [Double](repeating: 0, count: neighbours * channels)
  }

  private static let unit = 1.0 / 1024

  /// Adds the patches of a strip that have all their neighbours.
  mutating func add(_ residuals: Symbols) {
    let columns = residuals.patchColumns
    guard residuals.patchRows > 2, columns > 3 else { return }
    let magnitudes = residuals.values.map { Double(EntropyTables.logMagnitude($0.magnitude)) }
    func row(_ row: Int, _ from: Int) -> [Double] {
      let first = row * columns + from
      return Array(magnitudes[first * channels..<(first + columns - 3) * channels])
    }
    for y in 2..<residuals.patchRows {
      let patch = row(y, 2)
      let around = [
        row(y, 1), row(y - 1, 2), row(y - 1, 1), row(y - 1, 3), row(y, 0), row(y - 2, 2),
      ]
      accumulateProduct(patch, rows: channels, patch, columns: channels, into: &within)
      let both = hasSurroundings ? zip(around[0], around[1]).map(+) : []
      if hasSurroundings {
        accumulateProduct(both, rows: channels, both, columns: channels, into: &surroundings)
      }
      for (index, neighbour) in around.enumerated() {
        if hasSurroundings {
          accumulateProduct(
            both, rows: channels, neighbour, columns: channels, into: &surroundingsAcross[index])
        }
        accumulateProduct(
          neighbour, rows: channels, patch, columns: channels, into: &across[index])
        for (otherIndex, other) in around.enumerated() where otherIndex >= index {
          let offset = (index * around.count + otherIndex) * channels
          for position in patch.indices {
            between[offset + position % channels] += neighbour[position] * other[position]
          }
        }
        for position in patch.indices {
          neighbourSum[index * channels + position % channels] += neighbour[position]
        }
      }
      for position in patch.indices { sum[position % channels] += patch[position] }
      count += Double(columns - 3)
    }
  }

  /// Regresses each channel on its neighbours and on the earlier channels of its patch.
  func solve(into tables: inout EntropyTables) throws(LinearAlgebraError) {
    let neighbours = EntropyTables.neighbours
    for channel in 0..<channels {
      let size = 1 + neighbours + channel + (hasSurroundings ? channels : 0)
      let others = 1 + neighbours + channel
      var gram = [Double](repeating: 0, count: size * size)
      var right = [Double](repeating: 0, count: size)
      func set(_ row: Int, _ column: Int, _ value: Double) { gram[row * size + column] = value }
      set(0, 0, count)
      right[0] = sum[channel]
      for index in 0..<neighbours {
        set(0, 1 + index, neighbourSum[index * channels + channel])
        for other in index..<neighbours {
          set(1 + index, 1 + other, between[(index * neighbours + other) * channels + channel])
        }
        for earlier in 0..<channel {
          set(1 + index, 1 + neighbours + earlier, across[index][channel * channels + earlier])
        }
        right[1 + index] = across[index][channel * channels + channel]
      }
      for earlier in 0..<channel {
        set(0, 1 + neighbours + earlier, sum[earlier])
        for other in earlier..<channel {
          set(1 + neighbours + earlier, 1 + neighbours + other, within[earlier * channels + other])
        }
        right[1 + neighbours + earlier] = within[earlier * channels + channel]
      }
      if hasSurroundings {
        for other in 0..<channels {
          set(
            0, others + other, neighbourSum[other] + neighbourSum[channels + other])
          for index in 0..<neighbours {
            set(
              1 + index, others + other, surroundingsAcross[index][other * channels + channel])
          }
          for earlier in 0..<channel {
            set(
              1 + neighbours + earlier, others + other,
              across[0][other * channels + earlier] + across[1][other * channels + earlier])
          }
          for last in other..<channels {
            set(others + other, others + last, surroundings[other * channels + last])
          }
          right[others + other] =
            across[0][other * channels + channel] + across[1][other * channels + channel]
        }
      }
      // A ridge of a few hundred patches of magnitude 1/4 keeps channels that are nearly always
      // zero from getting large weights.
      for index in 0..<size { set(index, index, gram[index * size + index] + 62.5) }
      let weights = try solvePositiveDefinite(gram, dimension: size, right: right)
      // Log-magnitudes are in half octaves, weights in 2^-10: the sum is in 2^-11.
      tables.biases[channel] = fixedPoint(weights[0], unit: Self.unit)
      for index in 0..<neighbours {
        tables.neighbourWeights[index * channels + channel] = fixedPoint(
          weights[1 + index], unit: Self.unit)
      }
      for earlier in 0..<channel {
        tables.patchWeights[earlier * channels + channel] =
          fixedPoint(weights[1 + neighbours + earlier], unit: Self.unit)
      }
      for other in 0..<(hasSurroundings ? channels : 0) {
        tables.surroundingWeights[other * channels + channel] = fixedPoint(
          weights[others + other], unit: Self.unit)
      }
    }
  }
}
