import LearnedCodec
import Networks
import Wavelets

/// The Karhunen-Loeve transform of wavelet packet bands, weighted so that equal errors of its
/// channels make equal errors of the samples.
package struct KLT {
  /// Levels of the packet tree.
  package let levels: Int
  /// Planes of a picture.
  package let planes: Int
  /// Numbers of a patch, planes * 4^levels.
  package var dimension: Int { planes << (2 * levels) }
  /// Patches seen so far.
  package private(set) var count = 0
  private var gram: [Double]
  private var sum: [Double]
  /// Square roots of the bands' synthesis gains, shape [dimension].
  private let weights: [Float]

  /// A transform that has seen nothing.
  package init(planes: Int, levels: Int) {
    self.planes = planes
    self.levels = levels
    let gains = synthesisGains(levels: levels)
    let pairs = gains.flatMap { horizontal in gains.map { (horizontal * $0).squareRoot() } }
    weights = (0..<planes).flatMap { _ in pairs }
    gram = [Double](repeating: 0, count: weights.count * weights.count)
    sum = [Double](repeating: 0, count: weights.count)
  }

  /// Adds the patches of one picture.
  package mutating func add(_ bands: Subbands) {
    precondition(bands.dimension == dimension && bands.levels == levels, "bands of another shape")
    let dimension = dimension
    // A block of patches at a time bounds the memory of the double-precision copy.
    let blockSize = 2048 * dimension
    for start in stride(from: 0, to: bands.coefficients.count, by: blockSize) {
      let block = bands.coefficients[start..<min(start + blockSize, bands.coefficients.count)]
      var samples: [Double] = []
      samples.reserveCapacity(block.count)
      for (index, coefficient) in block.enumerated() {
        let weighted = Double(coefficient * weights[index % dimension])
        samples.append(weighted)
        sum[index % dimension] += weighted
      }
      accumulateProduct(
        samples, rows: dimension, samples, columns: dimension, into: &gram)
    }
    count += bands.patchRows * bands.patchColumns
  }

  /// Projection and synthesis matrices, shape [channels, dimension] each, and the variances of
  /// the channels, largest first.
  ///
  /// - Parameter isBandwise: whether the planes of each band are transformed by themselves; the
  ///   channels of the lowest band then come first, the others by variance.
  package func matrices(channels: Int, isBandwise: Bool = false) throws(LinearAlgebraError) -> (
    projection: [Float], synthesis: [Float], variances: [Double]
  ) {
    precondition(channels <= dimension, "more channels than dimensions")
    let number = Double(max(count, 1))
    let bands = dimension / planes
    var covariance = [Double](repeating: 0, count: gram.count)
    for row in 0..<dimension {
      for column in row..<dimension where !isBandwise || row % bands == column % bands {
        covariance[row * dimension + column] =
          gram[row * dimension + column] / number - sum[row] * sum[column] / (number * number)
      }
    }
    let (values, vectors) = try symmetricEigenvectors(covariance, dimension: dimension)
    var order = Array(0..<dimension)
    if isBandwise {
      let isLowest = order.map { vector in
        (0..<planes).reduce(0) { $0 + abs(vectors[vector * dimension + $1 * bands]) } > 0.5
      }
      order = order.filter { isLowest[$0] } + order.filter { !isLowest[$0] }
    }
    var (projection, synthesis): ([Float], [Float]) = ([], [])
    for channel in order.prefix(channels) {
      let vector = vectors[channel * dimension..<(channel + 1) * dimension]
      // A sign of its own choosing, so that the same data gives the same codec everywhere.
      let largest = vector.max { abs($0) < abs($1) } ?? 0
      let sign: Float = largest < 0 ? -1 : 1
      for (value, weight) in zip(vector, weights) {
        projection.append(sign * Float(value) * weight)
        synthesis.append(sign * Float(value) / weight)
      }
    }
    return (projection, synthesis, order.prefix(channels).map { values[$0] })
  }
}
