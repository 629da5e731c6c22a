import Networks
import Wavelets

extension SynthesisNetwork {
  /// Adds the difference to some patch rows of the linear synthesis.
  ///
  /// What they depend on are the patches up to `shape.blocks` away. The layers are those of the
  /// graph that training differentiates. Runs a few rows at a time, so that what lies between the
  /// layers of a block stays in the cache.
  /// - Parameters:
  ///   - packets: of the linear synthesis, `shape.levels` levels.
  ///   - quality: the quality of the codec that it came from.
  ///   - step: the quantiser step at it.
  ///   - rows: the patch rows wanted.
  package func correct(
    _ packets: inout PacketRows, quality: Quality, step: Float, rows: Range<Int>
  ) {
    precondition(
      packets.planes == planes && packets.levels == shape.levels
        && rows.lowerBound >= 0 && rows.upperBound <= packets.patchRows, "packets of another shape")
    let (columns, width) = (packets.patchColumns, shape.width)
    let layers = FoldedLayers(self, quality: quality, step: step)
    let rowsAtOnce = max(1, 512 / max(columns, 1))
    /// The patch rows within `distance` of those wanted, a few at a time.
    func parts(within distance: Int) -> [Range<Int>] {
      let first = max(rows.lowerBound - distance, 0)
      let last = min(rows.upperBound + distance, packets.patchRows)
      return stride(from: first, to: last, by: rowsAtOnce).map { $0..<min($0 + rowsAtOnce, last) }
    }
    func patches(_ rows: Range<Int>) -> Range<Int> {
      rows.lowerBound * columns..<rows.upperBound * columns
    }

    var values = rowsOf(layers.inputBias, count: packets.patchRows * columns)
    for part in parts(within: shape.blocks) {
      multiply(
        packets.values, rows: patches(part), byTransposed: layers.input,
        addedTo: &values, rows: patches(part))
    }
    var spread = [Float](repeating: 0, count: rowsAtOnce * columns * width)
    var nextSpread = spread
    var expanded = [Float](repeating: 0, count: rowsAtOnce * columns * shape.hidden)
    for (index, block) in layers.blocks.enumerated() {
      let parts = parts(within: shape.blocks - 1 - index)
      func convolve(_ part: Range<Int>, into result: inout [Float]) {
        depthwise(
          values, kernel: block.kernel, offset: block.offset, gridColumns: columns, rows: part,
          into: &result)
      }
      if let first = parts.first { convolve(first, into: &spread) }
      for (part, next) in zip(parts, parts.dropFirst().map { $0 } + [nil]) {
        // Before this part changes, as the next one sees its last row.
        if let next { convolve(next, into: &nextSpread) }
        let own = 0..<part.count * columns
        multiply(spread, rows: own, byTransposed: block.expand, into: &expanded, rows: own)
        applyHardSwish(to: &expanded)
        multiply(
          expanded, rows: own, byTransposed: block.reduce, addedTo: &values, rows: patches(part))
        swap(&spread, &nextSpread)
      }
    }
    for part in parts(within: 0) {
      multiply(
        values, rows: patches(part), byTransposed: layers.output, addedTo: &packets.values,
        rows: patches(part))
    }
  }

  /// The weights at one quality, with the gains and units beside them multiplied in, for bands in
  /// the order and scale of `PacketRows`.
  private struct FoldedLayers {
    struct Block {
      /// Shape [9, width].
      let kernel: [Float]
      /// Shape [width].
      let offset: [Float]
      let expand: Matrix
      let reduce: Matrix
    }

    let input: Matrix
    /// Shape [width].
    let inputBias: [Float]
    let blocks: [Block]
    let output: Matrix

    init(_ network: SynthesisNetwork, quality: Quality, step: Float) {
      let (shape, parameters) = (network.shape, network.parameters)
      let (width, dimension) = (shape.width, network.dimension)
      let order = BandOrder(planes: network.planes, levels: shape.levels)
      let mixture = network.mixture(of: quality)
      func atQuality(_ name: String) -> [Float] {
        multiply(
          mixture.values, by: parameters[name], rows: 1, inner: shape.qualityNodes, columns: width)
      }
      /// Each row of a matrix, whose columns are multiplied with `gains`.
      func scaled(_ name: String, by gains: [Float]) -> [Float] {
        let matrix = parameters[name]
        return matrix.indices.map { matrix[$0] * gains[$0 % gains.count] }
      }
      let bands = scaled("input.weight", by: network.inputScales(step: step))
      input = Matrix(
        values: (0..<width).flatMap { row in
          zip(order.bands, order.scales).map { bands[row * dimension + $0] * $1 }
        }, rows: width, columns: dimension)
      inputBias = parameters["input.bias"]
      blocks = (0..<shape.blocks).map { index in
        let name = "blocks.\(index)."
        return Block(
          kernel: scaled(name + "kernel", by: atQuality(name + "gain")),
          offset: atQuality(name + "offset"),
          expand: Matrix(
            values: parameters[name + "expand"], rows: shape.hidden, columns: width),
          reduce: Matrix(
            values: parameters[name + "reduce"], rows: width, columns: shape.hidden))
      }
      let changes = scaled("output.weight", by: atQuality("output.gain").map { $0 * step })
      output = Matrix(
        values: zip(order.bands, order.scales).flatMap { band, scale in
          changes[band * width..<(band + 1) * width].map { $0 / scale }
        }, rows: dimension, columns: width)
    }
  }
}

/// A matrix whose rows are all alike.
private func rowsOf(_ row: [Float], count: Int) -> [Float] {
  [Float](unsafeUninitializedCapacity: row.count * count) { values, initialized in
    for start in stride(from: 0, to: row.count * count, by: max(row.count, 1)) {
      for column in row.indices { values[start + column] = row[column] }
    }
    initialized = row.count * count
  }
}
