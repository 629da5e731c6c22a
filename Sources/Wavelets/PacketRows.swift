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

  /// Adjacent patch rows of a picture: some rows of these, then some of those.
  ///
  /// - Parameter buffer: numbers that are no longer needed, in whose memory they lie then.
  package init(joining parts: [PacketPart], in buffer: consuming [Float] = []) {
    let first = parts[0].packets
    var values = buffer
    values.removeAll(keepingCapacity: true)
    values.reserveCapacity(parts.reduce(0) { $0 + $1.rows.count } * first.rowCount)
    for (packets, rows) in parts {
      values +=
        packets.values[
          rows.lowerBound * packets.rowCount..<rows.upperBound * packets.rowCount]
    }
    self.init(
      patchRows: parts.reduce(0) { $0 + $1.rows.count }, patchColumns: first.patchColumns,
      planes: first.planes, levels: first.levels, values: values)
  }

  /// Takes back further levels along rows, in which each band was split across patches: patch `i`
  /// of a row holds the further band `i mod 2^further`.
  package mutating func synthesizeHorizontally(further: Int) {
    let (columns, dimension) = (patchColumns, dimension)
    synthesizeHorizontally(
      0..<patchRows, count: columns, width: dimension, levels: further)
  }

  /// Takes back all levels along some rows.
  package mutating func synthesizeHorizontally(_ rows: Range<Int>) {
    synthesizeHorizontally(
      rows, count: patchColumns * side, width: planes * side, levels: levels)
  }

  private mutating func synthesizeHorizontally(
    _ rows: Range<Int>, count: Int, width: Int, levels: Int
  ) {
    precondition(rows.lowerBound >= 0 && rows.upperBound <= patchRows, "no such rows")
    guard !values.isEmpty, levels > 0 else { return }
    let rowCount = rowCount
    values.withUnsafeMutableBufferPointer { values in
      for row in rows {
        Line(base: values.baseAddress! + row * rowCount, count: count, pitch: width, width: width)
          .synthesize(levels: levels)
      }
    }
  }

  /// Takes back further levels along columns, likewise.
  package mutating func synthesizeVertically(further: Int) {
    guard !values.isEmpty, further > 0 else { return }
    let (rows, rowCount) = (patchRows, rowCount)
    values.withUnsafeMutableBufferPointer { values in
      forEachBlock(of: rowCount) {
        Line(base: values.baseAddress! + $0, count: rows, pitch: rowCount, width: $1)
          .synthesize(levels: further)
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
        withUnsafeTemporaryAllocation(of: Float.self, capacity: height * blockColumns) {
          let block = $0.baseAddress!
          for plane in 0..<planes {
            forEachBlock(of: width) { column, columns in
              extend(image, plane: plane, from: column, columns: columns, height: height, to: block)
              Line(base: block, count: height, pitch: columns, width: columns)
                .analyze(levels: levels)
              // Each plane fills its part of every patch.
              for row in 0..<rows.count {
                kernels_transpose(
                  block + (rows.lowerBound + row) * side * columns, side, columns, columns,
                  base + row * rowCount + (column * planes + plane) * side, planes * side)
              }
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

  /// Synthesises the picture of adjacent patch rows whose levels along rows are taken back already,
  /// cropped; see `Subbands.image`. Shape [planes, height, width].
  ///
  /// - Parameter finish: changes samples as they come, a piece of a row at a time.
  package static func image(
    of parts: [PacketPart], width: Int, height: Int, firstRow: Int = 0,
    finish: (UnsafeMutableBufferPointer<Float>) -> Void = { _ in }
  ) -> Image {
    let (first, rows) = (parts[0].packets, parts.reduce(0) { $0 + $1.rows.count })
    let (side, planes, rowCount) = (first.side, first.planes, first.rowCount)
    let full = first.patchColumns * side
    precondition(
      width <= full && firstRow + height <= rows * side
        && parts.allSatisfy {
          $0.rows.lowerBound >= 0 && $0.rows.upperBound <= $0.packets.patchRows
            && $0.packets.rowCount == rowCount
        }, "the picture is larger than its patches")
    let count = planes * height * width
    guard count > 0 else { return Image(width: width, height: height, planes: planes) }
    let samples = [Float](unsafeUninitializedCapacity: count) { samples, filled in
      filled = count
      withUnsafeTemporaryAllocation(of: Float.self, capacity: rows * side * blockColumns) {
        let block = $0.baseAddress!
        for plane in 0..<planes {
          forEachBlock(of: full) { column, columns in
            var target = block
            for (packets, rows) in parts {
              packets.values.withUnsafeBufferPointer { values in
                for row in rows {
                  let from = row * rowCount + (column * planes + plane) * side
                  kernels_transpose(
                    values.baseAddress! + from, columns, side, planes * side, target, columns)
                  target += side * columns
                }
              }
            }
            Line(base: block, count: rows * side, pitch: columns, width: columns)
              .synthesize(levels: first.levels)
            let shown = min(columns, width - column)
            guard shown > 0 else { return }
            for row in 0..<height {
              let start = (plane * height + row) * width + column
              let piece = samples.extracting(start..<start + shown)
              piece.baseAddress!.initialize(from: block + (firstRow + row) * columns, count: shown)
              finish(piece)
            }
          }
        }
      }
    }
    return Image(width: width, height: height, planes: planes, samples: samples)
  }
}

/// Some patch rows of packets.
package typealias PacketPart = (packets: PacketRows, rows: Range<Int>)

/// Columns of a block: as many numbers by some hundred rows stay in the second-level cache.
private let blockColumns = 128

/// Calls `body` with the first column and the count of columns of each block.
private func forEachBlock(of columns: Int, _ body: (Int, Int) -> Void) {
  for start in stride(from: 0, to: columns, by: blockColumns) {
    body(start, min(blockColumns, columns - start))
  }
}

/// Writes some columns of a plane of `image`, extended by whole-sample symmetry to `height` rows and
/// to the right. Shape [height, columns], for which there is room.
private func extend(
  _ image: Image, plane: Int, from column: Int, columns: Int, height: Int,
  to target: UnsafeMutablePointer<Float>
) {
  let inside = max(0, min(columns, image.width - column))
  let mirrored = (inside..<columns).map { mirror(column + $0, count: image.width) }
  image.samples.withUnsafeBufferPointer { samples in
    for row in 0..<height {
      let source = (plane * image.height + mirror(row, count: image.height)) * image.width
      let first = target + row * columns
      if inside > 0 {
        first.initialize(from: samples.baseAddress! + source + column, count: inside)
      }
      for (index, column) in mirrored.enumerated() {
        (first + inside + index).initialize(to: samples[source + column])
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
