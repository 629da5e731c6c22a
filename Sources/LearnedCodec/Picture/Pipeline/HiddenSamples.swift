import Signals

/// Rows of a picture as the transform gets them: samples that nobody sees of it, under an alpha of
/// zero or below graphics, are made up smoothly from those around them, so that they cost next to
/// nothing.
///
/// Works on bands of rows, looking half as far ahead, so that memory is bounded; each band joins the
/// one above. What a sample becomes does not depend on strips or threads.
final class AnalyzedRows: ImageSource {
  let format: ImageFormat
  private let source: any ImageSource
  private let hidesAlpha: Bool
  /// Rows read, of which those before `filled` are ready to be given.
  private var rows: Image
  private var filled = 0
  /// Whether each sample of the rows that were read is hidden.
  private var isHidden: [Bool] = []
  /// The last row of the band before.
  private var above: Image
  /// Where graphics are put; nil where none are looked for.
  private let found: FoundGraphics?
  private var search: GraphicsSearch
  /// Rows that were searched, of the whole picture.
  private var searchedRows = 0

  private static let bandRows = 64

  /// The rows of `source`.
  ///
  /// - Parameters:
  ///   - keepsHidden: whether an alpha of zero hides nothing.
  ///   - found: takes the graphics; nil where none are to be found.
  init(_ source: any ImageSource, keepsHidden: Bool, found: FoundGraphics? = nil) {
    self.source = source
    self.found = found
    format = source.format
    hidesAlpha = format.hasAlpha && !keepsHidden
    rows = Image(width: format.width, height: 0, planes: format.planes)
    above = rows
    search = GraphicsSearch(channels: format.channels, maximum: format.scale ?? 255)
  }

  func nextRows(_ count: Int) throws -> Image {
    // To the end of the last band that is asked for, and half a band more; bands begin at multiples of
    // their rows, so that they do not depend on what is asked for.
    let bands = (max(count - filled, 0) + Self.bandRows - 1) / Self.bandRows
    let missing = filled + bands * Self.bandRows + Self.bandRows / 2 - rows.height
    if filled < count, missing > 0 { rows = rows.above(try source.nextRows(missing)) }
    hide()
    while filled < min(count, rows.height) { fillBand() }
    let given = min(count, filled)
    if given == rows.height {
      // All of a small picture, which need not be copied.
      defer {
        rows = Image(width: format.width, height: 0, planes: format.planes)
        (isHidden, filled) = ([], 0)
      }
      return rows
    }
    defer {
      rows = rows.rows(given..<rows.height)
      isHidden.removeFirst(given * format.width)
      filled -= given
    }
    return rows.rows(0..<given)
  }

  /// Finds out what is hidden in the rows that were read.
  private func hide() {
    let width = format.width
    var first = isHidden.count / width
    while first < rows.height {
      let cell = first..<min(first + GraphicsLayer.cellSide, rows.height)
      defer {
        searchedRows += cell.count
        first = cell.upperBound
      }
      var hidden = [Bool](repeating: false, count: cell.count * width)
      if hidesAlpha {
        let alpha = (format.channels * rows.height + first) * width
        for index in hidden.indices { hidden[index] = rows.samples[alpha + index] == 0 }
      }
      if let found { find(found, cell, &hidden) }
      isHidden += hidden
    }
  }

  /// Adds the graphics of a row of cells to what was found, and to what is hidden.
  private func find(_ found: FoundGraphics, _ cell: Range<Int>, _ hidden: inout [Bool]) {
    let width = format.width
    var samples = [UInt64](repeating: 0, count: hidden.count)
    let size = rows.height * width
    rows.samples.withUnsafeBufferPointer { source in
      for channel in 0..<format.channels {
        let source = source[channel * size + cell.lowerBound * width..<(channel + 1) * size]
        for (index, sample) in zip(samples.indices, source) {
          // What a source of its own gives beyond the range of its type is no colour.
          let whole = sample > 0 && sample < 65536 ? UInt64(UInt16(sample)) : 0
          samples[index] |= whole << UInt64(16 * channel)
        }
      }
    }
    let kinds = search.kinds(of: samples, width: width) { [hidden] in !hidden[$0] }
    guard kinds.contains(where: { $0 != .transformed }) else { return }
    for index in hidden.indices
    where kinds[index % width / GraphicsLayer.cellSide] != .transformed {
      hidden[index] = true
    }
    found.add(
      GraphicsCells(width: width, height: cell.count, kinds: kinds, samples: samples),
      at: searchedRows)
  }

  /// Makes up the hidden samples of the next band.
  private func fillBand() {
    let band = filled..<min(filled + Self.bandRows, rows.height)
    let width = format.width
    if isHidden[band.lowerBound * width..<band.upperBound * width].contains(true) {
      let seen = above.above(
        rows.rows(filled..<min(band.upperBound + Self.bandRows / 2, rows.height)))
      let size = seen.width * seen.height
      let known = above.samples.count / format.planes
      for first in stride(from: 0, to: format.channels, by: 3) {
        let channels = first..<min(first + 3, format.channels)
        var grid = SmoothGrid(width: seen.width, height: seen.height)
        for index in 0..<size {
          // The row above is known, whether it is seen or not.
          let isKnown = index < known || !isHidden[filled * width + index - known]
          guard isKnown else { continue }
          grid.values[index].w = 1
          for channel in channels {
            grid.values[index][channel - first] = seen.samples[channel * size + index]
          }
        }
        let smooth = grid.interpolated()
        for row in band {
          let start = (row - filled + above.height) * width
          for column in 0..<width where isHidden[row * width + column] {
            for channel in channels {
              rows[channel, row, column] = smooth.values[start + column][channel - first]
            }
          }
        }
      }
    }
    above = rows.rows(band.upperBound - 1..<band.upperBound)
    filled = band.upperBound
  }
}

extension PictureOptions {
  /// Pictures of more pixels are no screens: so many have the largest.
  private static let largestScreen = 1 << 24

  /// The rows of a picture as they are analysed, and where its graphics are put meanwhile.
  ///
  /// - Parameter layout: of its strips; nil where no graphics are to be found.
  func analyzed(
    _ source: any ImageSource, _ layout: StripLayout? = nil
  ) -> (rows: any ImageSource, graphics: FoundGraphics?) {
    let isSmall = source.format.width * source.format.height <= Self.largestScreen
    let found =
      layout.map { findsGraphics && isSmall && $0.hasCells(source.format) } ?? false
      ? FoundGraphics() : nil
    guard source.format.hasAlpha && !keepsHidden || found != nil else { return (source, nil) }
    return (AnalyzedRows(source, keepsHidden: keepsHidden, found: found), found)
  }
}

extension StripLayout {
  /// Whether the strips of a picture can have graphics: integers of few channels, in whole cells.
  func hasCells(_ format: ImageFormat) -> Bool {
    format.kind == .image && format.sampleType.maximum != nil && format.channels <= 3
      && (count == 1 || stripPatchRows * patchSide % GraphicsLayer.cellSide == 0)
  }
}

/// Up to three samples at each point of a grid, of which some are known: the others are interpolated
/// by averaging to ever coarser grids and back (S. Gortler, R. Grzeszczuk, R. Szeliski, M. Cohen, "The
/// Lumigraph", 1996, section 3.4.2, push and pull).
private struct SmoothGrid {
  let width: Int
  let height: Int
  /// Samples multiplied by how far they are known, 0...1, which is the last number; shape
  /// [height, width].
  var values: [SIMD4<Float>]

  /// Nothing is known.
  init(width: Int, height: Int) {
    (self.width, self.height) = (width, height)
    values = [SIMD4<Float>](repeating: .zero, count: width * height)
  }

  /// Known samples as they are and the others between them; all zero where none is known.
  func interpolated() -> SmoothGrid {
    guard width > 1 || height > 1, values.contains(where: { $0.w < 1 }) else { return self }
    let coarse = halved().interpolated()
    var result = self
    for y in 0..<height {
      let (top, bottom, down) = Self.neighbours(of: y, count: coarse.height)
      for x in 0..<width where values[y * width + x].w < 1 {
        let (left, right, across) = Self.neighbours(of: x, count: coarse.width)
        func row(_ y: Int) -> SIMD4<Float> {
          let a = coarse.values[y * coarse.width + left]
          return a + across * (coarse.values[y * coarse.width + right] - a)
        }
        let upper = row(top)
        let known = values[y * width + x]
        result.values[y * width + x] =
          known + (1 - known.w) * (upper + down * (row(bottom) - upper))
      }
    }
    return result
  }

  /// The means of squares of two by two, known as far as their samples are.
  private func halved() -> SmoothGrid {
    var half = SmoothGrid(width: (width + 1) / 2, height: (height + 1) / 2)
    for y in 0..<height {
      for x in 0..<width { half.values[y / 2 * half.width + x / 2] += values[y * width + x] }
    }
    for index in half.values.indices where half.values[index].w > 1 {
      half.values[index] /= half.values[index].w
    }
    return half
  }

  /// Between which two samples of the coarse grid a sample lies, and how far from the first.
  private static func neighbours(of fine: Int, count: Int) -> (Int, Int, Float) {
    let middle = fine / 2
    return fine % 2 == 0
      ? (max(middle - 1, 0), middle, 0.75) : (middle, min(middle + 1, count - 1), 0.25)
  }
}
