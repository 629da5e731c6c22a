import EntropyCoding

/// Codes the end of each patch, one more than its last symbol that is coded, from those of its
/// neighbours: its bit length through a tree, then the bits below the leading one.
///
/// There is one end a patch, and it varies more from picture to picture than symbols do: so each
/// decision has two contexts that learn as they go, and takes the mean of what they say.
struct EndCoder: ~Copyable {
  /// The contexts, as learned so far.
  let states: FixedBuffer<AdaptiveBit>
  private let reciprocals = FixedBuffer(AdaptiveBit.reciprocals)
  /// Ends of this row of patches and the one above: shape [2, patchColumns].
  private let ends: FixedBuffer<Int>
  private let patchColumns: Int
  /// The largest end.
  private let channels: Int
  private let layout: Layout

  /// Where the contexts lie among each other.
  struct Layout: Sendable {
    /// Nodes of the tree that codes a bit length of 0...15.
    static let nodes = 16
    /// Levels of the average of the neighbours' ends.
    static let levels = 48

    /// Shape [levels, nodes].
    static let lengthByAverage = 0
    /// Shape [16, 16, nodes] by the bit lengths to the west and north.
    static let lengthByNeighbours = lengthByAverage + levels * nodes
    /// Shape [levels, 8, 8] by the first bits of the end and its length.
    static let bitByAverage = lengthByNeighbours + 16 * 16 * nodes
    /// Shape [16, prefixes] by the bit length to the west.
    static let bitByWest = bitByAverage + levels * 64
    /// More than any end, as a power of two.
    let prefixes: Int
    /// All contexts together.
    let contexts: Int

    init(channels: Int) {
      prefixes = 1 << bitLength(channels)
      contexts = Self.bitByWest + 16 * prefixes
    }
  }

  /// Decisions over which a context averages, chosen on the training photographs.
  private static let limit: UInt32 = 255

  /// A coder that starts from `states`, for patches of at most `channels` channels, as many as
  /// `layout` is for or fewer.
  init(_ states: [AdaptiveBit], layout: Layout, patchColumns: Int, channels: Int) {
    precondition(states.count == layout.contexts, "contexts of another shape")
    self.states = FixedBuffer(states)
    self.layout = layout
    self.patchColumns = patchColumns
    self.channels = channels
    ends = FixedBuffer(repeating: 0, count: 2 * patchColumns)
  }

  /// What codes the ends, see `Pointers`.
  var pointers: Pointers {
    Pointers(
      states: states.base, reciprocals: UnsafePointer(reciprocals.base), ends: ends.base,
      patchColumns: patchColumns, channels: channels, longest: bitLength(channels), layout: layout)
  }

  /// Codes ends.
  ///
  /// Invariant: the pointers are those of a coder that outlives it.
  struct Pointers {
    fileprivate let states: UnsafeMutablePointer<AdaptiveBit>
    fileprivate let reciprocals: UnsafePointer<Int32>
    fileprivate let ends: UnsafeMutablePointer<Int>
    fileprivate let patchColumns: Int
    /// The largest end.
    fileprivate let channels: Int
    /// Its bit length.
    fileprivate let longest: Int
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
      let (west, north) = (bitLength(around.west), bitLength(around.north))
      let byAverage = Layout.lengthByAverage &+ level &* Layout.nodes
      let byNeighbours = Layout.lengthByNeighbours &+ (west &* 16 &+ north) &* Layout.nodes
      let length = bitLength(end)
      var node = 1
      for shift in (0..<4).reversed() {
        // A bit that would lead beyond the longest is zero, and not coded.
        var bit = false
        if (node &* 2 &+ 1) &<< shift &- 16 <= longest {
          bit = decide(
            length &>> shift & 1 == 1, byAverage &+ node, byNeighbours &+ node, with: &coder)
        }
        node = node &* 2 &+ (bit ? 1 : 0)
      }
      let decoded = node &- 16
      guard decoded > 1 else { return decoded }
      var prefix = 1
      for shift in (0..<decoded &- 1).reversed() {
        var bit = false
        if (prefix &* 2 &+ 1) &<< shift <= channels {
          bit = decide(
            end &>> shift & 1 == 1,
            Layout.bitByAverage &+ level &* 64 &+ min(prefix, 7) &* 8 &+ decoded & 7,
            Layout.bitByWest &+ west &* layout.prefixes &+ 1 &<< (decoded &- 1) &+ prefix,
            with: &coder)
        }
        prefix = prefix &* 2 &+ (bit ? 1 : 0)
      }
      return prefix
    }

    @inline(__always)
    private func decide<Coder: BinaryCoder>(
      _ bit: Bool, _ first: Int, _ second: Int, with coder: inout Coder
    ) -> Bool {
      // Levels, lengths and prefixes lie within the shapes of the layout.
      let probability = (states[first].probability &+ states[second].probability) &>> 1
      let result = coder.code(bit, probability: min(max(probability, 32), 65536 - 32))
      states[first].update(result, limit: EndCoder.limit, reciprocals: reciprocals)
      states[second].update(result, limit: EndCoder.limit, reciprocals: reciprocals)
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
