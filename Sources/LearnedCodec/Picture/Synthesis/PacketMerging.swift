import Networks
import Wavelets

extension Variable {
  /// Wavelet packets of fewer levels from those of more, for pictures of whole patches: what
  /// synthesis and another analysis come to.
  ///
  /// Each band of the result is synthesised from the bands that it was split into: a matrix for
  /// the rows of patches and one for their columns.
  ///
  /// - Parameters:
  ///   - levels: levels J of these packets; this variable has the shape [patches, planes * 4^J],
  ///     laid out as `Subbands.coefficients`.
  ///   - fewer: levels K of the result.
  ///   - patchColumns: patches of J levels in a row.
  /// - Returns: shape [patches * 4^(J - K), planes * 4^K].
  package func packets(from levels: Int, to fewer: Int, patchColumns: Int) -> Variable {
    guard fewer < levels else { return self }
    let merging = PacketMerging(
      patchRows: rows / patchColumns, patchColumns: patchColumns, dimension: columns,
      levels: levels, fewer: fewer)
    return mapped(
      rows: rows << (2 * (levels - fewer)), columns: columns >> (2 * (levels - fewer)),
      merging.merged, adjoint: merging.adjoint)
  }
}

/// The linear map of `Variable.packets`, and its adjoint.
private struct PacketMerging {
  /// Where each number of the patches lies on the finer grid, [rows, columns, channels].
  let indices: [Int]
  let vertical: SynthesisTaps
  let horizontal: SynthesisTaps
  let channels: Int

  init(patchRows: Int, patchColumns: Int, dimension: Int, levels: Int, fewer: Int) {
    let split = levels - fewer
    let (rows, columns) = (patchRows << split, patchColumns << split)
    channels = dimension >> (2 * split)
    vertical = SynthesisTaps(count: rows, levels: split)
    horizontal = SynthesisTaps(count: columns, levels: split)
    let (side, fewerSide) = (1 << levels, 1 << fewer)
    var indices: [Int] = []
    indices.reserveCapacity(patchRows * patchColumns * dimension)
    for patch in 0..<patchRows * patchColumns {
      for number in 0..<dimension {
        let (plane, band) = (number / (side * side), number % (side * side))
        let (across, down) = (band / side, band % side)
        let row = (patch / patchColumns) << split + down >> fewer
        let column = (patch % patchColumns) << split + across >> fewer
        let channel = (plane * fewerSide + across % fewerSide) * fewerSide + down % fewerSide
        indices.append((row * columns + column) * channels + channel)
      }
    }
    self.indices = indices
  }

  func merged(_ patches: [Float]) -> [Float] {
    var grid = [Float](repeating: 0, count: patches.count)
    for (number, index) in indices.enumerated() { grid[index] = patches[number] }
    grid = vertical.synthesize(grid, inner: horizontal.count * channels)
    return horizontal.synthesize(grid, inner: channels)
  }

  func adjoint(_ derivative: [Float]) -> [Float] {
    var grid = horizontal.adjoint(derivative, inner: channels)
    grid = vertical.adjoint(grid, inner: horizontal.count * channels)
    return indices.map { grid[$0] }
  }
}

/// Packet synthesis of a signal as a sparse matrix.
private struct SynthesisTaps {
  /// Samples, a multiple of 2^levels.
  let count: Int
  /// For each sample the bands' numbers that it is made of, and their weights.
  private let taps: [[(index: Int, weight: Float)]]

  init(count: Int, levels: Int) {
    self.count = count
    // A sample is made of numbers at most 4 * 2^levels away. So far from the ends the taps repeat
    // from patch to patch, and a signal of 32 patches has all there are.
    let patch = 1 << levels
    let length = min(count, 32 * patch)
    var rows = [[(index: Int, weight: Float)]](repeating: [], count: length)
    for index in 0..<length {
      var impulse = [Float](repeating: 0, count: length)
      impulse[index] = 1
      for (row, weight) in packetSynthesis(impulse, levels: levels).enumerated() where weight != 0 {
        rows[row].append((index, weight))
      }
    }
    taps = (0..<count).map { index in
      let half = length / 2
      let shift =
        index < half
        ? 0 : index >= count - half ? count - length : (index - half) / patch * patch
      return rows[index - shift].map { ($0.index + shift, $0.weight) }
    }
  }

  /// Synthesises along the middle of the shape [any, count, inner].
  func synthesize(_ numbers: [Float], inner: Int) -> [Float] {
    forEachTap(numbers, inner: inner) { (from: $0, to: $1) }
  }

  /// The product with the transposed matrix.
  func adjoint(_ numbers: [Float], inner: Int) -> [Float] {
    forEachTap(numbers, inner: inner) { (from: $1, to: $0) }
  }

  /// Adds up weight times vector of `inner` numbers, from and to the indices of each tap that
  /// `direction` makes of the number and the sample.
  @inline(__always)
  private func forEachTap(
    _ numbers: [Float], inner: Int, _ direction: (Int, Int) -> (from: Int, to: Int)
  ) -> [Float] {
    precondition(inner > 0 && numbers.count % (count * inner) == 0, "numbers of another shape")
    var result = [Float](repeating: 0, count: numbers.count)
    // All taps are below `count`, so that every offset lies within both arrays.
    numbers.withUnsafeBufferPointer { numbers in
      result.withUnsafeMutableBufferPointer { result in
        for start in stride(from: 0, to: numbers.count, by: count * inner) {
          for sample in 0..<count {
            for tap in taps[sample] {
              let (from, to) = direction(tap.index, sample)
              let source = numbers.baseAddress! + start + from * inner
              let target = result.baseAddress! + start + to * inner
              for index in 0..<inner { target[index] += tap.weight * source[index] }
            }
          }
        }
      }
    }
    return result
  }
}
