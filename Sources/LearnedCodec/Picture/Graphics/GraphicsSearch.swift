/// Which cells of a row of cells are drawn: by their samples alone, so that strips and threads do not
/// matter.
struct GraphicsSearch {
  let channels: Int
  /// The largest sample.
  let maximum: Float
  /// Colours found so far, of which a picture has few or is none.
  private var colours: Set<UInt64> = []
  /// What followed samples with the same neighbours the last time, plus one, by their hash.
  private var followers = [UInt64](repeating: 0, count: 1 << followerBits)

  /// A cell of more colours is no drawing.
  private static let mostColours = 40
  /// Of the samples of a drawn cell a quarter at least have one colour, that of the background. With
  /// the least contrast that holds for 0.1 % of the cells of photographs, and for nearly all with text
  /// on screens.
  private static let backgroundShare = 4
  /// Cells of so few colours, lines and frames, are drawn with less contrast and whatever their bits: a
  /// line that graphics hold in some cells and the transform in others is seen to break.
  private static let fewColours = 4
  private static let leastContrastOfFew: Float = 8
  /// One of so many samples at least is like the one to its west.
  private static let fewestRepeats = 16
  /// The smallest difference between the brightest and the darkest sample, in 8-bit units.
  private static let leastContrast: Float = 24
  /// Of a whole picture; with more of them the search for the nearest ones takes long.
  private static let mostColoursTogether = 8192
  /// So many samples a new colour at least: what is drawn repeats its colours, photographs do not.
  private static let samplesOfColour = 16
  /// The step of the quantiser that the transform is thought to have, in 8-bit units.
  private static let step: Float = 12

  init(channels: Int, maximum: Float) {
    (self.channels, self.maximum) = (channels, maximum)
  }

  /// The kinds of cells of a row of them.
  ///
  /// - Parameters:
  ///   - samples: packed as in a palette, shape [height, width], height at most a cell's side.
  ///   - isOpen: whether a sample may be graphics at all, of the same shape.
  /// - Returns: all left to the transform where no cell is detailed, or too many colours are new.
  mutating func kinds(
    of samples: [UInt64], width: Int, isOpen: (Int) -> Bool
  ) -> [GraphicsLayer.Kind] {
    let side = GraphicsLayer.cellSide
    let height = samples.count / width
    var kinds: [GraphicsLayer.Kind] = []
    var found: Set<UInt64> = []
    for left in stride(from: 0, to: width, by: side) {
      let columns = left..<min(left + side, width)
      let colours = Self.colours(samples, width: width, height: height, columns, isOpen: isOpen)
      let most = colours.max { $0.count < $1.count }?.count ?? 0
      if colours.count == 1 {
        kinds.append(.plain)
      } else if most * Self.backgroundShare >= columns.count * height,
        isCheaper(samples, width: width, height: height, columns, colours: colours.count)
      {
        kinds.append(.detailed)
      } else {
        kinds.append(.transformed)
        continue
      }
      found.formUnion(colours.map(\.colour))
    }
    let drawn = kinds.count { $0 != .transformed } * side * height
    let new = found.subtracting(colours)
    guard kinds.contains(.detailed), new.count * Self.samplesOfColour <= drawn,
      colours.count + new.count <= Self.mostColoursTogether
    else { return kinds.map { _ in .transformed } }
    colours.formUnion(new)
    return kinds
  }

  /// The colours of a cell and how often it has each; none where these are too many, or where some
  /// sample is no graphics.
  private static func colours(
    _ samples: [UInt64], width: Int, height: Int, _ columns: Range<Int>, isOpen: (Int) -> Bool
  ) -> [(colour: UInt64, count: Int)] {
    // Photographs are told by this alone, nearly all of them.
    var repeats = 0
    for row in 0..<height {
      let start = row * width
      for index in start + columns.lowerBound
        + 1..<max(start + columns.upperBound, start + columns.lowerBound + 1)
      where samples[index] == samples[index - 1] { repeats += 1 }
    }
    guard repeats * fewestRepeats >= (columns.count - 1) * height else { return [] }
    var colours: [(colour: UInt64, count: Int)] = []
    for row in 0..<height {
      for index in row * width + columns.lowerBound..<row * width + columns.upperBound {
        guard isOpen(index) else { return [] }
        if let known = colours.lastIndex(where: { $0.colour == samples[index] }) {
          colours[known].count += 1
        } else if colours.count < mostColours {
          colours.append((samples[index], 1))
        } else {
          return []
        }
      }
    }
    return colours
  }

  /// Whether the samples of a cell cost fewer bits one by one than by a transform: where they repeat
  /// what was seen before, as glyphs on a screen do, and scans of them do not.
  private mutating func isCheaper(
    _ samples: [UInt64], width: Int, height: Int, _ columns: Range<Int>, colours: Int
  ) -> Bool {
    let side = GraphicsLayer.cellSide
    var grid = [Float](repeating: 0, count: side * side)
    for row in 0..<side {
      // Cells at borders go on as they end.
      let y = min(row, height - 1)
      for column in 0..<side {
        let x = min(columns.lowerBound + column, columns.upperBound - 1)
        let sample = samples[y * width + x]
        var sum: Float = 0
        for channel in 0..<channels { sum += Float(sample >> UInt64(16 * channel) & 0xFFFF) }
        grid[row * side + column] = sum * 255 / (maximum * Float(channels))
      }
    }
    let contrast = grid.max()! - grid.min()!
    let bits = bits(of: samples, width: width, height: height, columns)
    if colours <= Self.fewColours { return contrast >= Self.leastContrastOfFew }
    return contrast >= Self.leastContrast && bits < Self.transformBits(grid)
  }

  /// About the bits of a cell sample by sample, by what followed the same neighbours before; notes what
  /// does here.
  private mutating func bits(
    of samples: [UInt64], width: Int, height: Int, _ columns: Range<Int>
  ) -> Float {
    var bits: Float = 0
    for row in 0..<height {
      for column in columns {
        func neighbour(_ up: Int, _ left: Int) -> UInt64 {
          let (y, x) = (row - up, column - left)
          return y >= 0 && x >= 0 && x < width ? samples[y * width + x] + 1 : 0
        }
        let own = samples[row * width + column] + 1
        let (west, north) = (neighbour(0, 1), neighbour(1, 0))
        let (second, northWest, northEast) = (neighbour(0, 2), neighbour(1, 1), neighbour(1, -1))
        let hash = [west, north, second, northWest, northEast, neighbour(2, 0)].reduce(0) {
          ($0 ^ $1) &* 0x9E37_79B9_7F4A_7C15 ^ ($0 ^ $1) &>> 32
        }
        let slot = Int(truncatingIfNeeded: hash &>> UInt64(64 - Self.followerBits))
        if own == followers[slot] {
          bits += Self.bitsOfFollower
        } else {
          bits += own == west || own == north ? Self.bitsOfNeighbour : Self.bitsOfOther
        }
        followers[slot] = own
      }
    }
    return bits
  }

  /// About what samples of screens take that are what followed before, a neighbour's, or another.
  private static let bitsOfFollower: Float = 0.3
  private static let bitsOfNeighbour: Float = 2
  private static let bitsOfOther: Float = 8
  private static let followerBits = 16

  /// About the bits of a cell by a transform: of a Walsh-Hadamard transform, by the magnitudes that are
  /// not zero.
  private static func transformBits(_ grid: [Float]) -> Float {
    let side = GraphicsLayer.cellSide
    var values = grid
    for stride in [1, 2, 4, side, 2 * side, 4 * side] {
      for index in values.indices where index & stride == 0 {
        let (a, b) = (values[index], values[index + stride])
        (values[index], values[index + stride]) = (a + b, a - b)
      }
    }
    return values.dropFirst().reduce(0) { bits, value in
      let steps = value.magnitude / (Float(side) * step)
      return steps < 0.6 ? bits : bits + 5 + 2 * Float(max(steps.exponent, 0))
    }
  }
}
