import Signals
import Wavelets

/// How a picture is cut into strips of whole patch rows.
///
/// Strips are coded independently, for threads, for memory and so that damage stays in one; but
/// all are of the whole picture's transform: each is analysed and synthesised with a few patches
/// of its neighbours around it.
struct StripLayout: Sendable {
  let width: Int
  let height: Int
  let patchSide: Int
  let patchColumns: Int
  let patchRows: Int
  /// Samples in a patch row.
  private let rowSamples: Int
  /// Patch rows of every strip but the last.
  let stripPatchRows: Int
  /// How many patches beyond a strip its synthesis sees.
  let synthesisHalo: Int

  /// Samples in a strip that an encoder aims at: a megapixel of three planes.
  static let targetSamples = 3 << 20
  /// Largest strip that is decoded, in numbers of its bands, unless it is as low as can be.
  static let largestSamples = 1 << 25

  /// Strips of about `targetSamples`, but never lower than the halos, so that a strip needs its
  /// direct neighbours only.
  init(format: ImageFormat, codec: PictureCodec, stripPatchRows: Int? = nil) {
    width = format.width
    height = format.height
    patchSide = codec.patchSide
    patchColumns = (width + patchSide - 1) / patchSide
    patchRows = (height + patchSide - 1) / patchSide
    rowSamples = patchColumns * codec.dimension
    synthesisHalo = codec.synthesisHalo
    self.stripPatchRows = max(stripPatchRows ?? Self.targetSamples / rowSamples, synthesisHalo)
  }

  /// Whether a strip is small enough to be decoded.
  func isDecodable(dimension: Int) -> Bool {
    stripPatchRows == synthesisHalo
      || min(stripPatchRows, patchRows) * patchColumns * dimension <= Self.largestSamples
  }

  var count: Int { (patchRows + stripPatchRows - 1) / stripPatchRows }

  /// The patch rows of a strip.
  func patchRows(of strip: Int) -> Range<Int> {
    strip * stripPatchRows..<min((strip + 1) * stripPatchRows, patchRows)
  }

  /// The patch rows of a strip and those around it that its analysis sees.
  func window(of strip: Int) -> Range<Int> {
    patchRows(patchRows(of: strip), within: Subbands.halo)
  }

  /// Patch rows and those around them whose latents their synthesis sees.
  func synthesisWindow(of rows: Range<Int>) -> Range<Int> {
    patchRows(rows, within: synthesisHalo)
  }

  /// Patch rows whose synthesis is a task of its own: strips, or where these are fewer than `count`
  /// parts of them, not so small that what is around them costs too much.
  func synthesisParts(atLeast count: Int) -> [Range<Int>] {
    let smallest = max(1, Self.targetSamples / 8 / max(rowSamples, 1))
    return (0..<self.count).flatMap { strip in
      let rows = patchRows(of: strip)
      let parts = max(1, min((count + self.count - 1) / self.count, rows.count / smallest))
      return (0..<parts).map { part in
        rows.lowerBound + rows.count * part / parts..<rows.lowerBound + rows.count * (part + 1)
          / parts
      }
    }
  }

  /// The strips that patch rows, at least one, lie in.
  func strips(of rows: Range<Int>) -> Range<Int> {
    rows.lowerBound / stripPatchRows..<(rows.upperBound - 1) / stripPatchRows + 1
  }

  private func patchRows(_ rows: Range<Int>, within halo: Int) -> Range<Int> {
    max(0, rows.lowerBound - halo)..<min(patchRows, rows.upperBound + halo)
  }

  /// The rows of samples of a range of patch rows.
  func rows(of patchRows: Range<Int>) -> Range<Int> {
    patchRows.lowerBound * patchSide..<min(patchRows.upperBound * patchSide, height)
  }
}

/// Reads the windows of strips from a source, keeping the rows that the next one needs too.
struct WindowReader {
  private let source: any ImageSource
  private let layout: StripLayout
  /// Rows read but still needed, from `firstRow` on.
  private var buffer: Image
  private var firstRow = 0

  init(_ source: any ImageSource, layout: StripLayout) {
    self.source = source
    self.layout = layout
    buffer = Image(width: layout.width, height: 0, planes: source.format.planes)
  }

  /// The rows of the window of a strip; strips are asked for in order.
  mutating func window(of strip: Int) throws -> Image {
    let rows = layout.rows(of: layout.window(of: strip))
    let overlap = buffer.rows(rows.lowerBound - firstRow..<buffer.height)
    let missing = rows.count - overlap.height
    let window = missing > 0 ? overlap.above(try source.nextRows(missing)) : overlap
    guard window.height == rows.count else {
      throw CodingError.missingRows(expected: layout.height, found: rows.lowerBound + window.height)
    }
    buffer = window
    firstRow = rows.lowerBound
    return window
  }
}

extension Image {
  /// This picture with `other`, of the same width and planes, below it.
  func above(_ other: Image) -> Image {
    guard height > 0 else { return other }
    var samples: [Float] = []
    samples.reserveCapacity(self.samples.count + other.samples.count)
    for plane in 0..<planes {
      samples += self.samples[plane * height * width..<(plane + 1) * height * width]
      samples += other.samples[plane * other.height * width..<(plane + 1) * other.height * width]
    }
    return Image(width: width, height: height + other.height, planes: planes, samples: samples)
  }
}
