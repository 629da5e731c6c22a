import Foundation

/// The orthonormal discrete cosine transform of type IV, which is its own inverse:
///
/// X[k] = sqrt(2 / N) sum over n of x[n] cos(pi / N (n + 1/2) (k + 1/2))
///
/// Through a complex Fourier transform of N / 2 points: with z[n] = x[2n] + i x[N - 1 - 2n] and
/// the twiddles t[n] = exp(-i pi (n + 1/8) / N), X[2k] is the real and X[N - 1 - 2k] the negative
/// imaginary part of t[k] FFT(t z)[k] (H. S. Malvar, "Signal Processing with Lapped Transforms",
/// 1992, section 2.5).
package struct CosineTransform: Sendable {
  /// Points N, a power of two of at least 2.
  package let count: Int
  /// Shape [N / 2] each.
  private let twiddleCosines: [Float]
  private let twiddleSines: [Float]
  /// exp(-2 pi i n / (N / 2)) for n = 0..<N / 4: shape [N / 4] each.
  private let rootCosines: [Float]
  private let rootSines: [Float]
  /// The index with its bits in reverse: shape [N / 2].
  private let reversed: [Int32]

  /// A transform of `count` points, a power of two of at least 2.
  package init(count: Int) {
    precondition(count >= 2 && count & (count - 1) == 0, "not a power of two")
    self.count = count
    let half = count / 2
    // The scale sqrt(2 / N) is divided among both uses of the twiddles.
    let scale = sqrt(sqrt(2 / Double(count)))
    let angles = (0..<half).map { -Double.pi * (Double($0) + 0.125) / Double(count) }
    twiddleCosines = angles.map { Float(cos($0) * scale) }
    twiddleSines = angles.map { Float(sin($0) * scale) }
    let roots = (0..<half / 2).map { -2 * Double.pi * Double($0) / Double(half) }
    rootCosines = roots.map { Float(cos($0)) }
    rootSines = roots.map { Float(sin($0)) }
    let bits = half.trailingZeroBitCount
    reversed = (0..<half).map { index in
      (0..<bits).reduce(0) { $0 << 1 | Int32(index >> $1 & 1) }
    }
  }

  /// Transforms `values` in place; it has `count` values. `work` has as many, and is overwritten.
  package func transform(
    _ values: UnsafeMutableBufferPointer<Float>, work: UnsafeMutableBufferPointer<Float>
  ) {
    precondition(values.count == count && work.count == count, "not \(count) points")
    let half = count / 2
    // Everything below indexes 0..<half of `real` and `imaginary` and 0..<count of `values`.
    let (x, real) = (values.baseAddress!, work.baseAddress!)
    let imaginary = real + half
    for n in 0..<half {
      let (a, b) = (x[2 * n], x[count - 1 - 2 * n])
      let (c, s) = (twiddleCosines[n], twiddleSines[n])
      let index = Int(reversed[n])
      real[index] = a * c - b * s
      imaginary[index] = a * s + b * c
    }
    fourier(real, imaginary)
    for k in 0..<half {
      let (c, s) = (twiddleCosines[k], twiddleSines[k])
      x[2 * k] = real[k] * c - imaginary[k] * s
      x[count - 1 - 2 * k] = -(real[k] * s + imaginary[k] * c)
    }
  }

  /// Radix-2 Fourier transform of N / 2 points in bit-reversed order, in place.
  private func fourier(
    _ real: UnsafeMutablePointer<Float>, _ imaginary: UnsafeMutablePointer<Float>
  ) {
    let points = count / 2
    rootCosines.withUnsafeBufferPointer { cosines in
      rootSines.withUnsafeBufferPointer { sines in
        var span = 1
        while span < points {
          let pitch = points / (2 * span)
          for start in stride(from: 0, to: points, by: 2 * span) {
            for n in 0..<span {
              let (c, s) = (cosines[n * pitch], sines[n * pitch])
              let (i, j) = (start + n, start + n + span)
              let r = real[j] * c - imaginary[j] * s
              let m = real[j] * s + imaginary[j] * c
              real[j] = real[i] - r
              imaginary[j] = imaginary[i] - m
              real[i] += r
              imaginary[i] += m
            }
          }
          span *= 2
        }
      }
    }
  }
}
