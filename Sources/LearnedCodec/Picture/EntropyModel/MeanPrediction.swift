import EntropyCoding

/// Predicts the means of a patch's first channels from the symbols of its neighbours, linearly:
/// the slow variation of a picture that one patch alone does not see.
///
/// Weights and symbols are integers, and their sums stay below 2^53, where double precision is exact
/// in any order: |weights| < 2^15, |symbols| < 2^22 and at most 4 * 1024 terms.
struct MeanPrediction: ~Copyable {
  /// Channels whose means are predicted, at most those of the tables.
  let count: Int
  /// Predicted means in units of 2^-12 symbols, shape [count].
  let means: FixedBuffer<Int>
  /// Shape [predicted channel, neighbour, neighbour's channel], in fours.
  private let weights: FixedBuffer<SIMD4<Double>>
  /// The neighbours' symbols, shape [neighbour, neighbour's channel], in fours.
  private let symbols: FixedBuffer<SIMD4<Double>>

  /// The prediction of the tables for patches of `channels` channels.
  init(_ tables: EntropyTables, channels: Int) {
    let (all, count) = (tables.predicted, min(tables.predicted, channels))
    self.count = count
    means = FixedBuffer(repeating: 0, count: count)
    let neighbours = EntropyTables.meanNeighbours
    // Four neighbours make whole fours of any number of channels.
    symbols = FixedBuffer(repeating: .zero, count: count)
    let values = (0..<count).flatMap { channel in
      (0..<neighbours).flatMap { neighbour in
        (0..<count).map {
          Double(tables.meanWeights[(channel * neighbours + neighbour) * all + $0])
        }
      }
    }
    weights = FixedBuffer(
      stride(from: 0, to: values.count, by: 4).map { SIMD4(values[$0..<$0 + 4]) })
  }

  /// Computes the means of a patch.
  ///
  /// - Parameter symbols: shape [patches, channels], known for all neighbours; `columns` patches
  ///   stand in a row.
  func predict(
    _ neighbours: Neighbours, symbols: UnsafeMutableBufferPointer<Int32>, columns: Int,
    channels: Int
  ) {
    guard count > 0 else { return }
    guard neighbours.any else { return means.fill(0..<count, with: 0) }
    copy(neighbours.west, 0, symbols, columns, channels)
    copy(neighbours.north, 1, symbols, columns, channels)
    copy(neighbours.northWest, 2, symbols, columns, channels)
    copy(neighbours.northEast, 3, symbols, columns, channels)
    let bound = Int(EntropyTables.largestSymbol) << 12
    // `weights` has `count` rows of as many fours as `symbols` has.
    var row = weights.base
    for channel in 0..<count {
      var sums = SIMD4<Double>.zero
      for index in 0..<count { sums += row[index] * self.symbols.base[index] }
      row += count
      means[channel] = min(max(Int(sums.sum()), -bound), bound)
    }
  }

  /// Copies the symbols of a neighbour.
  @inline(__always)
  private func copy(
    _ position: Neighbours.Position, _ neighbour: Int,
    _ symbols: UnsafeMutableBufferPointer<Int32>, _ columns: Int, _ channels: Int
  ) {
    let patch = (position.row * columns + position.column) * channels
    precondition(
      count <= channels && patch + channels <= symbols.count, "a neighbour outside the strip")
    let to = UnsafeMutableRawPointer(self.symbols.base).assumingMemoryBound(to: Double.self)
    for channel in 0..<count {
      to[neighbour &* count &+ channel] = Double(symbols[patch &+ channel])
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
