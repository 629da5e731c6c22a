import CKernels
import Signals

/// The wavelet packet bands of a picture as lifting leaves them and where it left them: what lies
/// between the samples of a picture and its `Subbands`.
///
/// A band must still be multiplied with the `packetScale` of both its directions.
package struct PacketRows: Sendable {
  /// Patches from top to bottom.
  package let patchRows: Int
  /// Patches from left to right.
  package let patchColumns: Int
  /// Planes of the picture.
  package let planes: Int
  /// Levels of the packet tree; a patch has side 2^levels.
  package let levels: Int
  /// Shape [patchRows, patchColumns, horizontal band, planes, vertical band].
  package var values: [Float]

  /// Bands from their numbers, whose count must fill the shape.
  package init(patchRows: Int, patchColumns: Int, planes: Int, levels: Int, values: [Float]) {
    precondition(
      values.count == patchRows * patchColumns * planes << (2 * levels),
      "values do not fill the shape")
    self.patchRows = patchRows
    self.patchColumns = patchColumns
    self.planes = planes
    self.levels = levels
    self.values = values
  }

  /// Numbers in a patch.
  package var dimension: Int { planes << (2 * levels) }

  private var side: Int { 1 << levels }
  /// Numbers in a patch row.
  private var rowCount: Int { patchColumns * dimension }

  /// Takes back further levels, in which each band was split across patches: patch `i` of a row or
  /// a column holds the further band `i mod 2^further`.
  package mutating func synthesize(further: Int) {
    guard further > 0, !values.isEmpty else { return }
    let (rows, columns, dimension, rowCount) = (patchRows, patchColumns, dimension, rowCount)
    values.withUnsafeMutableBufferPointer { values in
      let base = values.baseAddress!
      for row in 0..<rows {
        Line(base: base + row * rowCount, count: columns, pitch: dimension, width: dimension)
          .synthesize(levels: further)
      }
      forEachBlock(of: rowCount) {
        Line(base: base + $0, count: rows, pitch: rowCount, width: $1).synthesize(levels: further)
      }
    }
  }

  /// Analyses `image`, extended symmetrically to whole patches; see `Subbands`.
  init(analyzing image: Image, levels: Int, keeping rows: Range<Int>) {
    let (side, planes) = (1 << levels, image.planes)
    let columns = (image.width + side - 1) / side
    let height = (image.height + side - 1) / side * side
    let (width, rowCount) = (columns * side, columns * planes << (2 * levels))
    let count = rows.count * rowCount
    self.init(
      patchRows: rows.count, patchColumns: columns, planes: planes, levels: levels,
      values: [Float](unsafeUninitializedCapacity: count) { values, filled in
        filled = count
        guard count > 0 else { return }
        let base = values.baseAddress!
        withUnsafeTemporaryAllocation(of: Float.self, capacity: width * height) { plane in
          let samples = plane.baseAddress!
          for index in 0..<planes {
            extend(image, plane: index, width: width, height: height, to: plane)
            forEachBlock(of: width) {
              Line(base: samples + $0, count: height, pitch: width, width: $1)
                .analyze(levels: levels)
            }
            // Each plane fills its part of every patch.
            for row in 0..<rows.count {
              kernels_transpose(
                samples + (rows.lowerBound + row) * side * width, side, width, width,
                base + row * rowCount + index * side, planes * side)
            }
          }
        }
        for row in 0..<rows.count {
          Line(
            base: base + row * rowCount, count: width, pitch: planes * side, width: planes * side
          )
          .analyze(levels: levels)
        }
      })
  }

  /// Synthesises the picture of some patch rows, or of all, cropped; see `Subbands.image`. Shape
  /// [planes, height, width].
  package consuming func image(
    of kept: Range<Int>? = nil, width: Int, height: Int, firstRow: Int = 0
  ) -> Image {
    let (side, planes, levels, rowCount) = (side, planes, levels, rowCount)
    let kept = kept ?? 0..<patchRows
    let (rows, full) = (kept.count, patchColumns * side)
    precondition(
      kept.lowerBound >= 0 && kept.upperBound <= patchRows && width <= full
        && firstRow + height <= rows * side, "the picture is larger than its patches")
    let count = planes * height * width
    guard count > 0 else { return Image(width: width, height: height, planes: planes) }
    let samples = [Float](unsafeUninitializedCapacity: count) { samples, filled in
      filled = count
      values.withUnsafeMutableBufferPointer { values in
        let base = values.baseAddress! + kept.lowerBound * rowCount
        for row in 0..<rows {
          Line(base: base + row * rowCount, count: full, pitch: planes * side, width: planes * side)
            .synthesize(levels: levels)
        }
        withUnsafeTemporaryAllocation(of: Float.self, capacity: rows * side * full) { plane in
          let from = plane.baseAddress!
          for index in 0..<planes {
            for row in 0..<rows {
              kernels_transpose(
                base + row * rowCount + index * side, full, side, planes * side,
                from + row * side * full, full)
            }
            forEachBlock(of: full) {
              Line(base: from + $0, count: rows * side, pitch: full, width: $1)
                .synthesize(levels: levels)
            }
            for row in 0..<height {
              (samples.baseAddress! + (index * height + row) * width)
                .initialize(from: from + (firstRow + row) * full, count: width)
            }
          }
        }
      }
    }
    return Image(width: width, height: height, planes: planes, samples: samples)
  }
}

extension Subbands {
  /// The bands, scaled and gathered into patches.
  package init(_ packets: PacketRows) {
    let order = BandOrder(planes: packets.planes, levels: packets.levels)
    self.init(
      patchRows: packets.patchRows, patchColumns: packets.patchColumns, planes: packets.planes,
      levels: packets.levels,
      coefficients: [Float](unsafeUninitializedCapacity: packets.values.count) { result, count in
        count = packets.values.count
        for patch in stride(from: 0, to: count, by: max(order.bands.count, 1)) {
          for (index, band) in order.bands.enumerated() {
            result[patch + band] = packets.values[patch + index] * order.scales[index]
          }
        }
      })
  }
}

extension PacketRows {
  /// The inverse of `Subbands.init`.
  package init(_ bands: Subbands) {
    let order = BandOrder(planes: bands.planes, levels: bands.levels)
    let inverse = order.scales.map { 1 / $0 }
    self.init(
      patchRows: bands.patchRows, patchColumns: bands.patchColumns, planes: bands.planes,
      levels: bands.levels,
      values: [Float](unsafeUninitializedCapacity: bands.coefficients.count) { result, count in
        count = bands.coefficients.count
        for patch in stride(from: 0, to: count, by: max(order.bands.count, 1)) {
          for (index, band) in order.bands.enumerated() {
            result[patch + index] = bands.coefficients[patch + band] * inverse[index]
          }
        }
      })
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

/// Calls `body` with the first and the count of some columns at a time: 128 numbers by some hundred
/// rows stay in the second-level cache.
private func forEachBlock(of columns: Int, _ body: (Int, Int) -> Void) {
  for start in stride(from: 0, to: columns, by: 128) { body(start, min(128, columns - start)) }
}

/// Writes a plane of `image`, extended by whole-sample symmetry to `width` x `height`.
private func extend(
  _ image: Image, plane: Int, width: Int, height: Int, to target: UnsafeMutableBufferPointer<Float>
) {
  let mirrored = (image.width..<width).map { mirror($0, count: image.width) }
  image.samples.withUnsafeBufferPointer { samples in
    for row in 0..<height {
      let source = (plane * image.height + mirror(row, count: image.height)) * image.width
      let first = target.baseAddress! + row * width
      first.initialize(from: samples.baseAddress! + source, count: image.width)
      for (index, column) in mirrored.enumerated() {
        (first + image.width + index).initialize(to: samples[source + column])
      }
    }
  }
}

/// Index of the sample that stands for `index` beyond the end of `count` samples.
private func mirror(_ index: Int, count: Int) -> Int {
  guard count > 1 else { return 0 }
  let period = 2 * (count - 1)
  let phase = index % period
  return phase < count ? phase : period - phase
}
