/// A picture, or any sampled field of two dimensions, as planar single-precision samples.
///
/// `samples` has shape [planes, height, width], row-major. Samples are in the units of the file
/// they came from: 0...255 for 8-bit, 0...65535 for 16-bit, anything for floating point.
public struct Image: Sendable, Equatable {
  /// Columns, at least 0.
  public let width: Int
  /// Rows, at least 0.
  public let height: Int
  /// Colour or spectral channels, with the alpha channel last where there is one.
  public let planes: Int
  /// Shape [planes, height, width].
  public var samples: [Float]

  /// A picture of `samples`, whose count must be `planes * height * width`.
  public init(width: Int, height: Int, planes: Int, samples: [Float]) {
    precondition(samples.count == width * height * planes, "samples do not fill the shape")
    self.width = width
    self.height = height
    self.planes = planes
    self.samples = samples
  }

  /// A picture with every sample equal to `value`.
  public init(width: Int, height: Int, planes: Int, filledWith value: Float = 0) {
    self.init(
      width: width, height: height, planes: planes,
      samples: [Float](repeating: value, count: width * height * planes))
  }

  /// The sample at a plane, row and column.
  public subscript(plane: Int, row: Int, column: Int) -> Float {
    get { samples[(plane * height + row) * width + column] }
    set { samples[(plane * height + row) * width + column] = newValue }
  }

  /// The rows in `range`, all planes: shape [planes, range.count, width].
  public func rows(_ range: Range<Int>) -> Image {
    precondition(range.lowerBound >= 0 && range.upperBound <= height, "rows out of range")
    var part: [Float] = []
    part.reserveCapacity(planes * range.count * width)
    for plane in 0..<planes {
      let start = (plane * height + range.lowerBound) * width
      part.append(contentsOf: samples[start..<start + range.count * width])
    }
    return Image(width: width, height: range.count, planes: planes, samples: part)
  }

  /// The columns in `range`, all planes: shape [planes, height, range.count].
  public func columns(_ range: Range<Int>) -> Image {
    precondition(range.lowerBound >= 0 && range.upperBound <= width, "columns out of range")
    return Image(
      width: range.count, height: height, planes: planes,
      samples: (0..<planes * height).flatMap { line in
        samples[line * width + range.lowerBound..<line * width + range.upperBound]
      })
  }

  /// The planes in `range`: shape [range.count, height, width].
  public func planes(_ range: Range<Int>) -> Image {
    precondition(range.lowerBound >= 0 && range.upperBound <= planes, "planes out of range")
    let size = width * height
    return Image(
      width: width, height: height, planes: range.count,
      samples: Array(samples[range.lowerBound * size..<range.upperBound * size]))
  }
}
