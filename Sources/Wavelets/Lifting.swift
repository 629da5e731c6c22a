import CKernels

/// Elements in a row on which the transform runs in place, each some numbers that are transformed
/// alike: a stretch of one row of a picture, or a column of a patch row.
///
/// Invariant: `base` addresses at least `(count - 1) * pitch + width` numbers; whoever makes a line
/// guarantees it, and nothing here leaves those bounds.
struct Line {
  let base: UnsafeMutablePointer<Float>
  /// Number of elements.
  let count: Int
  /// Numbers from one element to the next.
  let pitch: Int
  /// Numbers in an element.
  let width: Int

  /// Full packet analysis, in place.
  ///
  /// A level takes every second element of each band as low and the others as high, so a band
  /// stays where it is: element `i` ends in band `i mod 2^levels`, whose bit `k` says whether
  /// level `k + 1` took the high half. Bands keep an overall scale of `lowScale` to the power
  /// (low levels - high levels), which the caller multiplies in, see `packetScale`.
  func analyze(levels: Int) { kernels_lift(base, count, pitch, width, Int32(levels), 0) }

  /// The inverse of `analyze(levels:)`.
  func synthesize(levels: Int) { kernels_lift(base, count, pitch, width, Int32(levels), 1) }
}

/// sqrt(2) / K with K = 1.230174104914001 (Daubechies and Sweldens, "Factoring wavelet transforms
/// into lifting steps", 1998, section 7.6): after it the low band has DC gain sqrt(2), and after
/// its inverse the high band has Nyquist gain sqrt(2), so that a level is close to orthonormal.
private let lowScale: Float = 1.149604398860241

/// What a band must be multiplied with after `Line.analyze` for both halves of each level to have
/// gain sqrt(2): `lowScale` to the power of (low levels - high levels).
///
/// `band` is the position within a patch, see `Line.analyze`.
package func packetScale(band: Int, levels: Int) -> Float {
  let high = band.nonzeroBitCount
  var scale: Float = 1
  for _ in 0..<levels - high { scale *= lowScale }
  for _ in 0..<high { scale /= lowScale }
  return scale
}
