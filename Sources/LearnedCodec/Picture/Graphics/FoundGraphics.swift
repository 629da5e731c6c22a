import Synchronization

/// Graphics that were found while the rows of a picture were read, until strips take them.
final class FoundGraphics: Sendable {
  /// By the first row of each row of cells.
  private let cells = Mutex<[Int: GraphicsCells]>([:])

  /// Adds a row of cells, that begins at a row of the picture.
  func add(_ row: GraphicsCells, at first: Int) { cells.withLock { $0[first] = row } }

  /// The cells of some rows of a picture so wide, for the one who asks; nil where there are none.
  func take(_ rows: Range<Int>, width: Int) -> GraphicsCells? {
    let side = GraphicsLayer.cellSide
    let own = cells.withLock { cells in
      stride(from: rows.lowerBound, to: rows.upperBound, by: side).compactMap { first in
        cells.removeValue(forKey: first).map { (row: first - rows.lowerBound, cells: $0) }
      }
    }
    guard !own.isEmpty else { return nil }
    var strip = GraphicsCells(
      width: width, height: rows.count,
      kinds: GraphicsLayer(width: width, height: rows.count).kinds,
      samples: [UInt64](repeating: 0, count: width * rows.count))
    for (row, cells) in own {
      let first = row / side * cells.kinds.count
      strip.kinds.replaceSubrange(first..<first + cells.kinds.count, with: cells.kinds)
      strip.samples.replaceSubrange(
        row * width..<row * width + cells.samples.count, with: cells.samples)
    }
    return strip
  }
}
