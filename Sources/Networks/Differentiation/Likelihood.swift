extension Variable {
  /// Bits that these numbers cost as integers of Laplace distributions, all together: one number.
  ///
  /// A number x costs -log2 of the probability of x - 1/2...x + 1/2. It need not be an integer:
  /// with uniform noise of -1/2...1/2 in place of rounding the mean cost stays the same and has
  /// derivatives (J. Balle, V. Laparra, E. Simoncelli, "End-to-end optimized image compression",
  /// 2017).
  ///
  /// - Parameters:
  ///   - means: of the distributions, shape [rows, columns].
  ///   - scales: binary logarithms of their scales, shape [rows, columns]; those outside -8...12
  ///     count as the end of this range.
  ///   - factor: what the bits are multiplied with.
  /// - Returns: shape [1, 1].
  public func laplaceBits(means: Variable, scales: Variable, factor: Float) -> Variable {
    precondition(
      means.rows == rows && means.columns == columns && scales.rows == rows
        && scales.columns == columns, "distributions of another shape")
    // Up to whole vectors with zeros, which by the narrowest distribution around zero cost nothing.
    let missing = -values.count & 7
    let count = values.count + missing
    func filled(_ numbers: [Float], with number: Float) -> [Float] {
      missing == 0 ? numbers : numbers + [Float](repeating: number, count: missing)
    }
    let isDifferentiated = node != nil || means.node != nil || scales.node != nil
    var slopes = [Float](repeating: 0, count: isDifferentiated ? count : 0)
    var scaleSlopes = slopes
    var bits = SIMD8<Double>.zero
    filled(values, with: 0).withUnsafeBytes { values in
      filled(means.values, with: 0).withUnsafeBytes { means in
        filled(scales.values, with: -8).withUnsafeBytes { scales in
          slopes.withUnsafeMutableBytes { slopes in
            scaleSlopes.withUnsafeMutableBytes { scaleSlopes in
              // All five hold `count` numbers, or the last two none and are not written.
              for offset in stride(from: 0, to: count * 4, by: 32) {
                let part = LaplacePart(
                  distance: values.loadUnaligned(fromByteOffset: offset, as: SIMD8<Float>.self)
                    - means.loadUnaligned(fromByteOffset: offset, as: SIMD8<Float>.self),
                  logScale: scales.loadUnaligned(fromByteOffset: offset, as: SIMD8<Float>.self))
                bits += SIMD8<Double>(part.bits)
                if isDifferentiated {
                  slopes.storeBytes(
                    of: part.slope * factor, toByteOffset: offset, as: SIMD8<Float>.self)
                  scaleSlopes.storeBytes(
                    of: part.scaleSlope * factor, toByteOffset: offset, as: SIMD8<Float>.self)
                }
              }
            }
          }
        }
      }
    }
    if isDifferentiated {
      slopes.removeLast(missing)
      scaleSlopes.removeLast(missing)
    }
    return Variable(
      [Float(bits.sum()) * factor], rows: 1, columns: 1, from: [self, means, scales]
    ) { [self] derivative in
      func times(_ slopes: [Float], _ factor: Float) -> [Float] {
        factor == 1 ? slopes : slopes.map { $0 * factor }
      }
      node?.add(times(slopes, derivative[0]))
      means.node?.add(times(slopes, -derivative[0]))
      scales.node?.add(times(scaleSlopes, derivative[0]))
    }
  }
}

/// Eight numbers' cost and its derivatives by the number and by the logarithm of the scale.
private struct LaplacePart {
  let bits: SIMD8<Float>
  let slope: SIMD8<Float>
  let scaleSlope: SIMD8<Float>

  /// Added to every probability, as an escape code would be: keeps the cost of what the model
  /// excludes finite.
  static let escape: Float = 1e-6

  @inline(__always)
  init(distance: SIMD8<Float>, logScale: SIMD8<Float>) {
    typealias Vector = SIMD8<Float>
    let logScale = logScale.limited(to: -8...12)
    // 1 / (scale ln 2), so that powers of 2 serve.
    let inverse = (-logScale).exp2()
    let rate = inverse * 1.442_695_04
    // By symmetry the distance may count as positive; then the upper end always is.
    let isNegative = distance .< 0
    let x = distance.replacing(with: -distance, where: isNegative)
    let (upper, lower) = (x + 0.5, x - 0.5)
    let lowerMagnitude = lower.replacing(with: -lower, where: lower .< 0)
    let upperTail = (-(upper * rate)).exp2() * 0.5
    let lowerTail = (-(lowerMagnitude * rate)).exp2() * 0.5
    let inner = 1 - upperTail - lowerTail
    let probability =
      (lowerTail - upperTail).replacing(with: inner, where: lower .< 0) + Self.escape
    bits = -probability.log2()
    // Densities at the ends are the tails over the scale.
    let factor = -1.442_695_04 / probability * inverse
    let slope = factor * (upperTail - lowerTail)
    self.slope = slope.replacing(with: -slope, where: isNegative)
    // By the binary logarithm of the scale: ln 2 times that by the natural one.
    scaleSlope = factor * (lower * lowerTail - upper * upperTail) * 0.693_147_18
  }
}
