/// The causal neighbours of a patch; one that is missing at a border is stood for by another.
struct Neighbours {
  /// How many rows above that of the patch, and the column.
  typealias Position = (up: Int, column: Int)

  /// Whether there are any: false for the first patch alone, which then stands for them itself.
  let any: Bool
  let west: Position
  let north: Position
  let northWest: Position
  let northEast: Position
  /// The one beyond west.
  let secondWest: Position
  /// The one beyond north.
  let secondNorth: Position

  @inline(__always)
  init(row: Int, column: Int, columns: Int) {
    let (above, left) = (row > 0, column > 0)
    any = above || left
    // Without a row above, the west stands for it; without a column to the left, the north.
    west = left ? (0, column - 1) : (above ? 1 : 0, column)
    north = above ? (1, column) : west
    northWest = above && left ? (1, column - 1) : north
    northEast = above && column + 1 < columns ? (1, column + 1) : north
    secondWest = column > 1 ? (0, column - 2) : west
    secondNorth = row > 1 ? (2, column) : north
  }
}

/// Where the patches of a row and of the two above start in a buffer of three rows in turn.
struct RowsInTurn {
  /// The starts of the row itself, of the one above it and of the one above that.
  private let starts: (Int, Int, Int)
  /// Elements of a patch.
  private let pitch: Int

  /// The rows around a row, of `columns` patches of `pitch` elements each.
  init(row: Int, columns: Int, pitch: Int) {
    let size = columns * pitch
    starts = (row % 3 * size, (row + 2) % 3 * size, (row + 1) % 3 * size)
    self.pitch = pitch
  }

  /// Where a patch starts.
  @inline(__always)
  func offset(of position: Neighbours.Position) -> Int {
    (position.up == 0 ? starts.0 : position.up == 1 ? starts.1 : starts.2)
      &+ position.column &* pitch
  }
}
