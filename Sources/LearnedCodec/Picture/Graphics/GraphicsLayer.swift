import Signals

/// The part of a picture that is drawn: cells of few colours, as text and screens are made of, which
/// are coded sample by sample. What lies below them in the transform is made up smoothly.
struct GraphicsLayer: Sendable, Equatable {
  /// What a cell is.
  enum Kind: UInt8, Sendable {
    /// Left to the transform.
    case transformed
    /// Of one colour.
    case plain
    /// Of several.
    case detailed
  }

  /// Side of a cell in samples.
  static let cellSide = 8
  let width: Int
  let height: Int
  /// Shape [cell rows, cell columns].
  var kinds: [Kind]
  /// Samples of a colour, 16 bits for each channel, the first one lowest.
  var palette: [UInt64]
  /// The colour of each sample within cells that are not left to the transform; 0 elsewhere. Shape
  /// [height, width].
  var colours: [UInt16]

  /// Cells of rows from a cell's first row on, all left to the transform.
  init(width: Int, height: Int) {
    (self.width, self.height) = (width, height)
    kinds = [Kind](
      repeating: .transformed, count: Self.cells(width) * Self.cells(height))
    palette = []
    colours = [UInt16](repeating: 0, count: width * height)
  }

  /// Cells along so many samples.
  static func cells(_ samples: Int) -> Int { (samples + cellSide - 1) / cellSide }

  var cellColumns: Int { Self.cells(width) }

  /// Draws rows of the layer over a picture.
  ///
  /// - Parameters:
  ///   - first: the first row of the layer, of `count`.
  ///   - image: as wide, of `channels` planes at least, in the units of its sample type.
  ///   - top: the row of the picture that the first one lies on.
  func draw(
    from first: Int, _ count: Int, over image: inout Image, at top: Int = 0, channels: Int
  ) {
    precondition(
      image.width == width && first >= 0 && first + count <= height && top >= 0
        && top + count <= image.height && image.planes >= channels, "a layer of another picture")
    for row in 0..<count {
      let start = (first + row) * width
      let cells = (first + row) / Self.cellSide * cellColumns
      for column in 0..<width where kinds[cells + column / Self.cellSide] != .transformed {
        let colour = palette[Int(colours[start + column])]
        for channel in 0..<channels {
          image.samples[(channel * image.height + top + row) * width + column] = Float(
            colour >> UInt64(16 * channel) & 0xFFFF)
        }
      }
    }
  }
}
