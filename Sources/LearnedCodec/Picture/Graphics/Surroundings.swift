/// The colours around a sample, plus one; 0 for those that are not coded as graphics.
struct Surroundings {
  let west: UInt64
  let north: UInt64
  let northWest: UInt64
  let northEast: UInt64
  private let near: UInt64
  private let wide: UInt64
  private let wider: UInt64
  private let widest: UInt64
  private let along: UInt64

  /// Those of a sample whose rows above, and whose columns to the left, are known.
  init(_ layer: borrowing GraphicsLayer, row: Int, column: Int) {
    let (width, side) = (layer.width, GraphicsLayer.cellSide)
    let cells = layer.cellColumns
    func colour(_ up: Int, _ left: Int) -> UInt64 {
      let (y, x) = (row - up, column - left)
      guard y >= 0, x >= 0, x < width, layer.kinds[y / side * cells + x / side] != .transformed
      else { return 0 }
      return UInt64(layer.colours[y * width + x]) + 1
    }
    func hash(_ values: UInt64...) -> UInt64 {
      values.reduce(0xCBF2_9CE4_8422_2325) {
        ($0 ^ $1) &* 0x0000_0100_0000_01B3 ^ ($0 ^ $1) &>> 29
      }
    }
    (west, north) = (colour(0, 1), colour(1, 0))
    (northWest, northEast) = (colour(1, 1), colour(1, -1))
    let (second, above) = (colour(0, 2), colour(2, 0))
    near = hash(west, north, northWest, northEast)
    wide = hash(near, second, above)
    along = hash(west, second, colour(0, 3), north)
    wider = hash(wide, colour(2, -1), colour(1, 2), colour(1, -2), colour(2, 1))
    widest = hash(wider, colour(0, 3), colour(1, -3), colour(3, 0), colour(0, 4))
  }

  /// Where the widest surroundings have their place in a table of 2^bits.
  func slot(bits: Int) -> Int {
    Int(truncatingIfNeeded: (widest &* 0x9E37_79B9_7F4A_7C15) &>> UInt64(64 - bits))
  }

  /// What decisions about candidates depend on, with the first of them.
  func hashes(_ first: UInt16) -> SIMD8<UInt64> {
    let first = UInt64(first) + 1
    let equal: UInt64 =
      (west == north ? 1 : 0) | (first == west ? 2 : 0) | (first == north ? 4 : 0)
      | (north == northEast ? 8 : 0)
    func with(_ hash: UInt64) -> UInt64 { hash &* 31 &+ first }
    return SIMD8(
      equal, with(west &* 65537 &+ north), with(near), with(wide), with(wider), widest,
      with(along), 0)
  }

  /// What the bits of a number depend on, below a node of their tree.
  func hashes(node: UInt64) -> SIMD8<UInt64> {
    func with(_ hash: UInt64) -> UInt64 { (hash &+ 1) &* 0x1_0000_0001_B3 ^ node &<< 40 }
    return SIMD8(
      with(0), with(west), with(north), with(west &* 65537 &+ north), with(near), with(wide),
      with(northEast), 0)
  }
}

/// Different colours that a sample may have.
struct Candidates {
  private(set) var count = 0
  private var colours = SIMD8<UInt16>.zero
  private let hasFollower: Bool

  /// None yet.
  init(hasFollower: Bool) { self.hasFollower = hasFollower }

  subscript(index: Int) -> UInt16 { colours[index] }

  /// Adds a colour unless it is there.
  mutating func add(_ colour: UInt16) {
    for index in 0..<count where colours[index] == colour { return }
    colours[count] = colour
    count += 1
  }

  /// The set of weights for the decision about one of them.
  func weights(_ index: Int) -> Int { 2 + index * 2 + (hasFollower ? 1 : 0) }
}
