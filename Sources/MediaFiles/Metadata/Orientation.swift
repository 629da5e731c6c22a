import Signals

/// How the rows and columns of a picture lie, as EXIF says it (CIPA DC-008, section 4.6.5.1.6).
struct Orientation: Equatable {
  /// Whether rows are columns of the upright picture; applied first.
  let isTransposed: Bool
  /// Whether the columns of the upright picture, then its rows, run backwards.
  let isMirrored: Bool
  let isUpsideDown: Bool

  /// From the number 1...8 of the tag; nil for others.
  init?(number: Int) {
    guard (1...8).contains(number) else { return nil }
    isTransposed = number >= 5
    isMirrored = [2, 3, 6, 7].contains(number)
    isUpsideDown = [3, 4, 7, 8].contains(number)
  }

  /// The orientation in the first directory of EXIF metadata, or nil where it says none.
  init?(exif bytes: [UInt8]) {
    let isBigEndian = bytes.starts(with: "MM".utf8)
    guard bytes.count >= 8, isBigEndian || bytes.starts(with: "II".utf8) else { return nil }
    func number(at offset: Int, count: Int) -> Int? {
      guard offset >= 0, offset <= bytes.count - count else { return nil }
      return integer(bytes[offset..<offset + count], bigEndian: isBigEndian)
    }
    // TIFF 6.0, section 2: a count, then entries of a tag, a type, a count and a value.
    guard let directory = number(at: 4, count: 4), let count = number(at: directory, count: 2)
    else { return nil }
    for entry in 0..<count {
      let offset = directory + 2 + 12 * entry
      guard let tag = number(at: offset, count: 2) else { return nil }
      if tag == 0x0112 {
        // A SHORT, or a LONG by some writers.
        let isLong = number(at: offset + 2, count: 2) == 4
        self.init(number: number(at: offset + 8, count: isLong ? 4 : 2) ?? 0)
        return
      }
    }
    return nil
  }

  /// Whether the picture is upright as it is.
  var isUpright: Bool { !isTransposed && !isMirrored && !isUpsideDown }
}

/// Collects a picture and passes it on upright, for files that cannot say how it lies.
final class UprightSink: ImageSink {
  private let orientation: Orientation
  private let sink: any ImageSink
  private let collector: ImageCollector

  /// - Parameters:
  ///   - format: of the picture as it lies.
  ///   - sink: takes the upright picture.
  init(_ sink: any ImageSink, _ orientation: Orientation, format: ImageFormat) {
    self.sink = sink
    self.orientation = orientation
    collector = ImageCollector(format: format)
  }

  func write(_ rows: Image) { collector.write(rows) }

  func finish() throws {
    try sink.write(collector.image.upright(orientation))
    try sink.finish()
  }
}

extension Image {
  /// The upright picture of one that lies as `orientation` says.
  func upright(_ orientation: Orientation) -> Image {
    var result =
      orientation.isTransposed
      ? Image(width: height, height: width, planes: planes)
      : Image(width: width, height: height, planes: planes)
    for plane in 0..<planes {
      for y in 0..<result.height {
        let row = orientation.isUpsideDown ? result.height - 1 - y : y
        for x in 0..<result.width {
          let column = orientation.isMirrored ? result.width - 1 - x : x
          result[plane, y, x] =
            orientation.isTransposed ? self[plane, column, row] : self[plane, row, column]
        }
      }
    }
    return result
  }
}
