import EntropyCoding

/// Predicts the means of a patch's first channels from the symbols of its neighbours, linearly:
/// the slow variation of a picture that one patch alone does not see.
///
/// Weights and symbols are integers, and their sums stay below 2^53, where double precision is exact
/// in any order: |weights| < 2^15, |symbols| < 2^22 and at most 4 * 1024 terms.
struct MeanPrediction: ~Copyable {
  /// Channels whose means are predicted, at most those of the tables.
  let count: Int
  /// Predicted means in units of 2^-12 symbols, shape [count], padded to whole fours.
  private let means: FixedBuffer<SIMD4<Int64>>
  /// Shape [neighbour, neighbour's channel, predicted channel], the last one in fours, padded.
  private let weights: FixedBuffer<SIMD4<Double>>
  /// Symbols of this row of patches and of those above: shape [3, patchColumns, count], rows in turn.
  private let near: FixedBuffer<Double>
  private let patchColumns: Int

  /// The prediction of the tables for patches of `channels` channels.
  init(_ tables: EntropyTables, patchColumns: Int, channels: Int) {
    let (all, count) = (tables.predicted, min(tables.predicted, channels))
    self.count = count
    self.patchColumns = patchColumns
    means = FixedBuffer(repeating: .zero, count: (count + 3) / 4)
    near = FixedBuffer(repeating: 0, count: 3 * patchColumns * count)
    let (neighbours, fours) = (EntropyTables.meanNeighbours, (count + 3) / 4)
    weights = FixedBuffer(repeating: .zero, count: neighbours * count * fours)
    for channel in 0..<count {
      for source in 0..<neighbours * count {
        let (neighbour, other) = (source / count, source % count)
        weights.base[source * fours + channel / 4][channel % 4] =
          Double(tables.meanWeights[(channel * neighbours + neighbour) * all + other])
      }
    }
  }

  /// The rows around a row of patches, in which `predict` and `record` find patches.
  func rows(around row: Int) -> RowsInTurn {
    RowsInTurn(row: row, columns: patchColumns, pitch: count)
  }

  /// Computes the means of a patch whose neighbours were recorded.
  func predict(_ neighbours: Neighbours, rows: RowsInTurn) {
    guard count > 0 else { return }
    guard neighbours.any else { return means.fill(0..<means.count, with: .zero) }
    let west = symbols(rows.offset(of: neighbours.west))
    let north = symbols(rows.offset(of: neighbours.north))
    let northWest = symbols(rows.offset(of: neighbours.northWest))
    let northEast = symbols(rows.offset(of: neighbours.northEast))
    let bound = SIMD4(repeating: Double(EntropyTables.largestSymbol) * 4096)
    // Added to an integer below 2^51, it leaves that in the low bits.
    let unit = SIMD4<Double>(repeating: 0x1.8p52)
    let fours = (count &+ 3) &>> 2
    let size = count &* fours
    for four in 0..<fours {
      // `weights` has a row of `fours` for each of `count` channels of four neighbours.
      var sums = SIMD4<Double>.zero
      var row = weights.base + four
      for channel in 0..<count {
        sums += row[0] * west[channel] + row[size] * north[channel]
        sums += row[2 &* size] * northWest[channel] + row[3 &* size] * northEast[channel]
        row += fours
      }
      // Not `clamped`, which is a call.
      let bounded = sums.replacing(with: bound, where: sums .> bound)
        .replacing(with: -bound, where: sums .< -bound)
      means.base[four] =
        unsafeBitCast(bounded + unit, to: SIMD4<Int64>.self)
        &- unsafeBitCast(unit, to: SIMD4<Int64>.self)
    }
  }

  /// The symbols of a neighbour, `count` of them.
  @inline(__always)
  private func symbols(_ offset: Int) -> UnsafeMutablePointer<Double> {
    precondition(offset >= 0 && offset &+ count <= near.count, "a neighbour outside the rows")
    return near.base + offset
  }

  /// The predicted mean of a channel below `count`.
  @inline(__always)
  private func value(_ channel: Int) -> Int64 {
    precondition(channel >= 0, "no such channel")
    return UnsafeRawPointer(means.base).assumingMemoryBound(to: Int64.self)[channel]
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
    channel < count ? Int32(truncatingIfNeeded: (value(channel) &+ 2048) &>> 12) : 0
  }

  /// Sixteenths of a symbol by which the mean lies above the point half a symbol below its
  /// rounding, 0...15: to which side the symbol leans.
  @inline(__always)
  func fraction(_ channel: Int) -> Int {
    channel < count ? Int((value(channel) &+ 2048) &>> 8) & 15 : 0
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
