import EntropyCoding

/// Codes a layer of graphics with any binary coder: its palette, then row by row the kinds of cells
/// and the colours of their samples.
///
/// A colour is one of its neighbours' nearly everywhere: first comes the colour that followed the
/// last time when the samples around were the same, then those to the west, north, north-east and
/// north-west, each one decision; at last its number in the palette. Each decision is predicted from
/// ever wider surroundings, mixed (M. Mahoney, "Adaptive weighing of context models for lossless data
/// compression", 2005). Integers only.
struct GraphicsCoder<Coder: BinaryCoder>: ~Copyable {
  private var coder: Coder
  private let mixer: VectorMixer
  private let width: Int
  /// Bits of a number in the palette.
  private var depth = 0
  /// The colour that followed surroundings, by their hash, plus one; 0 for none.
  private let followers = FixedBuffer<Int32>(repeating: 0, count: 1 << followerBits)

  private static var followerBits: Int { 16 }
  /// Contexts of each of the seven kinds, by hash.
  private static var contextBits: Int { 16 }
  /// Decisions over which a context averages: screens repeat themselves.
  private static var limit: UInt32 { 127 }
  /// Colours that come before numbers.
  private static var mostCandidates: Int { 5 }
  /// Sets of weights: of kinds, of candidates with and without a follower, of numbers.
  private static var weightSets: Int { 2 + 2 * mostCandidates + 1 }

  init(_ coder: Coder, width: Int) {
    self.coder = coder
    self.width = width
    mixer = VectorMixer(
      VectorMixerState(
        contexts: VectorMixer.contexts << Self.contextBits, weightSets: Self.weightSets,
        limit: Self.limit))
  }

  /// The coder, once all is coded.
  consuming func finish() -> Coder { coder }

  /// Codes a layer; a decoder fills what it is given.
  ///
  /// - Parameters:
  ///   - channels: of a colour, 1 to 3.
  ///   - bits: of each, 8 or 16.
  ///   - choice: what chooses the colours before they are coded; nil for those of the layer.
  mutating func code(
    _ layer: inout GraphicsLayer, channels: Int, bits: Int, choice: ColourChoice? = nil
  ) {
    codePalette(&layer.palette, channels: channels, bits: bits)
    for row in 0..<layer.height {
      if row % GraphicsLayer.cellSide == 0 { codeKinds(&layer, row: row / GraphicsLayer.cellSide) }
      for column in 0..<width {
        if let colour = copied(layer, row: row, column: column) {
          layer.colours[row * width + column] = colour
        } else if layer.kinds[cell(row, column, layer)] != .transformed {
          let surroundings = Surroundings(layer, row: row, column: column)
          let candidates = candidates(surroundings)
          let index = row * width + column
          if let choice {
            layer.colours[index] = choice.colour(
              at: index, candidates,
              count: layer.kinds[cell(row, column, layer)] == .plain
                ? GraphicsLayer.cellSide * GraphicsLayer.cellSide : 1
            ) { costs(of: candidates, surroundings) }
          }
          code(&layer.colours[index], candidates, surroundings)
        }
      }
    }
  }

  /// The colour of a sample that is not coded: all of a plain cell but its first one.
  @inline(__always)
  private func copied(_ layer: GraphicsLayer, row: Int, column: Int) -> UInt16? {
    guard layer.kinds[cell(row, column, layer)] == .plain else { return nil }
    let side = GraphicsLayer.cellSide
    if column % side != 0 { return layer.colours[row * width + column - 1] }
    return row % side == 0 ? nil : layer.colours[(row - 1) * width + column]
  }

  @inline(__always)
  private func cell(_ row: Int, _ column: Int, _ layer: GraphicsLayer) -> Int {
    row / GraphicsLayer.cellSide * layer.cellColumns + column / GraphicsLayer.cellSide
  }

  private mutating func codePalette(_ palette: inout [UInt64], channels: Int, bits: Int) {
    let count = Int(plain(UInt64(max(palette.count - 1, 0)), bits: 16)) + 1
    for index in 0..<count {
      var colour: UInt64 = 0
      for channel in 0..<channels {
        let sample = index < palette.count ? palette[index] >> UInt64(16 * channel) & 0xFFFF : 0
        colour |= plain(sample, bits: bits) << UInt64(16 * channel)
      }
      if index < palette.count { palette[index] = colour } else { palette.append(colour) }
    }
    depth = Int.bitWidth - (count - 1).leadingZeroBitCount
  }

  /// Codes a number of which nothing is known.
  private mutating func plain(_ value: UInt64, bits: Int) -> UInt64 {
    (0..<bits).reversed().reduce(0) { decoded, bit in
      decoded << 1 | (coder.code(value >> UInt64(bit) & 1 == 1, probability: 1 << 15) ? 1 : 0)
    }
  }

  /// Codes the kinds of a row of cells.
  private mutating func codeKinds(_ layer: inout GraphicsLayer, row: Int) {
    let columns = layer.cellColumns
    for column in 0..<columns {
      let index = row * columns + column
      func kind(_ rows: Int, _ columns: Int) -> UInt64 {
        let (row, column) = (row - rows, column - columns)
        guard row >= 0, (0..<layer.cellColumns).contains(column) else { return 3 }
        return UInt64(layer.kinds[row * layer.cellColumns + column].rawValue)
      }
      let (w, n, nw, ne) = (kind(0, 1), kind(1, 0), kind(1, 1), kind(1, -1))
      let (ww, nn, both) = (kind(0, 2), kind(2, 0), w | n << 2)
      var hashes = Hashes()
      hashes[0] = w
      hashes[1] = both
      hashes[2] = both | nw << 4
      hashes[3] = both | ne << 4
      hashes[4] = n | nw << 2 | ne << 4
      hashes[5] = both | nw << 4 | ne << 6
      hashes[6] = both | ww << 4 | nn << 6
      let own = layer.kinds[index]
      if !decide(own != .transformed, hashes, decision: 0, weights: 0) {
        layer.kinds[index] = .transformed
      } else {
        layer.kinds[index] =
          decide(own == .detailed, hashes, decision: 1, weights: 1) ? .detailed : .plain
      }
    }
  }

  /// Codes the colour of a sample.
  private mutating func code(
    _ colour: inout UInt16, _ candidates: Candidates, _ surroundings: Surroundings
  ) {
    var decoded: UInt16?
    for index in 0..<candidates.count {
      let isIt = decide(
        colour == candidates[index], surroundings.hashes(candidates[0]), decision: 2 + index,
        weights: candidates.weights(index))
      if isIt {
        decoded = candidates[index]
        break
      }
    }
    colour = decoded ?? codeNumber(colour, surroundings)
    follow(surroundings, with: colour)
  }

  /// Takes note of the colour of a sample.
  private func follow(_ surroundings: Surroundings, with colour: UInt16) {
    followers.base[surroundings.slot(bits: Self.followerBits)] = Int32(colour) + 1
  }

  private mutating func codeNumber(
    _ colour: UInt16, _ surroundings: Surroundings
  ) -> UInt16 {
    var node: UInt64 = 1
    for bit in (0..<depth).reversed() {
      let isOne = decide(
        colour >> UInt16(bit) & 1 == 1, surroundings.hashes(node: node), decision: 15,
        weights: Self.weightSets - 1)
      node = node << 1 | (isOne ? 1 : 0)
    }
    return UInt16(truncatingIfNeeded: node & (1 << UInt64(depth) - 1))
  }

  /// The colours that are likely, most likely first.
  private func candidates(_ surroundings: Surroundings) -> Candidates {
    let follower = followers.base[surroundings.slot(bits: Self.followerBits)]
    var candidates = Candidates(hasFollower: follower > 0)
    if follower > 0 { candidates.add(UInt16(truncatingIfNeeded: follower - 1)) }
    for colour in [
      surroundings.west, surroundings.north, surroundings.northEast, surroundings.northWest,
    ] where colour > 0 { candidates.add(UInt16(truncatingIfNeeded: colour - 1)) }
    return candidates
  }

  typealias Hashes = SIMD8<UInt64>

  @inline(__always)
  private mutating func decide(
    _ bit: Bool, _ hashes: Hashes, decision: Int, weights: Int
  ) -> Bool {
    mixer.code(
      bit, with: &coder, contexts: Self.contexts(hashes, decision: decision), weights: weights)
  }

  /// Bits that each candidate costs, and that a number does, about.
  private func costs(
    of candidates: Candidates, _ surroundings: Surroundings
  ) -> (candidates: [Float], number: Float) {
    var (costs, missed): ([Float], Float) = ([], 0)
    let hashes = surroundings.hashes(candidates.count > 0 ? candidates[0] : 0)
    for index in 0..<candidates.count {
      let probability = mixer.probability(
        contexts: Self.contexts(hashes, decision: 2 + index), weights: candidates.weights(index))
      costs.append(missed + CodeLength.bits(probability))
      missed += CodeLength.bits(65536 - probability)
    }
    return (costs, missed + Float(depth))
  }

  private static func contexts(_ hashes: Hashes, decision: Int) -> VectorMixer.Contexts {
    let kinds = Hashes(0, 1, 2, 3, 4, 5, 6, 7)
    var mixed = (hashes &+ UInt64(decision + 1) &* 0x9E37_79B9_7F4A_7C15) &* 0xBF58_476D_1CE4_E5B9
    mixed ^= mixed &>> 31
    mixed = mixed &* 0x94D0_49BB_1331_11EB
    let slots = mixed &>> UInt64(64 - contextBits) | kinds &<< UInt64(contextBits)
    var contexts = VectorMixer.Contexts(truncatingIfNeeded: slots)
    contexts[7] = 0
    return contexts
  }
}
