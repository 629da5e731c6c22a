import EntropyCoding

/// Decodes the symbols of a strip: those of the pyramid first, the others a row of patches at a time,
/// so that they never are all in memory. Any bytes decode to some symbols.
struct StripDecoder: ~Copyable {
  let patchRows: Int
  let patchColumns: Int
  /// Symbols of the pyramid, coarsest first.
  let pyramid: [Symbols]
  /// Other channels of a patch; 0 where the pyramid has all of them.
  let channels: Int
  private var coder: RangeDecoder
  private let symbolCoder: SymbolCoder?
  /// Shape [patchColumns, channels].
  private let row: FixedBuffer<Int32>
  private var nextRow = 0

  /// A decoder of a strip of so many patches.
  ///
  /// - Parameters:
  ///   - bytes: nil for a strip all of whose symbols are zero.
  ///   - channels: latent channels that are coded.
  init(
    _ bytes: ArraySlice<UInt8>?, of point: OperatingPoint, patchRows: Int, patchColumns: Int,
    channels: Int, pyramid: LowpassPyramid
  ) {
    (self.patchRows, self.patchColumns) = (patchRows, patchColumns)
    var coder = RangeDecoder(bytes ?? [])
    var resolutions = pyramid.grids(
      patchRows: patchRows, patchColumns: patchColumns, channels: channels
    )
    .map { Symbols(zerosOf: $0) }
    let rest = resolutions.count > pyramid.levels ? resolutions.removeLast() : nil
    if bytes != nil { coder = point.run(coder, &resolutions) }
    self.pyramid = resolutions
    self.channels = rest?.channels ?? 0
    self.coder = coder
    row = FixedBuffer(repeating: 0, count: patchColumns * self.channels)
    symbolCoder =
      bytes == nil || rest == nil
      ? nil
      : SymbolCoder(
        point.models[pyramid.levels].tables, patchRows: patchRows, patchColumns: patchColumns,
        channels: self.channels)
  }

  /// Decodes the next row of patches, from the top one on.
  mutating func decodeNextRow() {
    precondition(nextRow < patchRows, "no more rows")
    defer { nextRow += 1 }
    guard symbolCoder != nil else { return }
    row.fill(0..<row.count, with: 0)
    symbolCoder!.code(
      UnsafeMutableBufferPointer(start: row.base, count: row.count), rows: nextRow..<nextRow + 1,
      with: &coder)
  }

  /// The symbols of a patch of that row, shape [channels]; they change with the next one.
  func symbols(column: Int) -> UnsafeBufferPointer<Int32> {
    precondition(column >= 0 && column < patchColumns, "no such column")
    return UnsafeBufferPointer(start: row.base + column * channels, count: channels)
  }
}
