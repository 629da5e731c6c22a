import Signals

/// The wavelet packet bands of a picture, gathered into patches.
///
/// A patch is `2^levels` x `2^levels` samples of each plane; its coefficients, one from each of
/// the `4^levels` bands of each plane, stand together.
public struct Subbands: Sendable, Equatable {
  /// Patches from top to bottom.
  public let patchRows: Int
  /// Patches from left to right.
  public let patchColumns: Int
  /// Planes of the picture.
  public let planes: Int
  /// Levels J of the packet tree; a patch has side 2^J.
  public let levels: Int
  /// Shape [patchRows, patchColumns, planes * 4^levels].
  ///
  /// Within a patch: [plane, horizontal band, vertical band], bands as in `packetAnalysis`.
  public var coefficients: [Float]

  /// Bands from their coefficients, whose count must fill the shape.
  public init(
    patchRows: Int, patchColumns: Int, planes: Int, levels: Int, coefficients: [Float]
  ) {
    precondition(
      coefficients.count == patchRows * patchColumns * planes << (2 * levels),
      "coefficients do not fill the shape")
    self.patchRows = patchRows
    self.patchColumns = patchColumns
    self.planes = planes
    self.levels = levels
    self.coefficients = coefficients
  }

  /// Side of a patch in samples.
  public var patchSide: Int { 1 << levels }

  /// Coefficients in a patch.
  public var dimension: Int { planes << (2 * levels) }

  /// How many patches beyond a cut the transform sees: cutting a picture with this many patches
  /// to spare on each inner side gives exactly the bands, and the samples, of the whole picture.
  ///
  /// A level reaches 4 samples, so J levels reach 4 (2^J - 1) < 4 * 2^J.
  public static let halo = 4

  /// Analyses `image`, extended symmetrically to whole patches.
  ///
  /// - Parameters:
  ///   - image: shape [planes, height, width].
  ///   - levels: J of the packet tree; a patch has side 2^J.
  ///   - range: the patch rows that are returned, all when nil; the others are halo.
  public init(analyzing image: Image, levels: Int, keeping range: Range<Int>? = nil) {
    let side = 1 << levels
    let allRows = (image.height + side - 1) / side
    let rows = range ?? 0..<allRows
    precondition(rows.lowerBound >= 0 && rows.upperBound <= allRows, "patch rows out of range")
    let columns = (image.width + side - 1) / side
    let dimension = image.planes << (2 * levels)
    let count = rows.count * columns * dimension
    self.init(
      patchRows: rows.count, patchColumns: columns, planes: image.planes, levels: levels,
      coefficients: [Float](unsafeUninitializedCapacity: count) { coefficients, filled in
        filled = count
        guard count > 0 else { return }
        let patches = Patches(
          rows: rows.count, columns: columns, planes: image.planes, levels: levels)
        var work = PlaneVectors(width: columns * side, height: allRows * side)
        for plane in 0..<image.planes {
          work.fill(extending: image, plane: plane)
          work.analyzeColumns(levels: levels)
          // Each plane fills its part of every patch.
          patches.gather(
            plane: plane, from: work, firstRow: rows.lowerBound * side, into: coefficients)
        }
      })
  }

  /// Synthesises the picture of which these are the bands, cropped to `width` x `height`.
  ///
  /// - Parameters:
  ///   - width: columns, at most `patchColumns * patchSide`.
  ///   - height: rows, at most `patchRows * patchSide - firstRow`.
  ///   - firstRow: rows to leave out at the top.
  /// - Returns: shape [planes, height, width].
  public func image(width: Int, height: Int, firstRow: Int = 0) -> Image {
    precondition(
      width <= patchColumns * patchSide && firstRow + height <= patchRows * patchSide,
      "the picture is larger than its patches")
    let count = planes * height * width
    let patches = Patches(rows: patchRows, columns: patchColumns, planes: planes, levels: levels)
    let samples = [Float](unsafeUninitializedCapacity: count) { samples, filled in
      filled = count
      guard count > 0 else { return }
      var work = PlaneVectors(width: patchColumns * patchSide, height: patchRows * patchSide)
      for plane in 0..<planes {
        coefficients.withUnsafeBufferPointer { patches.scatter(plane: plane, of: $0, into: &work) }
        work.synthesizeColumns(levels: levels)
        let size = height * width
        work.copy(
          to: samples.extracting(plane * size..<(plane + 1) * size), width: width, height: height,
          firstRow: firstRow)
      }
    }
    return Image(width: width, height: height, planes: planes, samples: samples)
  }
}

/// How the coefficients of a picture lie in its patches, see `Subbands.coefficients`.
private struct Patches {
  let rows: Int
  let columns: Int
  let planes: Int
  let levels: Int

  private var side: Int { 1 << levels }
  private var dimension: Int { planes << (2 * levels) }

  /// Transforms eight rows at a time horizontally and puts their coefficients into the patches.
  ///
  /// - Parameter target: the coefficients of all patches.
  func gather(
    plane: Int, from work: PlaneVectors, firstRow: Int,
    into target: UnsafeMutableBufferPointer<Float>
  ) {
    let (side, levels, dimension, columns) = (side, levels, dimension, columns)
    precondition(target.count == rows * columns * dimension, "coefficients do not fill the shape")
    let scales = Self.scales(levels: levels)
    var line = [SIMD8<Float>](repeating: .zero, count: columns * side)
    for group in stride(from: 0, to: rows * side, by: 8) {
      let lanes = laneOffsets(group: group, plane: plane)
      work.loadRows(from: firstRow + group, count: lanes.count, into: &line)
      line.withUnsafeMutableBufferPointer { buffer in
        Line(base: buffer.baseAddress!, count: buffer.count, pitch: 1, width: 1)
          .analyze(levels: levels)
      }
      line.withUnsafeBytes { bytes in
        let samples = bytes.bindMemory(to: Float.self)
        for column in 0..<columns {
          for horizontal in 0..<side {
            let from = (column * side + horizontal) * 8
            let to = column * dimension + horizontal * side
            for (lane, at) in lanes.enumerated() {
              target[to + at.offset] =
                samples[from + lane] * scales[horizontal * side + at.vertical]
            }
          }
        }
      }
    }
  }

  /// The inverse of `gather`.
  func scatter(
    plane: Int, of source: UnsafeBufferPointer<Float>, into work: inout PlaneVectors
  ) {
    let (side, levels, dimension, columns) = (side, levels, dimension, columns)
    precondition(source.count == rows * columns * dimension, "coefficients do not fill the shape")
    let scales = Self.scales(levels: levels).map { 1 / $0 }
    var line = [SIMD8<Float>](repeating: .zero, count: columns * side)
    for group in stride(from: 0, to: rows * side, by: 8) {
      let lanes = laneOffsets(group: group, plane: plane)
      line.withUnsafeMutableBytes { bytes in
        let samples = bytes.bindMemory(to: Float.self)
        for column in 0..<columns {
          for horizontal in 0..<side {
            let to = (column * side + horizontal) * 8
            let from = column * dimension + horizontal * side
            for (lane, at) in lanes.enumerated() {
              samples[to + lane] =
                source[from + at.offset] * scales[horizontal * side + at.vertical]
            }
          }
        }
      }
      line.withUnsafeMutableBufferPointer { buffer in
        Line(base: buffer.baseAddress!, count: buffer.count, pitch: 1, width: 1)
          .synthesize(levels: levels)
      }
      work.storeRows(line, from: group, count: lanes.count)
    }
  }

  /// Where the coefficients of up to eight rows from `group` on lie in the first patch column.
  private func laneOffsets(group: Int, plane: Int) -> [(offset: Int, vertical: Int)] {
    (group..<min(group + 8, rows * side)).map { row in
      let (patchRow, vertical) = (row / side, row % side)
      return (patchRow * columns * dimension + plane * side * side + vertical, vertical)
    }
  }

  /// Scale of each pair of bands, shape [horizontal, vertical].
  private static func scales(levels: Int) -> [Float] {
    let one = (0..<1 << levels).map { packetScale(band: $0, levels: levels) }
    return one.flatMap { horizontal in one.map { horizontal * $0 } }
  }
}
