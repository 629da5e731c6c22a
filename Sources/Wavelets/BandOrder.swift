extension Subbands {
  /// The bands, scaled and gathered into patches, in the memory of the packets.
  package init(_ packets: consuming PacketRows) {
    let (rows, columns) = (packets.patchRows, packets.patchColumns)
    let (planes, levels) = (packets.planes, packets.levels)
    let order = BandOrder(planes: planes, levels: levels)
    var coefficients = (consume packets).values
    coefficients.forEachPatch(of: order.bands.count) { patch, old in
      for (index, band) in order.bands.enumerated() {
        patch[band] = old[index] * order.scales[index]
      }
    }
    self.init(
      patchRows: rows, patchColumns: columns, planes: planes, levels: levels,
      coefficients: coefficients)
  }
}

extension PacketRows {
  /// The inverse of `Subbands.init`.
  package init(_ bands: Subbands) {
    let order = BandOrder(planes: bands.planes, levels: bands.levels)
    let inverse = order.scales.map { 1 / $0 }
    var values = bands.coefficients
    values.forEachPatch(of: order.bands.count) { patch, old in
      for (index, band) in order.bands.enumerated() { patch[index] = old[band] * inverse[index] }
    }
    self.init(
      patchRows: bands.patchRows, patchColumns: bands.patchColumns, planes: bands.planes,
      levels: bands.levels, values: values)
  }
}

extension [Float] {
  /// Gives each patch of `dimension` numbers to `body`, to be changed, and a copy of it.
  fileprivate mutating func forEachPatch(
    of dimension: Int,
    _ body: (_ patch: UnsafeMutableBufferPointer<Float>, _ old: UnsafeMutableBufferPointer<Float>)
      -> Void
  ) {
    guard dimension > 0 else { return }
    withUnsafeMutableBufferPointer { values in
      withUnsafeTemporaryAllocation(of: Float.self, capacity: dimension) { old in
        for start in stride(from: 0, to: values.count, by: dimension) {
          let patch = values.extracting(start..<start + dimension)
          _ = old.update(fromContentsOf: patch)
          body(patch, old)
        }
      }
    }
  }
}

/// How the numbers of a patch of `PacketRows` become those of one of `Subbands`.
package struct BandOrder: Sendable {
  /// The place within `Subbands` of each number. Shape [horizontal band, planes, vertical band].
  package let bands: [Int]
  /// What it is multiplied with on its way there, likewise.
  package let scales: [Float]

  /// Of patches of so many planes and levels.
  package init(planes: Int, levels: Int) {
    let side = 1 << levels
    let one = (0..<side).map { packetScale(band: $0, levels: levels) }
    var (bands, scales): ([Int], [Float]) = ([], [])
    for horizontal in 0..<side {
      for plane in 0..<planes {
        for vertical in 0..<side {
          bands.append((plane * side + horizontal) * side + vertical)
          scales.append(one[horizontal] * one[vertical])
        }
      }
    }
    (self.bands, self.scales) = (bands, scales)
  }
}
