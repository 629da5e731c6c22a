import EntropyCoding

/// Codes the symbols of a strip, patch by patch from the top left, with any binary coder: the
/// encoder, the decoder and the model's own entropy are this one piece of code.
///
/// For each patch: the predicted means of the first channels, the end of the patch (one more than
/// its last channel that differs from its mean), then every channel before the end: whether it
/// is zero, its magnitude, its sign. What is expected of a magnitude is a weighted sum of the
/// magnitudes around it, and selects the frozen probability of each decision, see
/// `EntropyTables`. Integers only.
struct SymbolCoder: ~Copyable {
  private let ends: EndCoder
  private let prediction: MeanPrediction
  private let magnitudes: MagnitudePrediction
  private let frozen: FixedBuffer<UInt16>
  private let adaptive: FixedBuffer<UInt16>
  private let layout: ContextLayout
  private let patchRows: Int
  private let patchColumns: Int
  /// Channels coded, at most those of the tables.
  private let channels: Int

  /// Residual signs of this row of patches and two above, -1, 0 or 1: shape
  /// [3, patchColumns, channels], rows in turn.
  private let signs: FixedBuffer<Int8>

  init(_ tables: EntropyTables, patchRows: Int, patchColumns: Int, channels: Int) {
    precondition(channels <= tables.channels, "more channels than the tables know")
    ends = EndCoder(
      tables.ends, layout: EndCoder.Layout(channels: tables.channels), patchColumns: patchColumns,
      channels: channels)
    prediction = MeanPrediction(tables, channels: channels)
    magnitudes = MagnitudePrediction(tables, patchColumns: patchColumns, channels: channels)
    frozen = FixedBuffer(tables.frozen)
    adaptive = FixedBuffer(tables.adaptive)
    layout = ContextLayout(channels: tables.channels, predicted: tables.predicted)
    self.patchRows = patchRows
    self.patchColumns = patchColumns
    self.channels = channels
    signs = FixedBuffer(repeating: 0, count: 3 * patchColumns * channels)
  }

  /// What the coder of ends has learned.
  var learnedEnds: [AdaptiveBit] { ends.states.array }

  /// Codes all patches. `symbols` has shape [patchRows, patchColumns, channels]; a decoder fills
  /// it, an encoder leaves it as it is.
  func code<Coder: BinaryCoder>(_ symbols: inout [Int32], with coder: inout Coder) {
    precondition(symbols.count == patchRows * patchColumns * channels, "symbols of another shape")
    let decisions = SymbolDecisions(frozen: frozen, adaptive: adaptive, layout: layout)
    coder = symbols.withUnsafeMutableBufferPointer { [coder] symbols in
      // A variable of this function alone, which the processor's registers can hold.
      var coder = coder
      for row in 0..<patchRows {
        for column in 0..<patchColumns {
          codePatch(row: row, column: column, all: symbols, decisions, with: &coder)
        }
      }
      return coder
    }
  }

  @inline(__always)
  private func codePatch<Coder: BinaryCoder>(
    row: Int, column: Int, all symbols: UnsafeMutableBufferPointer<Int32>,
    _ decisions: SymbolDecisions, with coder: inout Coder
  ) {
    let neighbours = Neighbours(row: row, column: column, columns: patchColumns)
    prediction.predict(neighbours, symbols: symbols, columns: patchColumns, channels: channels)
    let first = (row * patchColumns + column) * channels
    let patch = symbols.extracting(first..<first + channels)

    coder.begin(part: 0)
    let end = ends.code(
      Coder.isDecoder ? 0 : end(of: patch), row: row, column: column, with: &coder)

    let here = magnitudes.offset(of: (row, column))
    let offsets = magnitudes.start(neighbours, here: here, end: end)
    signs.fill(here..<here + channels, with: 0)
    /// Codes the residual of a channel and takes note of it, if it is not zero.
    @inline(__always)
    func codeResidual(_ value: Int32, channel: Int, isPredicted: Bool) -> Int32 {
      coder.begin(part: channel + 1)
      // Channels before the end lie within the patch's part of every buffer.
      let level = ContextLayout.magnitudeLevel(magnitudes.expected.base[channel])
      let left = end &- channel &- 1
      if left > 0,
        decisions.codeZero(value == 0, channel: channel, left: left, level: level, with: &coder)
      {
        return 0
      }
      let magnitude = decisions.codeMagnitude(
        value.magnitude, channel: channel, level: level, with: &coder)
      let around = signs.base + channel
      let isNegative = decisions.codeSign(
        value < 0, channel: channel,
        sides: Int(around[offsets.west]) &* 3 &+ Int(around[offsets.north]) &+ 4,
        diagonals: Int(around[offsets.northWest]) &* 3 &+ Int(around[offsets.northEast]) &+ 4,
        fraction: isPredicted ? prediction.fraction(channel) : nil, with: &coder)
      signs.base[here &+ channel] = isNegative ? -1 : 1
      magnitudes.record(magnitude, channel: channel, here: here, end: end)
      return isNegative ? 0 &- Int32(bitPattern: magnitude) : Int32(bitPattern: magnitude)
    }
    let predicted = prediction.count
    for channel in 0..<min(predicted, end) {
      let mean = prediction.mean(channel)
      patch[channel] =
        codeResidual(patch[channel] &- mean, channel: channel, isPredicted: true)
        &+ mean
    }
    // The symbols beyond, and those that are zero, are zero already: an encoder's by the choice of
    // the end, a decoder's from the start.
    for channel in end..<max(end, predicted) { patch[channel] = prediction.mean(channel) }
    guard end > predicted, let symbol = patch.baseAddress else { return }
    for channel in predicted..<end {
      let residual = codeResidual(symbol[channel], channel: channel, isPredicted: false)
      if residual != 0 { symbol[channel] = residual }
    }
  }

  /// One more than the last channel of a patch that differs from its mean.
  private func end(of patch: UnsafeMutableBufferPointer<Int32>) -> Int {
    var end = endOfNonzeros(patch, from: prediction.count)
    if end == prediction.count {
      while end > 0, patch[end - 1] == prediction.mean(end - 1) { end -= 1 }
    }
    return end
  }
}
