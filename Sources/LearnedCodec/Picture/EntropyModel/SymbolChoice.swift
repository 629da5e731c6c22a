import Foundation

/// The encoder's choice of symbols: a dead zone that is wider where a symbol costs more bits. The
/// bitstream does not know.
///
/// A magnitude m of at least 1 is lowered by one when the latent lies less than
/// 1/2 + `deadZone` + `rateWeight` * bits / 2 above m - 1. The first and the last term compare the
/// growth of the squared error with the bits saved: what a symbol of magnitude 1 costs more than
/// a zero follows from the frozen probabilities at its expected magnitude, and each further step
/// counts as two. `deadZone` stands for what they leave out: a zero also makes the symbols around
/// it cheaper. Then the last symbol of a patch becomes a zero where it costs more than it is worth
/// together with the flags before it, which the end of the patch saves.
struct SymbolChoice: ~Copyable {
  private let prediction: MagnitudePrediction
  private let recorder: MagnitudePrediction.Recorder
  private let channels: Int
  /// Channels whose mean is predicted; they are rounded to the nearest.
  private let plain: Int
  /// Fraction of a step above which a magnitude of 1 is kept: shape [8, levels], by how much of
  /// the patch is left and by the expected magnitude.
  private let thresholds: [Float]
  /// Bits of the flags of a zero and of a symbol that is not, for the same indices.
  private let flagBits: [(zero: Float, nonzero: Float)]
  /// Bits of a sign and of the magnitude 1, shape [levels].
  private let oneBits: [Float]
  /// Squared steps that a bit is worth, and that a zero is beyond its bits.
  private let rateWeight: Float
  private let zeroWorth: Float
  /// Fraction above which larger magnitudes are kept.
  private let largerThreshold: Float
  /// Whether the threshold of magnitudes of 1 follows the entropy model, and is not that of
  /// larger ones.
  private let isModelled: Bool

  init(
    _ tables: EntropyTables, patchColumns: Int, channels: Int, deadZone: Float, rateWeight: Float,
    isModelled: Bool = true
  ) {
    self.isModelled = isModelled
    prediction = MagnitudePrediction(tables, patchColumns: patchColumns, channels: channels)
    recorder = prediction.recorder
    self.channels = channels
    plain = tables.predicted
    largerThreshold = 0.5 + deadZone + rateWeight
    let levels = ContextLayout.levels
    func share(_ context: Int) -> Float {
      min(max(Float(tables.frozen[context]) / 65536, 0.001), 0.999)
    }
    self.rateWeight = rateWeight
    zeroWorth = 2 * deadZone
    let oneBits = (0..<levels).map { 1 - log2(1 - share(ContextLayout.octave + $0)) }
    self.oneBits = oneBits
    let flagBits = (0..<8 * levels).map { index in
      let zero = share(ContextLayout.zero + index)
      return (zero: -log2(zero), nonzero: -log2(1 - zero))
    }
    self.flagBits = flagBits
    thresholds = (0..<8 * levels).map { index in
      let bits = flagBits[index].nonzero - flagBits[index].zero + oneBits[index % levels]
      // x^2 - (1 - x)^2 = 2 x - 1 < rateWeight * bits at the threshold x without a dead zone.
      return min(max(0.5 + deadZone + rateWeight * bits / 2, 0.5), 1.5)
    }
  }

  /// Rounds latents, multiplied with `scale`, to symbols. Shape [patchRows, patchColumns,
  /// channels].
  func choose(
    _ latents: UnsafeBufferPointer<Float>, scale: Float, patchRows: Int, patchColumns: Int,
    into symbols: UnsafeMutableBufferPointer<Int32>
  ) {
    let count = patchRows * patchColumns * channels
    precondition(latents.count == count && symbols.count == count, "symbols of another shape")
    for row in 0..<patchRows {
      for column in 0..<patchColumns {
        let first = (row * patchColumns + column) * channels
        choosePatch(
          latents.extracting(first..<first + channels), scale,
          Neighbours(row: row, column: column, columns: patchColumns),
          into: symbols.extracting(first..<first + channels))
      }
    }
  }

  private func choosePatch(
    _ latents: UnsafeBufferPointer<Float>, _ scale: Float, _ neighbours: Neighbours,
    into symbols: UnsafeMutableBufferPointer<Int32>
  ) {
    Self.round(latents, scale, into: symbols)
    guard isModelled else {
      for channel in min(plain, channels)..<channels where symbols[channel] != 0 {
        let fraction =
          (latents[channel] * scale).magnitude - Float(symbols[channel].magnitude - 1)
        if fraction < largerThreshold { symbols[channel] -= symbols[channel].signum() }
      }
      return
    }
    let end = endOfNonzeros(symbols, from: 0)
    let here = recorder.start(of: neighbours.here)
    prediction.start(neighbours, end: end)
    for channel in 0..<end where symbols[channel] != 0 {
      var magnitude = symbols[channel].magnitude
      if channel >= plain {
        let fraction = (latents[channel] * scale).magnitude - Float(magnitude - 1)
        let threshold =
          magnitude > 1
          ? largerThreshold
          : thresholds[flagIndex(channel, end: end)]
        if fraction < threshold {
          magnitude -= 1
          symbols[channel] -= symbols[channel].signum()
        }
      }
      if magnitude > 0 {
        recorder.record(magnitude, channel: channel, here: here, end: end)
      }
    }
    guard let last = uselessLast(of: latents, scale, symbols, end: end) else { return }
    symbols[last] = 0
    prediction.start(neighbours, end: last)
    for channel in 0..<last where symbols[channel] != 0 {
      recorder.record(symbols[channel].magnitude, channel: channel, here: here, end: last)
    }
  }

  /// The channel of the last symbol of a patch, if a zero there costs less in error than it saves.
  private func uselessLast(
    of latents: UnsafeBufferPointer<Float>, _ scale: Float,
    _ symbols: UnsafeMutableBufferPointer<Int32>, end: Int
  ) -> Int? {
    let last = endOfNonzeros(symbols, from: plain) - 1
    guard last >= plain, symbols[last].magnitude == 1 else { return nil }
    let magnitude = (latents[last] * scale).magnitude
    // No symbol is lowered twice.
    guard magnitude < 1.5 else { return nil }
    var bits = oneBits[ContextLayout.magnitudeLevel(recorder.expected(last))]
    var channel = last - 1
    while channel >= plain, symbols[channel] == 0 {
      bits += flagBits[flagIndex(channel, end: end)].zero
      channel -= 1
    }
    // The one before is the last then, and needs no flag.
    if channel >= plain { bits += flagBits[flagIndex(channel, end: end)].nonzero }
    return 2 * magnitude - 1 < rateWeight * bits + zeroWorth ? last : nil
  }

  /// The index of what is known about the flag of a channel: how much of the patch is left before
  /// its end, and the expected magnitude.
  @inline(__always)
  private func flagIndex(_ channel: Int, end: Int) -> Int {
    ContextLayout.leftClass(end - channel - 1) * ContextLayout.levels
      + ContextLayout.magnitudeLevel(recorder.expected(channel))
  }

  /// Rounds to the nearest symbol of at most `EntropyTables.largestSymbol`.
  private static func round(
    _ latents: UnsafeBufferPointer<Float>, _ scale: Float,
    into symbols: UnsafeMutableBufferPointer<Int32>
  ) {
    let largest = Float(EntropyTables.largestSymbol)
    for index in 0..<min(latents.count, symbols.count) {
      let value = latents[index] * scale
      // In this order a value that is no number becomes the largest.
      let magnitude = value.magnitude
      let bounded = magnitude < largest ? magnitude : largest
      // Adding 2^23 rounds to an integer, which stands in the low bits of the sum.
      let symbol = Int32(bitPattern: (bounded + 0x1p23).bitPattern & 0x7F_FFFF)
      // All ones for a negative value: its complement less that is the negative symbol.
      let sign = Int32(bitPattern: value.bitPattern) >> 31
      symbols[index] = (symbol ^ sign) &- sign
    }
  }
}
