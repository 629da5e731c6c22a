/// Which cells of a row of cells are drawn: by their samples alone, so that strips and threads do not
/// matter.
struct GraphicsSearch {
  let channels: Int
  /// The largest sample.
  let maximum: Float
  /// Colours found so far, of which a picture has few or is none.
  private var colours: Set<UInt64> = []

  /// A cell of more colours is no drawing.
  private static let mostColours = 40
  /// Of the samples of a drawn cell so many at least have one colour, that of the background: a
  /// quarter. With the next bound that holds for 0.1 % of the cells of photographs, and for nearly all
  /// with text on screens.
  private static let leastBackground = 16
  /// The smallest difference between the brightest and the darkest sample, in 8-bit units.
  private static let leastContrast: Float = 24
  /// Of a whole picture; with more of them the search for the nearest ones takes long.
  private static let mostColoursTogether = 8192
  /// So many samples a new colour at least: what is drawn repeats its colours, photographs do not.
  private static let samplesOfColour = 16
  /// The step of the quantiser that the transform is thought to have, in 8-bit units.
  private static let step: Float = 32

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
      var (own, counts): ([UInt64], [Int]) = ([], [])
      var isDrawn = true
      search: for row in 0..<height {
        for column in columns {
          let sample = samples[row * width + column]
          guard isOpen(row * width + column) else {
            isDrawn = false
            break search
          }
          if let index = own.lastIndex(of: sample) {
            counts[index] += 1
            continue
          }
          own.append(sample)
          counts.append(1)
          if own.count > Self.mostColours {
            isDrawn = false
            break search
          }
        }
      }
      if !isDrawn {
        kinds.append(.transformed)
      } else if own.count == 1 {
        kinds.append(.plain)
        found.insert(own[0])
      } else if counts.max()! * 64 >= Self.leastBackground * columns.count * height,
        isSharp(samples, width: width, height: height, columns)
      {
        kinds.append(.detailed)
        found.formUnion(own)
      } else {
        kinds.append(.transformed)
      }
    }
    let drawn = kinds.count { $0 != .transformed } * side * height
    let new = found.subtracting(colours)
    guard kinds.contains(.detailed), new.count * Self.samplesOfColour <= drawn,
      colours.count + new.count <= Self.mostColoursTogether
    else { return kinds.map { _ in .transformed } }
    colours.formUnion(new)
    return kinds
  }

  /// Whether a cell has edges that a transform takes many bits for: samples one by one take fewer
  /// then, which repeat themselves in text.
  private func isSharp(
    _ samples: [UInt64], width: Int, height: Int, _ columns: Range<Int>
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
    return contrast >= Self.leastContrast && Self.transformBits(grid) > Self.fewBits
  }

  /// Bits up to which a transform is good enough: of 4 and 16 the better on screens.
  private static let fewBits: Float = 4

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
