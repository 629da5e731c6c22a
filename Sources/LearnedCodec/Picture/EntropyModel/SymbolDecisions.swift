import EntropyCoding

/// Codes one residual as binary decisions: zero or not, the octave of its magnitude, the bits
/// below, its sign.
///
/// A decision's probability is the mean of a frozen one, by the expected magnitude, and one of its
/// channel that follows what is coded.
///
/// Invariant: the tables are those that `layout` describes, and channels, levels, signs and
/// fractions lie within its shapes, so that every index does.
struct SymbolDecisions {
  private let frozen: UnsafePointer<UInt16>
  private let adaptive: UnsafeMutablePointer<UInt16>
  private let layout: ContextLayout

  /// Decisions by tables that outlive them.
  init(
    frozen: borrowing FixedBuffer<UInt16>, adaptive: borrowing FixedBuffer<UInt16>,
    layout: ContextLayout
  ) {
    precondition(
      frozen.count == layout.frozen && adaptive.count == layout.adaptive, "tables of another shape")
    self.frozen = UnsafePointer(frozen.base)
    self.adaptive = adaptive.base
    self.layout = layout
  }

  /// Codes whether a residual is zero.
  ///
  /// - Parameters:
  ///   - left: channels behind this one before the end of the patch, at least 1: the last residual
  ///     is not zero.
  ///   - level: of the expected magnitude.
  @inline(__always)
  func codeZero<Coder: BinaryCoder>(
    _ isZero: Bool, channel: Int, left: Int, level: Int, with coder: inout Coder
  ) -> Bool {
    let ofChannel = channel &* ContextLayout.channelLevels &+ level &>> 1
    return decide(
      isZero,
      frozen: ContextLayout.zero &+ ContextLayout.leftClass(left) &* ContextLayout.levels &+ level,
      adaptive: ContextLayout.channelZero &+ ofChannel &* 2 &+ (left < 8 ? 1 : 0), with: &coder)
  }

  /// Codes a magnitude of at least 1: whether it is 1, else the position of its leading bit in
  /// unary, then the bits below it, of which only the first depends on what is expected.
  @inline(__always)
  func codeMagnitude<Coder: BinaryCoder>(
    _ magnitude: UInt32, channel: Int, level: Int, with coder: inout Coder
  ) -> UInt32 {
    let ofChannel = channel &* ContextLayout.channelLevels &+ level &>> 1
    let isMore = decide(
      magnitude > 1, frozen: ContextLayout.octave &+ level,
      adaptive: layout.channelOctave &+ ofChannel, with: &coder)
    guard isMore else { return 1 }
    var octave = 1
    while octave + 1 < ContextLayout.octaves {
      let isMore = decide(
        magnitude >> UInt32(truncatingIfNeeded: octave &+ 1) != 0,
        frozen: ContextLayout.octave &+ octave &* ContextLayout.levels &+ level,
        adaptive: layout.channelOctaves &+ channel &* ContextLayout.octaves &+ octave,
        with: &coder)
      guard isMore else { break }
      octave += 1
    }
    var decoded: UInt32 = 1
    for bit in (0..<octave).reversed() {
      let one = decide(
        magnitude >> UInt32(bit) & 1 == 1,
        frozen: bit == octave - 1
          ? ContextLayout.mantissa &+ octave &* ContextLayout.levels &+ level
          : ContextLayout.lowBits &+ octave &* ContextLayout.octaves &+ bit, with: &coder)
      decoded = decoded << 1 | (one ? 1 : 0)
    }
    return decoded
  }

  /// Codes a sign.
  ///
  /// - Parameters:
  ///   - sides: signs of the neighbours west and north, 0..<9.
  ///   - diagonals: likewise of those to the north-west and north-east.
  ///   - fraction: of the predicted mean, for channels that have one.
  @inline(__always)
  func codeSign<Coder: BinaryCoder>(
    _ isNegative: Bool, channel: Int, sides: Int, diagonals: Int, fraction: Int?,
    with coder: inout Coder
  ) -> Bool {
    let ofSides = channel &* ContextLayout.signPairs &+ sides
    let own =
      if let fraction {
        layout.predictedSign &+ ofSides &* ContextLayout.fractions &+ fraction
      } else {
        layout.channelSign &+ ofSides
      }
    return decide(
      isNegative, frozen: ContextLayout.sign &+ ofSides &* ContextLayout.signPairs &+ diagonals,
      adaptive: own, with: &coder)
  }

  /// Codes a decision that the frozen probabilities know alone.
  @inline(__always)
  private func decide<Coder: BinaryCoder>(
    _ bit: Bool, frozen context: Int, with coder: inout Coder
  ) -> Bool {
    coder.begin(frozen: context, adaptive: nil)
    return coder.code(bit, probability: UInt32(frozen[context]))
  }

  /// Codes a decision by the mean of its two probabilities, and lets the second one follow it.
  @inline(__always)
  private func decide<Coder: BinaryCoder>(
    _ bit: Bool, frozen first: Int, adaptive second: Int, with coder: inout Coder
  ) -> Bool {
    coder.begin(frozen: first, adaptive: second)
    let moving = UInt32(adaptive[second])
    // The frozen one is at least `EntropyTables.leastProbability`, and as far from 1.
    let result = coder.code(bit, probability: (UInt32(frozen[first]) &+ moving) &>> 1)
    adaptive[second] = follow(moving, result, shift: EntropyTables.adaptationShift)
    return result
  }
}

/// A probability in units of 2^-16 after a decision, 2^-shift of the way to it.
@inline(__always)
func follow(_ probability: UInt32, _ decision: Bool, shift: Int32) -> UInt16 {
  let difference = (decision ? 65535 : 0) &- Int32(bitPattern: probability)
  return UInt16(truncatingIfNeeded: Int32(bitPattern: probability) &+ difference &>> shift)
}
