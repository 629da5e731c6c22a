import EntropyCoding

/// Codes the symbols of a strip, patch by patch from the top left, with any binary coder: the
/// encoder, the decoder and the model's own entropy are this one piece of code.
///
/// For each patch: the predicted means of the first channels, the end of the patch (one more than
/// its last channel that differs from its mean), then every channel before the end: whether it
/// is zero, its magnitude, its sign. What is expected of a magnitude is a weighted sum of the
/// magnitudes around it, see `EntropyTables`. Integers only.
struct SymbolCoder<Coder: BinaryCoder>: ~Copyable {
  var coder: Coder
  let mixer: ContextMixer
  private let layout: ContextLayout
  private let prediction: MeanPrediction
  private let magnitudes: MagnitudePrediction
  private let patchRows: Int
  private let patchColumns: Int
  /// Channels coded, at most those of the tables.
  private let channels: Int
  /// Channels of the tables.
  private let allChannels: Int

  /// Residual signs of this row of patches and two above, -1, 0 or 1: shape
  /// [3, patchColumns, channels], rows in turn.
  private let signs: FixedBuffer<Int8>
  /// Ends of patches of this row and the one above: shape [2, patchColumns].
  private let ends: FixedBuffer<Int>

  init(
    coder: Coder, tables: EntropyTables, patchRows: Int, patchColumns: Int, channels: Int
  ) {
    precondition(channels <= tables.channels, "more channels than the tables know")
    self.coder = coder
    mixer = ContextMixer(tables.mixer)
    layout = ContextLayout(channels: tables.channels)
    prediction = MeanPrediction(tables, channels: channels)
    magnitudes = MagnitudePrediction(tables, patchColumns: patchColumns, channels: channels)
    self.patchRows = patchRows
    self.patchColumns = patchColumns
    self.channels = channels
    allChannels = tables.channels
    signs = FixedBuffer(repeating: 0, count: 3 * patchColumns * channels)
    ends = FixedBuffer(repeating: 0, count: 2 * patchColumns)
  }

  /// Codes all patches. `symbols` has shape [patchRows, patchColumns, channels]; a decoder fills
  /// it, an encoder leaves it as it is.
  mutating func code(_ symbols: inout [Int32]) {
    precondition(symbols.count == patchRows * patchColumns * channels, "symbols of another shape")
    symbols.withUnsafeMutableBufferPointer { symbols in
      for row in 0..<patchRows {
        for column in 0..<patchColumns {
          codePatch(row: row, column: column, all: symbols)
        }
      }
    }
  }

  private mutating func codePatch(
    row: Int, column: Int, all symbols: UnsafeMutableBufferPointer<Int32>
  ) {
    let neighbours = Neighbours(row: row, column: column, columns: patchColumns)
    prediction.predict(neighbours, symbols: symbols, columns: patchColumns, channels: channels)
    let first = (row * patchColumns + column) * channels
    let patch = symbols.extracting(first..<first + channels)

    var end = endOfNonzeros(patch, from: prediction.count)
    if end == prediction.count {
      while end > 0, patch[end - 1] == prediction.mean(end - 1) { end -= 1 }
    }
    coder.begin(part: 0)
    end = codeEnd(end, row: row, column: column)
    ends[(row & 1) * patchColumns + column] = end

    let here = magnitudes.offset(of: (row, column))
    let offsets = magnitudes.start(neighbours, here: here, end: end)
    var recent = 0
    for channel in 0..<end {
      coder.begin(part: channel + 1)
      let mean = prediction.mean(channel)
      let residual = codeResidual(
        patch[channel] &- mean, channel: channel, end: end, recent: recent, offsets: offsets)
      patch[channel] = residual &+ mean
      signs[here + channel] = Int8(truncatingIfNeeded: residual.signum())
      magnitudes.record(residual.magnitude, channel: channel, here: here, end: end)
      recent = (recent << 1 | (residual == 0 ? 0 : 1)) & 7
    }
    // The symbols beyond are zero already: an encoder's by the choice of the end, a decoder's from
    // the start.
    for channel in end..<max(end, prediction.count) { patch[channel] = prediction.mean(channel) }
    signs.fill(here + end..<here + channels, with: 0)
    magnitudes.clear(from: end, here: here)
  }

  // MARK: - Decisions

  @inline(__always)
  private mutating func decide(
    _ bit: Bool, _ first: Int, _ second: Int, _ third: Int, weights: Int
  ) -> Bool {
    mixer.code(bit, with: &coder, contexts: first, second, third, weights: weights)
  }

  /// Codes the end of a patch: its bit length through a tree, then the bits below the leading
  /// one.
  private mutating func codeEnd(_ end: Int, row: Int, column: Int) -> Int {
    let around = neighbouringEnds(row: row, column: column)
    let average = (2 * around.west + 2 * around.north + around.northWest + around.northEast)
    let level = min(Self.endLevel(average), ContextLayout.endLevels - 1)
    let (west, north) = (Self.bitLength(around.west), Self.bitLength(around.north))
    let diagonals = Self.bitLength(around.northWest) * 16 + Self.bitLength(around.northEast)
    let nodes = ContextLayout.lengthNodes

    let length = Self.bitLength(end)
    var node = 1
    for shift in (0..<4).reversed() {
      let bit = decide(
        length >> shift & 1 == 1, layout.lengthByAverage + level * nodes + node,
        layout.lengthByNeighbours + (west * 16 + north) * nodes + node,
        layout.lengthByDiagonals + diagonals * nodes + node, weights: layout.lengthWeights + node)
      node = node * 2 + (bit ? 1 : 0)
    }
    let longest = Self.bitLength(channels)
    let decoded = min(node - 16, longest)
    guard decoded > 1 else { return decoded }
    var prefix = 1
    for shift in (0..<decoded - 1).reversed() {
      let tree = 1 << (decoded - 1) + prefix
      let bit = decide(
        end >> shift & 1 == 1,
        layout.endByAverage + level * 64 + min(prefix, 7) * 8 + decoded & 7,
        layout.endByPrefix + tree, layout.endByWest + west * layout.endPrefixes + tree,
        weights: layout.endWeights + decoded)
      prefix = prefix * 2 + (bit ? 1 : 0)
    }
    return min(prefix, channels)
  }

  private func neighbouringEnds(
    row: Int, column: Int
  ) -> (west: Int, north: Int, northWest: Int, northEast: Int) {
    let this = (row & 1) * patchColumns
    let above = (1 - row & 1) * patchColumns
    if row == 0 {
      let west = column > 0 ? ends[this + column - 1] : channels / 4
      return (west, west, west, west)
    }
    let north = ends[above + column]
    let northEast = column + 1 < patchColumns ? ends[above + column + 1] : north
    guard column > 0 else { return (north, north, north, northEast) }
    return (ends[this + column - 1], north, ends[above + column - 1], northEast)
  }

  /// Four levels an octave of a sum of six ends.
  private static func endLevel(_ sum: Int) -> Int {
    let value = sum + 4
    let octave = bitLength(value) - 1
    return (octave - 2) * 4 + (value >> (octave - 2)) & 3
  }

  @inline(__always)
  private static func bitLength(_ value: Int) -> Int { Int.bitWidth - value.leadingZeroBitCount }

  /// Ones among three bits, by a table of two bits each.
  @inline(__always)
  private static func bitCount(_ value: Int) -> Int { 0b11_10_10_01_10_01_01_00 >> (2 * value) & 3 }

  /// Codes one residual: zero or not, the octave of its magnitude, the bits below, its sign.
  @inline(__always)
  private mutating func codeResidual(
    _ value: Int32, channel: Int, end: Int, recent: Int, offsets: MagnitudePrediction.Offsets
  ) -> Int32 {
    let level = ContextLayout.magnitudeLevel(magnitudes.expected[channel])
    let coarse = level >> 3
    let w = Int(magnitudes.near[offsets.west + channel])
    let n = Int(magnitudes.near[offsets.north + channel])
    if channel + 1 < end {
      let left = min(Self.bitLength(end - channel - 1), 7)
      let northWest = Int(magnitudes.near[offsets.northWest + channel])
      let northEast = Int(magnitudes.near[offsets.northEast + channel])
      let sides = min(w >> 4, 2) * 3 + min(n >> 4, 2)
      let pattern = sides * 3 + min((northWest + northEast) >> 4, 2)
      let isZero = decide(
        value == 0, layout.zeroByLevel + left * ContextLayout.levels + level,
        layout.zeroByChannel + channel * ContextLayout.coarseLevels + coarse,
        layout.zeroByNeighbours + (pattern * 4 + Self.bitCount(recent)) * 8 + left,
        weights: layout.zeroWeights + coarse * 2 + (left < 4 ? 1 : 0))
      if isZero { return 0 }
    }
    let magnitude = codeMagnitude(
      value.magnitude, channel: channel, level: level,
      around: min(w >> 3, 7) * 8 + min(n >> 3, 7))
    let isNegative = codeSign(value < 0, channel: channel, offsets: offsets)
    return isNegative ? 0 &- Int32(bitPattern: magnitude) : Int32(bitPattern: magnitude)
  }

  /// Codes a magnitude of at least 1: the position of its leading bit in unary, then the bits
  /// below it.
  @inline(__always)
  private mutating func codeMagnitude(
    _ magnitude: UInt32, channel: Int, level: Int, around: Int
  ) -> UInt32 {
    var octave = 0
    while octave + 1 < ContextLayout.octaves {
      let more = decide(
        magnitude >> UInt32(octave + 1) != 0,
        layout.octaveByLevel + octave * ContextLayout.levels + level,
        layout.octaveByChannel + octave * allChannels + channel,
        layout.octaveByNeighbours + octave * 64 + around, weights: layout.octaveWeights + octave)
      guard more else { break }
      octave += 1
    }
    return octave == 0
      ? 1 : codeMantissa(magnitude, octave: octave, channel: channel, level: level)
  }

  /// Codes the bits below the leading one; only the first is worth contexts of its own.
  private mutating func codeMantissa(
    _ magnitude: UInt32, octave: Int, channel: Int, level: Int
  ) -> UInt32 {
    let first = octave - 1
    var decoded: UInt32 = 1
    for bit in (0..<octave).reversed() {
      let byOctave = layout.mantissaByOctave + octave * ContextLayout.octaves + bit
      let one = decide(
        magnitude >> UInt32(bit) & 1 == 1,
        bit == first
          ? layout.mantissaByLevel + octave * ContextLayout.levels + level : byOctave,
        bit == first ? layout.mantissaByChannel + octave * allChannels + channel : byOctave,
        byOctave, weights: layout.mantissaWeights + (bit == first ? octave : 0))
      decoded = decoded << 1 | (one ? 1 : 0)
    }
    return decoded
  }

  @inline(__always)
  private mutating func codeSign(
    _ isNegative: Bool, channel: Int, offsets: MagnitudePrediction.Offsets
  ) -> Bool {
    let pair = Int(signs[offsets.west + channel]) * 3 + Int(signs[offsets.north + channel]) + 4
    let diagonals =
      Int(signs[offsets.northWest + channel]) * 3 + Int(signs[offsets.northEast + channel]) + 4
    return decide(
      isNegative, layout.signByChannel + channel * 9 + pair,
      layout.signByMean + channel * 16 + prediction.fraction(channel),
      layout.signByNeighbours + pair * 9 + diagonals,
      weights: layout.signWeights + min(channel, 15))
  }
}
