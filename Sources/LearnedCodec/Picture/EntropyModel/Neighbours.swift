/// Where a patch and its causal neighbours lie in buffers of three rows of patches, which take turns:
/// shape [3, columns]. A neighbour that is missing at a border is stood for by another.
struct Neighbours {
  /// Whether there are any: false for the first patch alone, which then stands for them itself.
  let any: Bool
  /// The patch itself.
  let here: Int
  let west: Int
  let north: Int
  let northWest: Int
  let northEast: Int
  /// The one beyond west.
  let secondWest: Int
  /// The one beyond north.
  let secondNorth: Int

  /// The neighbours of the patch in a column, of so many, and a row.
  @inline(__always)
  init(row: Int, column: Int, columns: Int) {
    let (above, left) = (row > 0, column > 0)
    any = above || left
    here = row % 3 &* columns &+ column
    let up = (row &+ 2) % 3 &* columns &+ column
    // Without a row above, the west stands for it; without a column to the left, the north.
    west = left ? here &- 1 : (above ? up : here)
    north = above ? up : west
    northWest = above && left ? up &- 1 : north
    northEast = above && column &+ 1 < columns ? up &+ 1 : north
    secondWest = column > 1 ? here &- 2 : west
    secondNorth = row > 1 ? (row &+ 1) % 3 &* columns &+ column : north
  }
}
