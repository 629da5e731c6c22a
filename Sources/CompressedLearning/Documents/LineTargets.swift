/// What a network is to say of every cell of a page, from its text lines.
///
/// Cells are quarters of patches: lines of small text lie closer than patches do. A cell belongs to a
/// line where its centre lies in the middle half of the line's height, or nearest to it, and between
/// its ends: so lines that touch stay apart. Cells of a line that follow each other are linked (after
/// SegLink: B. Shi, X. Bai, S. Belongie, "Detecting oriented text in natural images by linking
/// segments", 2017), and each tells how far the edges are (after EAST: X. Zhou et al., "EAST: an
/// efficient and accurate scene text detector", 2017).
public struct LineTargets: Sendable, Equatable {
  /// Cells from top to bottom.
  public let rows: Int
  /// Cells from left to right.
  public let columns: Int
  /// 1 for a cell of a line, else 0. Shape [rows, columns].
  public var text: [Float]
  /// 1 where the cell to the right is of the same line, else 0. Shape [rows, columns].
  public var links: [Float]
  /// Distances from the centre of the cell to top, bottom, left and right of its line, in patches;
  /// the last two at most `LineTargets.reach`. Shape [rows, columns, 4].
  public var edges: [Float]

  /// How far left and right are told at most, in patches: beyond, links tell.
  public static let reach: Float = 2
  /// Cells along the side of a patch.
  public static let cells = 2

  /// Targets for the cells of a page.
  ///
  /// - Parameters:
  ///   - boxes: of its lines, in pixels.
  ///   - patchRows: patches from top to bottom.
  ///   - patchColumns: patches from left to right.
  ///   - patch: the side of a patch in pixels.
  public init(boxes: [TextBox], rows patchRows: Int, columns patchColumns: Int, side patch: Int) {
    let (rows, columns) = (patchRows * Self.cells, patchColumns * Self.cells)
    (self.rows, self.columns) = (rows, columns)
    text = [Float](repeating: 0, count: rows * columns)
    links = text
    edges = [Float](repeating: 0, count: rows * columns * 4)
    let side = Double(patch) / Double(Self.cells)
    /// For each cell the line it belongs to, and how far it is from the line's middle.
    var owners = [(line: Int, distance: Double)](repeating: (-1, .infinity), count: rows * columns)
    for (line, box) in boxes.enumerated() where rows > 0 && columns > 0 {
      let middle = (box.top + box.bottom) / 2
      let reach = max(box.height / 4, side / 2)
      let nearest = min(max(Int(middle / side), 0), rows - 1)
      let first = min(max(Int((box.left / side - 0.5).rounded(.up)), 0), columns - 1)
      let last = min(max(Int((box.right / side - 0.5).rounded(.down)), 0), columns - 1)
      let centre = min(max(Int((box.left + box.right) / 2 / side), 0), columns - 1)
      for row in 0..<rows {
        let distance = abs((Double(row) + 0.5) * side - middle)
        guard distance < reach || row == nearest else { continue }
        for column in first <= last ? first...last : centre...centre
        where distance < owners[row * columns + column].distance {
          owners[row * columns + column] = (line, distance)
        }
      }
    }
    for row in 0..<rows {
      for column in 0..<columns {
        let cell = row * columns + column
        let owner = owners[cell].line
        guard owner >= 0 else { continue }
        text[cell] = 1
        if column + 1 < columns, owners[cell + 1].line == owner { links[cell] = 1 }
        let (x, y) = ((Double(column) + 0.5) * side, (Double(row) + 0.5) * side)
        let box = boxes[owner]
        let distances = [y - box.top, box.bottom - y, x - box.left, box.right - x]
        for (index, distance) in distances.enumerated() {
          let patches = Float(distance / Double(patch))
          edges[cell * 4 + index] = index < 2 ? patches : min(patches, Self.reach)
        }
      }
    }
  }
}
