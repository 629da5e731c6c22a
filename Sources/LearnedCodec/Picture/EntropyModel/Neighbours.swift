/// The causal neighbours of a patch; one that is missing at a border is stood for by another.
struct Neighbours {
  /// Row and column of a patch.
  typealias Position = (row: Int, column: Int)

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

  init(row: Int, column: Int, columns: Int) {
    any = row > 0 || column > 0
    let (up, left) = (row > 0, column > 0)
    // Without a row above, the west stands for it; without a column to the left, the north.
    west = left ? (row, column - 1) : (max(row - 1, 0), column)
    north = up ? (row - 1, column) : west
    northWest = up && left ? (row - 1, column - 1) : north
    northEast = up && column + 1 < columns ? (row - 1, column + 1) : north
    secondWest = column > 1 ? (row, column - 2) : west
    secondNorth = row > 1 ? (row - 2, column) : north
  }
}
