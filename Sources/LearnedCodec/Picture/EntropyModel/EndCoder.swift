import EntropyCoding

/// Codes the end of each patch, one more than its last symbol that is coded, from those of its
/// neighbours: its class through a tree, then what the class leaves open. The class of an end is its
/// bit length, which leaves the bits below the leading one; where there are few channels it is the
/// end itself, so that every patch takes as many decisions and no branch follows from them.
///
/// There is one end a patch, and it varies more from picture to picture than symbols do: so each
/// decision has two probabilities that follow what is coded, and takes their mean.
struct EndCoder: ~Copyable {
  /// Ends of this row of patches and the one above: shape [2, patchColumns].
  private let ends: FixedBuffer<Int>
  private let patchColumns: Int
  /// The largest end.
  private let channels: Int
  private let layout: Layout

  /// Where the contexts lie among each other.
  struct Layout: Sendable {
    /// Nodes of the tree that codes a class of 0...15.
    static let nodes = 16
    /// Levels of the average of the neighbours' ends.
    static let levels = 48

    /// Shape [levels, nodes].
    static let classByAverage = 0
    /// Shape [nodes, nodes, nodes] by the classes to the west and north.
    static let classByNeighbours = classByAverage + levels * nodes
    /// Shape [levels, 8, 8] by the first bits of the end and its length.
    static let bitByAverage = classByNeighbours + nodes * nodes * nodes
    /// Shape [nodes, prefixes] by the bit length to the west.
    static let bitByWest = bitByAverage + levels * 64
    /// Whether classes are ends, and not their bit lengths.
    let hasFewChannels: Bool
    /// The class of the largest end.
    let largestClass: Int
    /// Levels of the tree of classes.
    let depth: Int
    /// More than any end, as a power of two; 0 where classes leave nothing open.
    let prefixes: Int
    /// All contexts together.
    let contexts: Int

    init(channels: Int) {
      hasFewChannels = channels < Self.nodes
      largestClass = hasFewChannels ? channels : bitLength(channels)
      depth = bitLength(largestClass)
      prefixes = hasFewChannels ? 0 : 1 << largestClass
      contexts = hasFewChannels ? Self.bitByAverage : Self.bitByWest + Self.nodes * prefixes
    }

    /// The tables, the rows of each alike.
    var tables: [(start: Int, rows: Int, columns: Int)] {
      let classes = [
        (Self.classByAverage, Self.levels, Self.nodes),
        (Self.classByNeighbours, Self.nodes * Self.nodes, Self.nodes),
      ]
      if hasFewChannels { return classes }
      return classes + [
        (Self.bitByAverage, Self.levels, 64), (Self.bitByWest, Self.nodes, prefixes),
      ]
    }

    @inline(__always)
    fileprivate func classOf(_ end: Int) -> Int { hasFewChannels ? end : bitLength(end) }
  }

  /// A probability moves by 2^-4 of the way to each decision. On training photographs ends take 2 %
  /// fewer bits than with averages over 255 decisions, and 0 to 1 % fewer than with 2^-5.
  private static let adaptationShift: Int32 = 4
  /// The least probability of a decision in units of 2^-16, and about the least of its opposite.
  private static let leastProbability: UInt32 = 32

  /// A coder for patches of at most `channels` channels, as many as `layout` is for or fewer.
  init(layout: Layout, patchColumns: Int, channels: Int) {
    self.layout = layout
    self.patchColumns = patchColumns
    self.channels = channels
    ends = FixedBuffer(repeating: 0, count: 2 * patchColumns)
  }

  /// What codes the ends, see `Pointers`.
  ///
  /// - Parameters:
  ///   - adaptive: the probabilities that follow.
  ///   - first: where among them are those of `layout`.
  func pointers(adaptive: borrowing FixedBuffer<UInt16>, from first: Int) -> Pointers {
    precondition(
      first >= 0 && first + layout.contexts <= adaptive.count, "probabilities of another shape")
    return Pointers(
      probabilities: adaptive.base + first, first: first, ends: ends.base,
      patchColumns: patchColumns, channels: channels, layout: layout)
  }

  /// Codes ends.
  ///
  /// Invariant: the pointers are those of a coder and of probabilities that outlive it.
  struct Pointers {
    /// In units of 2^-16.
    fileprivate let probabilities: UnsafeMutablePointer<UInt16>
    /// Where they lie among all that follow.
    fileprivate let first: Int
    fileprivate let ends: UnsafeMutablePointer<Int>
    fileprivate let patchColumns: Int
    /// The largest end.
    fileprivate let channels: Int
    fileprivate let layout: Layout

    /// Codes the end of the patch at a column of a row, patch by patch from the top left.
    @inline(__always)
    func code<Coder: BinaryCoder>(
      _ end: Int, row: Int, column: Int, with coder: inout Coder
    ) -> Int {
      precondition(UInt(bitPattern: column) < UInt(bitPattern: patchColumns), "no such column")
      // Taken over, as the processor's registers hold only what no one else may write to.
      var local = consume coder
      defer { coder = local }
      let decoded = code(end, around: neighbours(row: row, column: column), with: &local)
      ends[(row & 1) &* patchColumns &+ column] = decoded
      return decoded
    }

    private typealias Around = (west: Int, north: Int, northWest: Int, northEast: Int)

    @inline(__always)
    private func neighbours(row: Int, column: Int) -> Around {
      let this = ends + ((row & 1) &* patchColumns &+ column)
      let above = ends + ((1 &- row & 1) &* patchColumns &+ column)
      if row == 0 {
        let west = column > 0 ? this[-1] : channels / 4
        return (west, west, west, west)
      }
      let north = above[0]
      let northEast = column &+ 1 < patchColumns ? above[1] : north
      guard column > 0 else { return (north, north, north, northEast) }
      return (this[-1], north, above[-1], northEast)
    }

    @inline(__always)
    private func code<Coder: BinaryCoder>(
      _ end: Int, around: Around, with coder: inout Coder
    ) -> Int {
      let sum =
        2 &* around.west &+ 2 &* around.north &+ around.northWest &+ around.northEast
      let level = EndCoder.level(sum)
      let (west, north) = (layout.classOf(around.west), layout.classOf(around.north))
      let byAverage = Layout.classByAverage &+ level &* Layout.nodes
      let byNeighbours =
        Layout.classByNeighbours &+ (west &* Layout.nodes &+ north) &* Layout.nodes
      let own = layout.classOf(end)
      var node = 1
      for shift in (0..<layout.depth).reversed() {
        let bit = decide(
          own &>> shift & 1 == 1, byAverage &+ node, byNeighbours &+ node, with: &coder)
        node = node &* 2 &+ (bit ? 1 : 0)
      }
      // Only damaged files have classes and ends beyond the largest.
      let decoded = min(node &- 1 &<< layout.depth, layout.largestClass)
      if layout.hasFewChannels || decoded <= 1 { return min(decoded, channels) }
      var prefix = 1
      for shift in (0..<decoded &- 1).reversed() {
        let bit = decide(
          end &>> shift & 1 == 1,
          Layout.bitByAverage &+ level &* 64 &+ min(prefix, 7) &* 8 &+ decoded & 7,
          Layout.bitByWest &+ west &* layout.prefixes &+ 1 &<< (decoded &- 1) &+ prefix,
          with: &coder)
        prefix = prefix &* 2 &+ (bit ? 1 : 0)
      }
      return min(prefix, channels)
    }

    @inline(__always)
    private func decide<Coder: BinaryCoder>(
      _ bit: Bool, _ first: Int, _ second: Int, with coder: inout Coder
    ) -> Bool {
      coder.begin(adaptive: self.first &+ first, self.first &+ second)
      // Levels, lengths and prefixes lie within the shapes of the layout.
      let (one, two) = (UInt32(probabilities[first]), UInt32(probabilities[second]))
      let result = coder.code(
        bit, probability: max((one &+ two) &>> 1, EndCoder.leastProbability))
      probabilities[first] = follow(one, result, shift: EndCoder.adaptationShift)
      probabilities[second] = follow(two, result, shift: EndCoder.adaptationShift)
      return result
    }
  }

  /// Four levels an octave of a sum of six ends.
  @inline(__always)
  private static func level(_ sum: Int) -> Int {
    let value = sum &+ 4
    let octave = bitLength(value) &- 1
    return min((octave &- 2) &* 4 &+ (value &>> (octave &- 2)) & 3, Layout.levels &- 1)
  }
}

@inline(__always)
private func bitLength(_ value: Int) -> Int { Int.bitWidth &- value.leadingZeroBitCount }
