/// Weights of the Cohen-Daubechies-Feauveau 9/7 wavelet as four lifting steps and a scale.
///
/// Daubechies and Sweldens, "Factoring wavelet transforms into lifting steps", 1998, section 7.6;
/// the same digits stand in ISO/IEC 15444-1 (JPEG 2000), table F.4.
enum CDF97 {
  static let predict1: Float = -1.586134342059924
  static let update1: Float = -0.052980118572961
  static let predict2: Float = 0.882911075530934
  static let update2: Float = 0.443506852043971
  /// sqrt(2) / K with K = 1.230174104914001: after it the low band has DC gain sqrt(2), and after
  /// its inverse the high band has Nyquist gain sqrt(2), so that a level is close to orthonormal.
  static let lowScale: Float = 1.149604398860241
}

/// Elements in a row on which the transform runs in place, each a short vector of samples that
/// are transformed alike: eight rows side by side, or a stretch of one row of a picture.
///
/// Invariant: `base` addresses at least `(count - 1) * pitch + width` vectors; whoever makes a
/// line guarantees it, and nothing here leaves those bounds.
struct Line {
  let base: UnsafeMutablePointer<SIMD8<Float>>
  /// Number of elements.
  let count: Int
  /// Vectors from one element to the next.
  let pitch: Int
  /// Vectors in an element.
  let width: Int

  /// Full packet analysis, in place.
  ///
  /// A level takes every second element of each band as low and the others as high, so a band
  /// stays where it is: element `i` ends in band `i mod 2^levels`, whose bit `k` says whether
  /// level `k + 1` took the high half. Bands keep an overall scale of `CDF97.lowScale` to the
  /// power (low levels - high levels), which the caller multiplies in, see `packetScale`.
  func analyze(levels: Int) {
    for level in 0..<levels {
      let stride = 1 << level
      for offset in 0..<min(stride, count) {
        let band = subsampled(offset: offset, stride: stride)
        guard band.count > 1 else {
          band.scaleSingle(by: singleGain)
          continue
        }
        band.lift(from: 1, by: CDF97.predict1)
        band.lift(from: 0, by: CDF97.update1)
        band.lift(from: 1, by: CDF97.predict2)
        band.lift(from: 0, by: CDF97.update2)
      }
    }
  }

  /// The inverse of `analyze(levels:)`.
  func synthesize(levels: Int) {
    for level in (0..<levels).reversed() {
      let stride = 1 << level
      for offset in 0..<min(stride, count) {
        let band = subsampled(offset: offset, stride: stride)
        guard band.count > 1 else {
          band.scaleSingle(by: 1 / singleGain)
          continue
        }
        band.lift(from: 0, by: -CDF97.update2)
        band.lift(from: 1, by: -CDF97.predict2)
        band.lift(from: 0, by: -CDF97.update1)
        band.lift(from: 1, by: -CDF97.predict1)
      }
    }
  }

  /// A band of one element has no neighbours to lift with; this keeps its DC gain at sqrt(2).
  private var singleGain: Float { Float(2).squareRoot() / CDF97.lowScale }

  private func subsampled(offset: Int, stride: Int) -> Line {
    Line(
      base: base + offset * pitch, count: (count - offset + stride - 1) / stride,
      pitch: pitch * stride, width: width)
  }

  private func scaleSingle(by factor: Float) {
    for index in 0..<width { base[index] *= factor }
  }

  /// Adds `weight` times the sum of both neighbours to every second element, from `first` on.
  ///
  /// Whole-sample symmetric extension: beyond an end the neighbour is the one on the other side.
  /// Needs at least two elements.
  private func lift(from first: Int, by weight: Float) {
    var index = first
    while index < count {
      let target = base + index * pitch
      let left = index > 0 ? target - pitch : target + pitch
      let right = index + 1 < count ? target + pitch : target - pitch
      for lane in 0..<width { target[lane] += (left[lane] + right[lane]) * weight }
      index += 2
    }
  }
}

/// What a band must be multiplied with after `Line.analyze` for both halves of each level to have
/// gain sqrt(2): `CDF97.lowScale` to the power of (low levels - high levels).
///
/// `band` is the position within a patch, see `Line.analyze`.
func packetScale(band: Int, levels: Int) -> Float {
  let high = band.nonzeroBitCount
  var scale: Float = 1
  for _ in 0..<levels - high { scale *= CDF97.lowScale }
  for _ in 0..<high { scale /= CDF97.lowScale }
  return scale
}
