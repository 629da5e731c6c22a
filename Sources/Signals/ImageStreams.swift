/// Rows of a picture from top to bottom, a few at a time, so that memory is bounded by the few.
public protocol ImageSource: AnyObject {
  /// Shape and sample format of the whole picture.
  var format: ImageFormat { get }

  /// The next `count` rows, or as many as are left: shape [format.planes, rows, format.width].
  ///
  /// Samples are in the units of `format.sampleType`. Throws when the file is damaged or ends.
  func nextRows(_ count: Int) throws -> Image
}

/// Takes the rows of a picture from top to bottom.
public protocol ImageSink: AnyObject {
  /// Appends rows: shape [format.planes, any, format.width], in the units of the sample type,
  /// already rounded and within its range.
  ///
  /// Throws where they cannot be taken, as on a full disk.
  func write(_ rows: Image) throws

  /// Completes the file after the last row. Until then nothing of it may be taken for complete.
  ///
  /// Throws where it cannot be completed.
  func finish() throws
}

/// A source of rows from a picture in memory.
public final class ImageRows: ImageSource {
  /// Shape and sample format of the whole picture.
  public let format: ImageFormat
  private let image: Image
  private var row = 0

  /// Rows of `image`, which must have the shape that `format` states.
  public init(_ image: Image, format: ImageFormat) {
    precondition(
      image.width == format.width && image.height == format.height
        && image.planes == format.planes, "the picture has another shape than its format")
    self.image = image
    self.format = format
  }

  /// The next `count` rows, or as many as are left: shape [format.planes, rows, format.width].
  public func nextRows(_ count: Int) -> Image {
    let range = row..<min(row + count, image.height)
    row = range.upperBound
    return image.rows(range)
  }
}

/// A sink that collects rows into a picture in memory.
public final class ImageCollector: ImageSink {
  private let width: Int
  private let height: Int
  private let planes: Int
  private var row = 0
  /// Made with the first rows: until then other threads have nothing to wait for. Not a lazy
  /// property, which would be copied by every write.
  private var collected: Image?

  /// Shape [planes, height, width]; rows not yet written are zero.
  public var image: Image { collected ?? Image(width: width, height: height, planes: planes) }

  /// A collector of a whole picture of `format`.
  public init(format: ImageFormat) {
    width = format.width
    height = format.height
    planes = format.planes
  }

  /// Appends rows: shape [format.planes, any, format.width], no more than are missing.
  public func write(_ rows: Image) {
    precondition(
      rows.width == width && rows.planes == planes && row + rows.height <= height,
      "rows do not fit the picture")
    if collected == nil { collected = image }
    for plane in 0..<planes {
      let from = plane * rows.height * width
      let to = (plane * height + row) * width
      collected?.samples.withUnsafeMutableBufferPointer { target in
        rows.samples.withUnsafeBufferPointer { source in
          let count = rows.height * width
          _ = target.extracting(to..<to + count).update(
            fromContentsOf: source.extracting(from..<from + count))
        }
      }
    }
    row += rows.height
  }

  /// Does nothing: the picture is complete with its last row.
  public func finish() {}
}
