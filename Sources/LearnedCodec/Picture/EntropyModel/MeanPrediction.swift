import EntropyCoding

/// Predicts the means of a patch's first channels from the symbols of its neighbours, linearly:
/// the slow variation of a picture that one patch alone does not see.
struct MeanPrediction: ~Copyable {
  /// Channels whose means are predicted, at most those of the tables.
  let count: Int
  /// Predicted means in units of 2^-12 symbols, shape [count].
  let means: FixedBuffer<Int>
  /// Shape [neighbour, neighbour's channel, predicted channel].
  private let weights: FixedBuffer<Int>

  /// The prediction of the tables for patches of `channels` channels.
  init(_ tables: EntropyTables, channels: Int) {
    let (all, count) = (tables.predicted, min(tables.predicted, channels))
    self.count = count
    means = FixedBuffer(repeating: 0, count: count)
    let neighbours = EntropyTables.meanNeighbours
    weights = FixedBuffer(
      (0..<neighbours).flatMap { neighbour in
        (0..<count).flatMap { other in
          (0..<count).map { Int(tables.meanWeights[($0 * neighbours + neighbour) * all + other]) }
        }
      })
  }

  /// Computes the means of a patch.
  ///
  /// - Parameter symbols: shape [patches, channels], known for all neighbours; `columns` patches
  ///   stand in a row.
  func predict(
    _ neighbours: Neighbours, symbols: UnsafeMutableBufferPointer<Int32>, columns: Int,
    channels: Int
  ) {
    for channel in 0..<count { means[channel] = 0 }
    guard neighbours.any else { return }
    add(neighbours.west, 0, symbols, columns, channels)
    add(neighbours.north, 1, symbols, columns, channels)
    add(neighbours.northWest, 2, symbols, columns, channels)
    add(neighbours.northEast, 3, symbols, columns, channels)
    let bound = Int(EntropyTables.largestSymbol) << 12
    for channel in 0..<count { means[channel] = min(max(means[channel], -bound), bound) }
  }

  private func add(
    _ position: Neighbours.Position, _ neighbour: Int, _ symbols: UnsafeMutableBufferPointer<Int32>,
    _ columns: Int, _ channels: Int
  ) {
    let patch = (position.row * columns + position.column) * channels
    precondition(patch + channels <= symbols.count, "a neighbour outside the strip")
    for other in 0..<count {
      let symbol = Int(symbols[patch + other])
      guard symbol != 0 else { continue }
      // |weights| < 2^15, |symbols| < 2^22 and at most 4 * 64 terms: far within 64 bits.
      for channel in 0..<count {
        means[channel] &+= weights[(neighbour * count + other) * count + channel] &* symbol
      }
    }
  }

  /// The predicted mean of a channel as the symbol closest to it; 0 for channels beyond `count`.
  @inline(__always)
  func mean(_ channel: Int) -> Int32 {
    channel < count ? Int32(truncatingIfNeeded: (means[channel] + 2048) >> 12) : 0
  }

  /// Sixteenths of a symbol by which the mean lies above the point half a symbol below its
  /// rounding, 0...15: to which side the symbol leans.
  @inline(__always)
  func fraction(_ channel: Int) -> Int {
    channel < count ? ((means[channel] + 2048) >> 8) & 15 : 0
  }
}

extension Symbols {
  /// What is left of the symbols when the predicted means are taken off, in the same shape.
  package func residuals(_ tables: EntropyTables) -> Symbols {
    let prediction = MeanPrediction(tables, channels: channels)
    var (residuals, source) = (self, values)
    source.withUnsafeMutableBufferPointer { source in
      for row in 0..<patchRows {
        for column in 0..<patchColumns {
          prediction.predict(
            Neighbours(row: row, column: column, columns: patchColumns), symbols: source,
            columns: patchColumns, channels: channels)
          let patch = (row * patchColumns + column) * channels
          for channel in 0..<prediction.count {
            residuals.values[patch + channel] &-= prediction.mean(channel)
          }
        }
      }
    }
    return residuals
  }
}
