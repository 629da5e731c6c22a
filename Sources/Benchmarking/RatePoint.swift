/// A point of a rate-distortion curve.
package struct RatePoint: Sendable, Equatable {
  /// Bits per pixel, or per second, or any other unit; the same along a curve.
  package var rate: Double
  /// PSNR or another quality in dB; more is better.
  package var quality: Double

  /// A point; see the properties.
  package init(rate: Double, quality: Double) {
    self.rate = rate
    self.quality = quality
  }
}
