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

  init(_ tables: EntropyTables, patchRows: Int, patchColumns: Int, channels: Int) {
    precondition(channels <= tables.channels, "more channels than the tables know")
    ends = EndCoder(
      tables.ends, layout: EndCoder.Layout(channels: tables.channels), patchColumns: patchColumns,
      channels: channels)
    prediction = MeanPrediction(tables, patchColumns: patchColumns, channels: channels)
    magnitudes = MagnitudePrediction(tables, patchColumns: patchColumns, channels: channels)
    frozen = FixedBuffer(tables.frozen)
    adaptive = FixedBuffer(tables.adaptive)
    layout = ContextLayout(channels: tables.channels, predicted: tables.predicted)
    self.patchRows = patchRows
    self.patchColumns = patchColumns
    self.channels = channels
  }

  /// What the coder of ends has learned.
  var learnedEnds: [AdaptiveBit] { ends.states.array }

  /// Codes all patches. `symbols` has shape [patchRows, patchColumns, channels]; a decoder fills
  /// it, an encoder leaves it as it is.
  func code<Coder: BinaryCoder>(_ symbols: inout [Int32], with coder: inout Coder) {
    precondition(symbols.count == patchRows * patchColumns * channels, "symbols of another shape")
    let residuals = ResidualCoder(
      decisions: SymbolDecisions(frozen: frozen, adaptive: adaptive, layout: layout),
      magnitudes: magnitudes.recorder)
    let ends = ends.pointers
    coder = symbols.withUnsafeMutableBufferPointer { [coder] symbols in
      // A variable of this function alone, which the processor's registers can hold.
      var coder = coder
      for row in 0..<patchRows {
        let rows = (prediction.rows(around: row), magnitudes.rows(around: row))
        for column in 0..<patchColumns {
          codePatch(row: row, column: column, rows, all: symbols, ends, residuals, with: &coder)
        }
      }
      return coder
    }
  }

  @inline(__always)
  private func codePatch<Coder: BinaryCoder>(
    row: Int, column: Int, _ rows: (means: RowsInTurn, magnitudes: RowsInTurn),
    all symbols: UnsafeMutableBufferPointer<Int32>, _ ends: EndCoder.Pointers,
    _ residuals: ResidualCoder, with coder: inout Coder
  ) {
    let neighbours = Neighbours(row: row, column: column, columns: patchColumns)
    prediction.predict(neighbours, rows: rows.means)
    let first = (row &* patchColumns &+ column) &* channels
    let patch = symbols.extracting(first..<first &+ channels)

    coder.begin(part: 0)
    let end = ends.code(
      Coder.isDecoder ? 0 : end(of: patch), row: row, column: column, with: &coder)

    let here = rows.magnitudes.offset(of: (0, column))
    let place = ResidualCoder.Place(
      here: here,
      around: magnitudes.start(neighbours, rows: rows.magnitudes, here: here, end: end), end: end)
    let predicted = prediction.count
    for channel in 0..<min(predicted, end) {
      let mean = prediction.mean(channel)
      patch[channel] =
        residuals.code(
          patch[channel] &- mean, channel, fraction: prediction.fraction(channel), place,
          with: &coder) &+ mean
    }
    // The symbols beyond, and those that are zero, are zero already: an encoder's by the choice of
    // the end, a decoder's from the start.
    for channel in end..<max(end, predicted) { patch[channel] = prediction.mean(channel) }
    prediction.record(patch, at: rows.means.offset(of: (0, column)))
    guard end > predicted, let symbol = patch.baseAddress else { return }
    for channel in predicted..<end {
      let residual = residuals.code(symbol[channel], channel, fraction: nil, place, with: &coder)
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

/// Codes the residuals of a patch.
///
/// Invariant: what it points to is of a coder that outlives it.
private struct ResidualCoder {
  let decisions: SymbolDecisions
  let magnitudes: MagnitudePrediction.Recorder

  /// Where a patch and its neighbours lie, and its end.
  struct Place {
    let here: Int
    let around: MagnitudePrediction.Offsets
    let end: Int
  }

  /// Codes the residual of a channel, whose mean has a `fraction` where it is predicted, and takes
  /// note of it if it is not zero.
  @inline(__always)
  func code<Coder: BinaryCoder>(
    _ value: Int32, _ channel: Int, fraction: Int?, _ place: Place, with coder: inout Coder
  ) -> Int32 {
    // Taken over, as the processor's registers hold only what no one else may write to.
    var local = consume coder
    defer { coder = local }
    local.begin(part: channel &+ 1)
    // Channels before the end lie within the patch's part of every buffer.
    let level = ContextLayout.magnitudeLevel(magnitudes.expected(channel))
    let left = place.end &- channel &- 1
    if left > 0,
      decisions.codeZero(value == 0, channel: channel, left: left, level: level, with: &local)
    {
      return 0
    }
    let magnitude = decisions.codeMagnitude(
      value.magnitude, channel: channel, level: level, with: &local)
    let around = magnitudes.signs + channel
    let isNegative = decisions.codeSign(
      value < 0, channel: channel,
      sides: Int(around[place.around.west]) &* 3 &+ Int(around[place.around.north]) &+ 4,
      diagonals: Int(around[place.around.northWest]) &* 3
        &+ Int(around[place.around.northEast]) &+ 4,
      fraction: fraction, with: &local)
    // All ones or zero: no branch on what cannot be foretold.
    let mask: Int32 = isNegative ? -1 : 0
    magnitudes.signs[place.here &+ channel] = Int8(truncatingIfNeeded: mask | 1)
    magnitudes.record(magnitude, channel: channel, here: place.here, end: place.end)
    return (Int32(bitPattern: magnitude) ^ mask) &- mask
  }
}
