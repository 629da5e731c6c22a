import LearnedCodec
import Signals

/// Random changes of a picture that leave its class as it is, made before it is encoded or turned
/// to patches of pixels, so that every kind of input gets the same.
public struct PictureAugmentation: Sendable, Equatable {
  /// Whether half of the pictures are mirrored.
  public var mirrors = true
  /// The range of sizes, above 0 and at most 1.
  public var scale = 0.75...1.0
  /// Rows and columns that are cut at the top and left, at most: borders of patches move.
  public var shift = 8
  /// How far brightness, contrast and each colour go up or down, as a share, 0...1.
  public var jitter: Float = 0.15

  /// The augmentation of the properties' defaults.
  public init() {}

  /// A changed picture of samples 0...255, rounded as a file holds them: shape [planes, height,
  /// width], height and width at most those of `image`.
  public func callAsFunction(_ image: Image, using generator: inout SeededGenerator) -> Image {
    var result = image.downscaled(by: Double.random(in: scale, using: &generator))
    let left = Int.random(in: 0...min(shift, result.width - 1), using: &generator)
    let top = Int.random(in: 0...min(shift, result.height - 1), using: &generator)
    let isMirrored = mirrors && Bool.random(using: &generator)
    result = result.rows(top..<result.height).columns(left..<result.width)
    if isMirrored { result = result.mirrored }
    let brightness = Float.random(in: -jitter...jitter, using: &generator) * 128
    let contrast = 1 + Float.random(in: -jitter...jitter, using: &generator)
    let size = result.width * result.height
    for plane in 0..<result.planes {
      // Colours vary less than light does.
      let gain = contrast * (1 + Float.random(in: -jitter...jitter, using: &generator) / 3)
      for index in plane * size..<(plane + 1) * size {
        let value = (result.samples[index] - 128) * gain + 128 + brightness
        result.samples[index] = min(max(value, 0), 255).rounded()
      }
    }
    return result
  }
}

extension Image {
  /// The picture with its columns from last to first.
  fileprivate var mirrored: Image {
    Image(
      width: width, height: height, planes: planes,
      samples: (0..<planes * height).flatMap { samples[$0 * width..<($0 + 1) * width].reversed() })
  }
}

extension Latents {
  /// A random part of the grid, of at most so many rows and columns: valid on latents as on pixels.
  public func randomCrop(rows: Int, columns: Int, using generator: inout SeededGenerator) -> Latents
  {
    let (height, width) = (min(rows, patchRows), min(columns, patchColumns))
    let top = Int.random(in: 0...patchRows - height, using: &generator)
    let left = Int.random(in: 0...patchColumns - width, using: &generator)
    guard height < patchRows || width < patchColumns else { return self }
    var part: [Float] = []
    part.reserveCapacity(height * width * channels)
    for row in top..<top + height {
      let start = (row * patchColumns + left) * channels
      part += values[start..<start + width * channels]
    }
    return Latents(patchRows: height, patchColumns: width, channels: channels, values: part)
  }

  /// The latents with a share of the patches, 0...1, chosen at random, all zero: of normalised
  /// latents, the mean.
  public func withPatchesDropped(
    share: Float, using generator: inout SeededGenerator
  ) -> Latents {
    guard share > 0 else { return self }
    var result = self
    for start in stride(from: 0, to: values.count, by: channels)
    where Float.random(in: 0..<1, using: &generator) < share {
      for index in start..<start + channels { result.values[index] = 0 }
    }
    return result
  }
}
