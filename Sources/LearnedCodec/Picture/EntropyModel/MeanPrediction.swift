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
  /// Symbols of this row of patches and of those above: shape [3, patchColumns, count], rows in turn.
  private let near: FixedBuffer<Double>
  private let patchColumns: Int

  /// The prediction of the tables for patches of `channels` channels.
  init(_ tables: EntropyTables, patchColumns: Int, channels: Int) {
    let (all, count) = (tables.predicted, min(tables.predicted, channels))
    self.count = count
    self.patchColumns = patchColumns
    means = FixedBuffer(repeating: 0, count: count)
    near = FixedBuffer(repeating: 0, count: 3 * patchColumns * count)
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

  /// The rows around a row of patches, in which `predict` and `record` find patches.
  func rows(around row: Int) -> RowsInTurn {
    RowsInTurn(row: row, columns: patchColumns, pitch: count)
  }

  /// Computes the means of a patch whose neighbours were recorded.
  @inline(__always)
  func predict(_ neighbours: Neighbours, rows: RowsInTurn) {
    guard count > 0 else { return }
    guard neighbours.any else { return means.fill(0..<count, with: 0) }
    copy(rows.offset(of: neighbours.west), 0)
    copy(rows.offset(of: neighbours.north), 1)
    copy(rows.offset(of: neighbours.northWest), 2)
    copy(rows.offset(of: neighbours.northEast), 3)
    let bound = Double(EntropyTables.largestSymbol) * 4096
    // `weights` has `count` rows of as many fours as `symbols` has.
    var row = weights.base
    for channel in 0..<count {
      var sums = SIMD4<Double>.zero
      for index in 0..<count { sums += row[index] * symbols.base[index] }
      row += count
      let sum = sums[0] + sums[1] + (sums[2] + sums[3])
      means.base[channel] = Int(min(max(sum, -bound), bound))
    }
  }

  /// Copies the symbols of a neighbour.
  @inline(__always)
  private func copy(_ offset: Int, _ neighbour: Int) {
    precondition(offset >= 0 && offset &+ count <= near.count, "a neighbour outside the rows")
    let to = UnsafeMutableRawPointer(symbols.base).assumingMemoryBound(to: Double.self)
    for channel in 0..<count { to[neighbour &* count &+ channel] = near.base[offset &+ channel] }
  }

  /// Takes note of the symbols of a patch, of which `patch` has `count` at least.
  @inline(__always)
  func record(_ patch: UnsafeMutableBufferPointer<Int32>, at offset: Int) {
    precondition(
      count <= patch.count && offset >= 0 && offset &+ count <= near.count,
      "a patch outside the rows")
    for channel in 0..<count { near.base[offset &+ channel] = Double(patch[channel]) }
  }

  /// The predicted mean of a channel as the symbol closest to it; 0 for channels beyond `count`.
  @inline(__always)
  func mean(_ channel: Int) -> Int32 {
    channel < count ? Int32(truncatingIfNeeded: (means.base[channel] + 2048) >> 12) : 0
  }

  /// Sixteenths of a symbol by which the mean lies above the point half a symbol below its
  /// rounding, 0...15: to which side the symbol leans.
  @inline(__always)
  func fraction(_ channel: Int) -> Int {
    channel < count ? ((means.base[channel] + 2048) >> 8) & 15 : 0
  }
}

extension Symbols {
  /// What is left of the symbols when the predicted means are taken off, in the same shape.
  package func residuals(_ tables: EntropyTables) -> Symbols {
    let prediction = MeanPrediction(tables, patchColumns: patchColumns, channels: channels)
    var (residuals, source) = (self, values)
    source.withUnsafeMutableBufferPointer { source in
      for row in 0..<patchRows {
        let rows = prediction.rows(around: row)
        for column in 0..<patchColumns {
          prediction.predict(
            Neighbours(row: row, column: column, columns: patchColumns), rows: rows)
          let patch = (row * patchColumns + column) * channels
          for channel in 0..<prediction.count {
            residuals.values[patch + channel] &-= prediction.mean(channel)
          }
          prediction.record(
            source.extracting(patch..<patch + channels), at: rows.offset(of: (0, column)))
        }
      }
    }
    return residuals
  }
}
