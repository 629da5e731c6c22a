import Foundation

/// The discrete Fourier transform of real signals whose length is a power of two.
///
/// Pairs of samples are the real and imaginary parts of a complex signal of half the length, whose
/// transform by radix 2 is taken apart again: W. Press and others, "Numerical Recipes", 3rd edition,
/// 2007, 12.3.2.
struct FourierTransform: Sendable {
  /// Samples, a power of two from 4 on.
  let size: Int
  /// cos and sin of -2 pi k / size, k in 0..<size / 2.
  private let cosines: [Double]
  private let sines: [Double]
  /// For each place of the half as long signal the one with its bits in opposite order.
  private let reversed: [Int]

  /// A transform of `size` samples, a power of two from 4 on.
  init(size: Int) {
    precondition(size >= 4 && size & (size - 1) == 0, "a length that is no power of two")
    self.size = size
    let angles = (0..<size / 2).map { -2 * Double.pi * Double($0) / Double(size) }
    cosines = angles.map { cos($0) }
    sines = angles.map { sin($0) }
    var reversed = [0]
    while reversed.count < size / 2 {
      reversed = reversed.map { 2 * $0 } + reversed.map { 2 * $0 + 1 }
    }
    self.reversed = reversed
  }

  /// Squared magnitudes of the transform of `size` samples at frequencies 0...size / 2.
  func powers(of samples: [Double]) -> [Double] {
    precondition(samples.count == size, "samples of another count")
    let half = size / 2
    var real = reversed.map { samples[2 * $0] }
    var imaginary = reversed.map { samples[2 * $0 + 1] }
    // All indices below are under `half`, the count of each of the four arrays.
    real.withUnsafeMutableBufferPointer { real in
      imaginary.withUnsafeMutableBufferPointer { imaginary in
        cosines.withUnsafeBufferPointer { cosines in
          sines.withUnsafeBufferPointer { sines in
            var width = 1
            while width < half {
              let stride = half / width
              for start in Swift.stride(from: 0, to: half, by: 2 * width) {
                for offset in 0..<width {
                  let (low, high) = (start + offset, start + offset + width)
                  let (c, s) = (cosines[offset * stride], sines[offset * stride])
                  let x = c * real[high] - s * imaginary[high]
                  let y = c * imaginary[high] + s * real[high]
                  real[high] = real[low] - x
                  imaginary[high] = imaginary[low] - y
                  real[low] += x
                  imaginary[low] += y
                }
              }
              width *= 2
            }
          }
        }
      }
    }
    return (0...half).map { k in
      let (low, high) = (k % half, (half - k) % half)
      // The transforms of the even and of the odd samples.
      let even = (real[low] + real[high], imaginary[low] - imaginary[high])
      let odd = (imaginary[low] + imaginary[high], real[high] - real[low])
      let (c, s) = k < half ? (cosines[k], sines[k]) : (-1, 0)
      let x = (even.0 + c * odd.0 - s * odd.1) / 2
      let y = (even.1 + c * odd.1 + s * odd.0) / 2
      return x * x + y * y
    }
  }
}
