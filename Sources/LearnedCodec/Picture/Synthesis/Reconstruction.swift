import CKernels
import Wavelets

/// What depends on a patch row alone: the packets of the matrix, whose levels are taken back along
/// rows, further ones where there is a network and otherwise all.
extension Synthesis {
  /// The packets of dequantised latents.
  func packets(of latents: Latents) -> PacketRows {
    precondition(latents.channels == channels, "latents of other channels")
    return packets(rows: latents.patchRows, columns: latents.patchColumns) { patch, nonzeros in
      for channel in 0..<channels {
        nonzeros.append(latents.values[patch * channels + channel], channel)
      }
    }
  }

  /// The packets of the symbols of a strip, of which few are not zero.
  func packets(of strip: consuming StripDecoder) -> PacketRows {
    let (rows, columns, count) = (strip.patchRows, strip.patchColumns, strip.channels)
    let lowest = pyramid.lowest(
      zip(strip.pyramid, operatingPoint.models).map { $1.dequantize($0, step: step) },
      patchRows: rows, patchColumns: columns)
    let (low, size) = (min(lowest.planes, channels), rows * columns)
    // The lowest band may have all the channels.
    let centroids = count == 0 ? [] : operatingPoint.models[pyramid.levels].centroids
    precondition(
      count == channels - low && count * 2 <= centroids.count, "symbols of another shape")
    let inverses = masking?.inverses(of: lowest)
    return packets(rows: rows, columns: columns) { _ in
      strip.decodeNextRow()
    } append: { patch, nonzeros in
      for channel in 0..<low { nonzeros.append(lowest.samples[channel * size + patch], channel) }
      nonzeros.append(
        strip.symbols(column: patch % columns), centroids, step: step,
        factor: inverses?[patch] ?? 1, from: low)
    }
  }

  /// The packets of patches of which `append` takes together what is not zero, once `begin` was
  /// called with their row.
  private func packets(
    rows: Int, columns: Int, begin: (_ row: Int) -> Void = { _ in },
    append: (_ patch: Int, _ nonzeros: inout Nonzeros) -> Void
  ) -> PacketRows {
    let dimension = planes << (2 * (innerLevels + further))
    let part = dimension >> further
    let rowCount = columns * part
    let values = [Float](unsafeUninitializedCapacity: rows * columns * dimension) {
      values, filled in
      filled = rows * columns * dimension
      guard filled > 0 else { return }
      // A patch has `1 << further` parts of as many numbers, one in each row of smaller patches.
      Nonzeros.withNone(channels: channels) { nonzeros in
        for row in 0..<rows {
          begin(row)
          for column in 0..<columns {
            nonzeros.removeAll()
            append(row * columns + column, &nonzeros)
            kernels_reconstruct(
              nonzeros.values, nonzeros.channels, nonzeros.count, basis, dimension,
              values.baseAddress! + (row << further) * rowCount + column * part, 1 << further,
              rowCount)
          }
        }
      }
    }
    var packets = PacketRows(
      patchRows: rows << further, patchColumns: columns << further, planes: planes,
      levels: innerLevels, values: values)
    if network == nil {
      packets.synthesizeHorizontally(0..<packets.patchRows)
    } else {
      packets.synthesizeHorizontally(further: further)
    }
    return packets
  }
}

/// The latents of a patch that are not zero, and their channels.
///
/// Invariant: the pointers have room for one more than the channels of a codec, `count` is at most
/// those, and a channel is added once.
private struct Nonzeros {
  let values: UnsafeMutablePointer<Float>
  let channels: UnsafeMutablePointer<Int32>
  private(set) var count = 0

  static func withNone(channels: Int, _ body: (inout Nonzeros) -> Void) {
    withUnsafeTemporaryAllocation(of: Float.self, capacity: channels + 1) { values in
      withUnsafeTemporaryAllocation(of: Int32.self, capacity: channels + 1) { numbers in
        var none = Nonzeros(values: values.baseAddress!, channels: numbers.baseAddress!)
        body(&none)
      }
    }
  }

  private init(values: UnsafeMutablePointer<Float>, channels: UnsafeMutablePointer<Int32>) {
    (self.values, self.channels) = (values, channels)
  }

  mutating func removeAll() { count = 0 }

  @inline(__always)
  mutating func append(_ value: Float, _ channel: Int) {
    values[count] = value
    channels[count] = Int32(truncatingIfNeeded: channel)
    count &+= value != 0 ? 1 : 0
  }

  /// Appends the symbols of channels from `first` on, times a factor.
  @inline(__always)
  mutating func append(
    _ symbols: UnsafeBufferPointer<Int32>, _ centroids: [Float], step: Float, factor: Float,
    from first: Int
  ) {
    let start = count
    var channel = 0
    while channel < symbols.count {
      let end = min(channel &+ 8, symbols.count)
      // Most are zero, eight in a row.
      if end &- channel == 8, isZero(symbols.baseAddress! + channel) {
        channel = end
        continue
      }
      while channel < end {
        channels[count] = Int32(truncatingIfNeeded: channel)
        count &+= symbols[channel] != 0 ? 1 : 0
        channel &+= 1
      }
    }
    for index in start..<count {
      let channel = Int(channels[index])
      let symbol = symbols[channel]
      let isLarger = symbol.magnitude > 1
      values[index] =
        dequantized(symbol, centroid: centroids[channel &* 2 &+ (isLarger ? 1 : 0)], step: step)
        * factor
      channels[index] &+= Int32(truncatingIfNeeded: first)
    }
  }

  /// Whether eight symbols are all zero.
  @inline(__always)
  private func isZero(_ symbols: UnsafePointer<Int32>) -> Bool {
    let vector = UnsafeRawPointer(symbols).loadUnaligned(as: SIMD4<UInt64>.self)
    return (vector.x | vector.y) | (vector.z | vector.w) == 0
  }
}
