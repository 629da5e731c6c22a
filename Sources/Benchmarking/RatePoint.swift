/// A point of a rate-distortion curve.
public struct RatePoint: Sendable, Equatable {
  /// Bits per pixel, or per second, or any other unit; the same along a curve.
  public var rate: Double
  /// PSNR or another quality in dB; more is better.
  public var quality: Double

  /// A point; see the properties.
  public init(rate: Double, quality: Double) {
    self.rate = rate
    self.quality = quality
  }
}
