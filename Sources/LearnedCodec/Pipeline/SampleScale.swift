import Signals

/// Between the sample values of files and the 0...255 that codecs of pictures are trained on.
enum SampleScale {
  /// What samples of a type are multiplied with before analysis.
  static func factor(_ type: SampleType) -> Float {
    type == .uint16 ? 255 / 65535 : 1
  }

  /// Scales the planes of a picture for analysis.
  static func normalized(_ image: Image, _ type: SampleType) -> Image {
    guard type == .uint16 else { return image }
    var scaled = image
    let factor = factor(type)
    scaled.samples.withUnsafeMutableBufferPointer {
      for index in $0.indices { $0[index] *= factor }
    }
    return scaled
  }

  /// Scales, rounds and clips samples in place to the range of their type.
  static func denormalize(_ samples: inout [Float], _ type: SampleType) {
    guard let maximum = type.maximum else { return }
    let factor = 1 / factor(type)
    samples.withUnsafeMutableBufferPointer {
      // Adding and taking away 2^23 rounds to the nearest integer, in vectors and everywhere alike.
      for index in $0.indices {
        let scaled = $0[index] * factor
        let positive = scaled > 0 ? scaled : 0
        let bounded = positive < maximum ? positive : maximum
        $0[index] = (bounded + 0x1p23) - 0x1p23
      }
    }
  }
}

/// The samples of a picture as an encoder analyses them: integers of 8 and 16 bits as 0...255.
///
/// - Parameter image: without alpha, in the units of `type`.
public func trainingSamples(_ image: Image, _ type: SampleType) -> Image {
  SampleScale.normalized(image, type)
}
