import Signals

/// Between the sample values of files and the 0...255 that codecs of pictures are trained on.
enum SampleScale {
  /// What samples are multiplied with before analysis; floating point has no scale of its own.
  static func factor(_ format: ImageFormat) -> Float {
    format.scale.map { 255 / $0 } ?? 1
  }

  /// Scales the planes of a picture for analysis.
  static func normalized(_ image: Image, _ format: ImageFormat) -> Image {
    let factor = factor(format)
    guard factor != 1 else { return image }
    var scaled = image
    scaled.samples.withUnsafeMutableBufferPointer {
      for index in $0.indices { $0[index] *= factor }
    }
    return scaled
  }

  /// Scales, rounds and clips samples in place to the range of their format.
  static func denormalize(_ samples: inout [Float], _ format: ImageFormat) {
    samples.withUnsafeMutableBufferPointer { denormalize($0, format) }
  }

  /// Likewise.
  static func denormalize(_ samples: UnsafeMutableBufferPointer<Float>, _ format: ImageFormat) {
    guard let maximum = format.scale else { return }
    let factor = 1 / factor(format)
    // Adding and taking away 2^23 rounds to the nearest integer, in vectors and everywhere alike.
    for index in samples.indices {
      let scaled = samples[index] * factor
      let positive = scaled > 0 ? scaled : 0
      let bounded = positive < maximum ? positive : maximum
      samples[index] = (bounded + 0x1p23) - 0x1p23
    }
  }
}

/// The samples of a picture as an encoder analyses them: integers as 0...255.
///
/// - Parameter image: without alpha, in the units of `format`.
package func trainingSamples(_ image: Image, _ format: ImageFormat) -> Image {
  SampleScale.normalized(image, format)
}
