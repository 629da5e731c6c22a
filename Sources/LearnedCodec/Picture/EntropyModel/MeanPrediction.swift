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
  private let predicted: FixedBuffer<SIMD4<Int64>>
  /// Shape [neighbour, neighbour's channel, predicted channel], the last one in fours, padded.
  private let weights: FixedBuffer<SIMD4<Double>>
  /// Symbols of this row of patches and of those above: shape [3, patchColumns, count], rows in turn.
  private let near: FixedBuffer<Double>

  /// The prediction of the tables for patches of `channels` channels.
  init(_ tables: EntropyTables, patchColumns: Int, channels: Int) {
    let (all, count) = (tables.predicted, min(tables.predicted, channels))
    self.count = count
    predicted = FixedBuffer(repeating: .zero, count: (count + 3) / 4)
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

  /// Computes the means of a patch whose neighbours were recorded.
  func predict(_ neighbours: Neighbours) {
    guard count > 0 else { return }
    guard neighbours.any else { return predicted.fill(0..<predicted.count, with: .zero) }
    let west = symbols(of: neighbours.west)
    let north = symbols(of: neighbours.north)
    let northWest = symbols(of: neighbours.northWest)
    let northEast = symbols(of: neighbours.northEast)
    let bound = SIMD4(repeating: Double(EntropyTables.largestSymbol) * 4096)
    // Added to an integer below 2^51, it leaves that in the low bits.
    let unit = SIMD4<Double>(repeating: 0x1.8p52)
    let fours = (count &+ 3) &>> 2
    let size = count &* fours
    for four in 0..<fours {
      // `weights` has a row of `fours` for each of `count` channels of four neighbours.
      var (first, second) = (SIMD4<Double>.zero, SIMD4<Double>.zero)
      var row = weights.base + four
      for channel in 0..<count {
        first += row[0] * west[channel] + row[size] * north[channel]
        second += row[2 &* size] * northWest[channel] + row[3 &* size] * northEast[channel]
        row += fours
      }
      let sums = first + second
      // Not `clamped`, which is a call.
      let bounded = sums.replacing(with: bound, where: sums .> bound)
        .replacing(with: -bound, where: sums .< -bound)
      predicted.base[four] =
        unsafeBitCast(bounded + unit, to: SIMD4<Int64>.self)
        &- unsafeBitCast(unit, to: SIMD4<Int64>.self)
    }
  }

  /// The symbols of a patch of three rows, `count` of them.
  @inline(__always)
  private func symbols(of patch: Int) -> UnsafeMutablePointer<Double> {
    let offset = patch &* count
    precondition(offset >= 0 && offset &+ count <= near.count, "a patch outside the rows")
    return near.base + offset
  }

  /// Takes note of the symbols of a patch, `count` at least.
  @inline(__always)
  func record(_ symbols: UnsafeMutableBufferPointer<Int32>, of patch: Int) {
    precondition(count <= symbols.count, "symbols of another shape")
    let own = self.symbols(of: patch)
    for channel in 0..<count { own[channel] = Double(symbols[channel]) }
  }

  /// The predicted mean of a channel as the symbol closest to it; 0 for channels beyond `count`.
  @inline(__always)
  func mean(_ channel: Int) -> Int32 { channel < count ? means.mean(channel) : 0 }

  /// What was predicted, see `Means`.
  var means: Means {
    Means(
      values: UnsafeRawPointer(predicted.base).assumingMemoryBound(to: Int64.self), count: count)
  }

  /// The predicted means of a patch.
  ///
  /// Invariant: what it points to is of a prediction that outlives it, and channels are below `count`.
  struct Means {
    fileprivate let values: UnsafePointer<Int64>
    let count: Int

    /// The predicted mean of a channel as the symbol closest to it.
    @inline(__always)
    func mean(_ channel: Int) -> Int32 {
      Int32(truncatingIfNeeded: (values[channel] &+ 2048) &>> 12)
    }

    /// Sixteenths of a symbol by which the mean lies above the point half a symbol below its
    /// rounding, 0...15: to which side the symbol leans.
    @inline(__always)
    func fraction(_ channel: Int) -> Int { Int((values[channel] &+ 2048) &>> 8) & 15 }
  }
}

extension Symbols {
  /// What is left of the symbols when the predicted means are taken off, in the same shape.
  package func residuals(_ tables: EntropyTables) -> Symbols {
    let prediction = MeanPrediction(tables, patchColumns: patchColumns, channels: channels)
    var (residuals, source) = (self, values)
    source.withUnsafeMutableBufferPointer { source in
      for row in 0..<patchRows {
        for column in 0..<patchColumns {
          let neighbours = Neighbours(row: row, column: column, columns: patchColumns)
          prediction.predict(neighbours)
          let patch = (row * patchColumns + column) * channels
          for channel in 0..<prediction.count {
            residuals.values[patch + channel] &-= prediction.mean(channel)
          }
          prediction.record(source.extracting(patch..<patch + channels), of: neighbours.here)
        }
      }
    }
    return residuals
  }
}
