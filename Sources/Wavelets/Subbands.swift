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
    self.init(PacketRows(analyzing: image, levels: levels, keeping: rows))
  }

  /// Synthesises the picture of which these are the bands, cropped to `width` x `height`.
  ///
  /// - Parameters:
  ///   - width: columns, at most `patchColumns * patchSide`.
  ///   - height: rows, at most `patchRows * patchSide - firstRow`.
  ///   - firstRow: rows to leave out at the top.
  /// - Returns: shape [planes, height, width].
  public func image(width: Int, height: Int, firstRow: Int = 0) -> Image {
    var packets = PacketRows(self)
    packets.synthesizeHorizontally(0..<patchRows)
    return PacketRows.image(
      of: [(packets, 0..<patchRows)], width: width, height: height, firstRow: firstRow)
  }
}
