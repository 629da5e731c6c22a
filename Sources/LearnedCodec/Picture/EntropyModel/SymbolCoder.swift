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
    layout = ContextLayout(channels: tables.channels, predicted: tables.predicted)
    ends = EndCoder(layout: layout.endLayout, patchColumns: patchColumns, channels: channels)
    prediction = MeanPrediction(tables, patchColumns: patchColumns, channels: channels)
    magnitudes = MagnitudePrediction(tables, patchColumns: patchColumns, channels: channels)
    frozen = FixedBuffer(tables.frozen)
    adaptive = FixedBuffer(tables.adaptive)
    self.patchRows = patchRows
    self.patchColumns = patchColumns
    self.channels = channels
  }

  /// Codes rows of patches, from the top one on. `symbols` has shape [rows, patchColumns, channels];
  /// a decoder fills it, where it is zero, an encoder leaves it as it is.
  func code<Coder: BinaryCoder>(
    _ symbols: UnsafeMutableBufferPointer<Int32>, rows: Range<Int>, with coder: inout Coder
  ) {
    precondition(
      rows.lowerBound >= 0 && rows.upperBound <= patchRows
        && symbols.count == rows.count * patchColumns * channels, "symbols of another shape")
    let residuals = ResidualCoder(
      decisions: SymbolDecisions(frozen: frozen, adaptive: adaptive, layout: layout),
      magnitudes: magnitudes.recorder)
    let ends = ends.pointers(adaptive: adaptive, from: layout.ends)
    // A variable of this function alone, which the processor's registers can hold.
    var local = coder
    var first = 0
    for row in rows {
      for column in 0..<patchColumns {
        codePatch(
          symbols.extracting(first..<first &+ channels), row: row, column: column, ends, residuals,
          with: &local)
        first &+= channels
      }
    }
    coder = local
  }

  @inline(__always)
  private func codePatch<Coder: BinaryCoder>(
    _ patch: UnsafeMutableBufferPointer<Int32>, row: Int, column: Int,
    _ ends: EndCoder.Pointers, _ residuals: ResidualCoder, with coder: inout Coder
  ) {
    let neighbours = Neighbours(row: row, column: column, columns: patchColumns)
    prediction.predict(neighbours)

    coder.begin(part: 0)
    let end = ends.code(
      Coder.isDecoder ? 0 : end(of: patch), row: row, column: column, with: &coder)

    magnitudes.start(neighbours, end: end)
    residuals.code(patch, means: prediction.means, neighbours, end: end, with: &coder)
    // The symbols beyond, and those that are zero, are zero already: an encoder's by the choice of
    // the end, a decoder's from the start.
    for channel in end..<max(end, prediction.count) { patch[channel] = prediction.mean(channel) }
    prediction.record(patch, of: neighbours.here)
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
