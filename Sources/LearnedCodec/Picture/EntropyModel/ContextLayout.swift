/// Where the contexts of each kind of decision lie among those of the mixer.
///
/// Each decision has three contexts; each context is a table of states, indexed by what is known.
struct ContextLayout: Sendable {
  /// Levels of the expected magnitude, fine and coarse, see `magnitudeLevel`.
  static let levels = 128
  static let coarseLevels = 16
  /// Leading bits of a magnitude: 1, 2...3, 4...7 and so on up to 2^20.
  static let octaves = 21
  /// Nodes of the tree that codes a bit length of 0...15.
  static let lengthNodes = 16
  /// Levels of the average of the neighbours' ends.
  static let endLevels = 48

  // The end of a patch: one more than its last non-zero channel.
  let lengthByAverage: Int
  let lengthByNeighbours: Int
  let lengthByDiagonals: Int
  let endByAverage: Int
  let endByPrefix: Int
  let endByWest: Int
  /// More than any end, as a power of two.
  let endPrefixes: Int
  // Whether a symbol is zero.
  let zeroByLevel: Int
  let zeroByChannel: Int
  let zeroByNeighbours: Int
  // Whether a magnitude reaches the next octave.
  let octaveByLevel: Int
  let octaveByChannel: Int
  let octaveByNeighbours: Int
  // The bits of a magnitude below its leading one.
  let mantissaByLevel: Int
  let mantissaByChannel: Int
  let mantissaByOctave: Int
  // Signs.
  let signByChannel: Int
  let signByMean: Int
  let signByNeighbours: Int
  /// All contexts together.
  let contexts: Int

  // Sets of mixing weights.
  let lengthWeights = 0
  let endWeights = 16
  let zeroWeights = 32
  let octaveWeights: Int
  let mantissaWeights: Int
  let signWeights: Int
  let weightSets: Int

  init(channels: Int) {
    var next = 0
    func table(_ count: Int) -> Int {
      defer { next += count }
      return next
    }
    lengthByAverage = table(Self.endLevels * Self.lengthNodes)
    lengthByNeighbours = table(16 * 16 * Self.lengthNodes)
    lengthByDiagonals = table(16 * 16 * Self.lengthNodes)
    endPrefixes = 1 << (Int.bitWidth - channels.leadingZeroBitCount)
    endByAverage = table(Self.endLevels * 64)
    endByPrefix = table(endPrefixes)
    endByWest = table(16 * endPrefixes)
    zeroByLevel = table(Self.levels * 8)
    zeroByChannel = table(channels * Self.coarseLevels)
    zeroByNeighbours = table(9 * 3 * 4 * 8)
    octaveByLevel = table(Self.octaves * Self.levels)
    octaveByChannel = table(Self.octaves * channels)
    octaveByNeighbours = table(Self.octaves * 8 * 8)
    mantissaByLevel = table(Self.octaves * Self.levels)
    mantissaByChannel = table(Self.octaves * channels)
    mantissaByOctave = table(Self.octaves * Self.octaves)
    signByChannel = table(channels * 9)
    signByMean = table(channels * 16)
    signByNeighbours = table(81)
    contexts = next

    octaveWeights = zeroWeights + Self.coarseLevels * 2
    mantissaWeights = octaveWeights + Self.octaves
    signWeights = mantissaWeights + Self.octaves
    weightSets = signWeights + 16
  }

  /// The level of an expected magnitude in units of 2^-16 octaves: four levels an octave of it
  /// below 1, where it is nearly the probability of a symbol that is not zero, and eight levels
  /// a unit above, where it is the logarithm of the magnitude.
  @inline(__always)
  static func magnitudeLevel(_ expected: Int32) -> Int {
    let value = UInt32(bitPattern: max(expected, 0)) &+ 64
    if value < 1 << 16 {
      let octave = 31 - UInt32(truncatingIfNeeded: value.leadingZeroBitCount)
      return Int((octave - 6) * 4 + (value >> (octave - 2)) & 3)
    }
    return min(40 + Int((value - 1 << 16) >> 13), levels - 1)
  }
}
