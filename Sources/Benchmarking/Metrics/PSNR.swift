import Foundation
import Signals

/// Peak signal-to-noise ratio in dB of `image` as a copy of `original`: 10 log10(peak^2 / error),
/// with the mean squared error over all planes together, which for RGB is the RGB PSNR.
///
/// - Parameters:
///   - image: shape [planes, height, width].
///   - original: the same shape.
///   - peak: the largest value a sample can have, in the units of the samples; positive.
/// - Returns: infinity where the pictures are equal.
public func psnr(of image: Image, against original: Image, peak: Double) -> Double {
  precondition(
    image.width == original.width && image.height == original.height
      && image.planes == original.planes, "pictures of other shapes")
  precondition(peak > 0, "a peak that is not positive")
  let sum = zip(image.samples, original.samples).reduce(0.0) { sum, pair in
    let error = Double(pair.0) - Double(pair.1)
    return sum + error * error
  }
  guard sum != 0 else { return .infinity }
  return 10 * log10(peak * peak * Double(image.samples.count) / sum)
}
