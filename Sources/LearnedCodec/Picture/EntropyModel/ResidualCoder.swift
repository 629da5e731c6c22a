import EntropyCoding

/// Codes what is left of the symbols of a patch when their predicted means are taken off.
///
/// Invariant: what it points to is of a coder that outlives it.
struct ResidualCoder {
  let decisions: SymbolDecisions
  let magnitudes: MagnitudePrediction.Recorder

  /// Signs of the channels of a patch and of its neighbours.
  private struct Signs {
    let own: UnsafeMutablePointer<Int8>
    let west: UnsafePointer<Int8>
    let north: UnsafePointer<Int8>
    let northWest: UnsafePointer<Int8>
    let northEast: UnsafePointer<Int8>
  }

  /// Codes the channels of a patch before its `end`, and takes note of residuals that are not zero.
  ///
  /// Not inlined: of its own, it has the registers for itself.
  @inline(never)
  func code<Coder: BinaryCoder>(
    _ patch: UnsafeMutableBufferPointer<Int32>, means: MeanPrediction.Means,
    _ neighbours: Neighbours, end: Int, with coder: inout Coder
  ) {
    // Taken over, as the processor's registers hold only what no one else may write to.
    var local = consume coder
    defer { coder = local }
    precondition(end <= patch.count, "an end beyond the patch")
    guard let symbols = patch.baseAddress else { return }
    func signs(_ patch: Int) -> UnsafeMutablePointer<Int8> {
      magnitudes.signs + magnitudes.start(of: patch)
    }
    let around = Signs(
      own: signs(neighbours.here), west: signs(neighbours.west), north: signs(neighbours.north),
      northWest: signs(neighbours.northWest), northEast: signs(neighbours.northEast))
    let here = magnitudes.start(of: neighbours.here)
    for channel in 0..<end {
      let isPredicted = channel < means.count
      let mean = isPredicted ? means.mean(channel) : 0
      let residual = code(
        symbols[channel] &- mean, channel, fraction: isPredicted ? means.fraction(channel) : nil,
        around, here: here, end: end, with: &local)
      symbols[channel] = residual &+ mean
    }
  }

  /// Codes the residual of a channel, whose mean has a `fraction` where it is predicted.
  @inline(__always)
  private func code<Coder: BinaryCoder>(
    _ value: Int32, _ channel: Int, fraction: Int?, _ signs: Signs, here: Int, end: Int,
    with coder: inout Coder
  ) -> Int32 {
    coder.begin(part: channel &+ 1)
    // Channels before the end lie within the patch's part of every buffer.
    let level = ContextLayout.magnitudeLevel(magnitudes.expected(channel))
    let left = end &- channel &- 1
    if left > 0,
      decisions.codeZero(value == 0, channel: channel, left: left, level: level, with: &coder)
    {
      return 0
    }
    let magnitude = decisions.codeMagnitude(
      value.magnitude, channel: channel, level: level, with: &coder)
    let isNegative = decisions.codeSign(
      value < 0, channel: channel,
      sides: Int(signs.west[channel]) &* 3 &+ Int(signs.north[channel]) &+ 4,
      diagonals: Int(signs.northWest[channel]) &* 3 &+ Int(signs.northEast[channel]) &+ 4,
      fraction: fraction, with: &coder)
    // All ones or zero: no branch on what cannot be foretold.
    let mask: Int32 = isNegative ? -1 : 0
    signs.own[channel] = Int8(truncatingIfNeeded: mask | 1)
    magnitudes.record(magnitude, channel: channel, here: here, end: end)
    return (Int32(bitPattern: magnitude) ^ mask) &- mask
  }
}
