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
package func psnr(of image: Image, against original: Image, peak: Double) -> Double {
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

/// Peak signal-to-noise ratio in dB of `audio` as a copy of `original`, both scaled so that the peak
/// of the original is 0.5 and its range, from peak to peak, 1: 10 log10(1 / error), with the mean
/// squared error over all channels.
///
/// So WaLLoC measures sound (Jacobellis and Yadwadkar, "Learned compression for compressed
/// learning", DCC 2025).
///
/// - Parameters:
///   - audio: shape [channels, frames].
///   - original: the same shape.
/// - Returns: infinity where the sounds are equal, minus infinity where only the original is silent.
package func psnr(of audio: Audio, against original: Audio) -> Double {
  let error = audio.squaredError(against: original)
  let range = 2 * Double(original.samples.reduce(0) { max($0, abs($1)) })
  return error == 0
    ? .infinity : 10 * log10(range * range * Double(original.samples.count) / error)
}
