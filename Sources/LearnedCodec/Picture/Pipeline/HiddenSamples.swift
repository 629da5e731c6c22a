import Signals

/// Rows of a picture whose samples under an alpha of zero, which nobody sees, are made up smoothly
/// from those around them, so that they cost next to nothing.
///
/// Works on bands of rows, looking half as far ahead, so that memory is bounded; each band joins the
/// one above. What a sample becomes does not depend on strips or threads.
final class SmoothHiddenRows: ImageSource {
  let format: ImageFormat
  private let source: any ImageSource
  /// Rows read, of which those before `filled` are ready to be given.
  private var rows: Image
  private var filled = 0
  /// The last row of the band before.
  private var above: Image

  private static let bandRows = 64

  /// The rows of `source`, which has alpha.
  init(_ source: any ImageSource) {
    self.source = source
    format = source.format
    rows = Image(width: format.width, height: 0, planes: format.planes)
    above = rows
  }

  func nextRows(_ count: Int) throws -> Image {
    while filled < count {
      let missing = filled + Self.bandRows * 3 / 2 - rows.height
      if missing > 0 { rows = rows.above(try source.nextRows(missing)) }
      if filled == rows.height { break }
      fillBand()
    }
    let given = min(count, filled)
    defer {
      rows = rows.rows(given..<rows.height)
      filled -= given
    }
    return rows.rows(0..<given)
  }

  /// Makes up the hidden samples of the next band.
  private func fillBand() {
    let band = filled..<min(filled + Self.bandRows, rows.height)
    let alpha = rows.planes(format.channels..<format.planes)
    if alpha.rows(band).samples.contains(0) {
      let seen = above.above(rows.rows(filled..<rows.height))
      let size = seen.width * seen.height
      for first in stride(from: 0, to: format.channels, by: 3) {
        let channels = first..<min(first + 3, format.channels)
        var grid = SmoothGrid(width: seen.width, height: seen.height)
        for index in 0..<size {
          // The row above is known, whether it is seen or not.
          let isKnown =
            index < above.samples.count / format.planes
            || seen.samples[format.channels * size + index] > 0
          guard isKnown else { continue }
          grid.values[index].w = 1
          for channel in channels {
            grid.values[index][channel - first] = seen.samples[channel * size + index]
          }
        }
        let smooth = grid.interpolated()
        for row in band {
          let start = (row - filled + above.height) * format.width
          for column in 0..<format.width where alpha.samples[row * format.width + column] == 0 {
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
  /// The rows of a picture as they are analysed.
  func analyzed(_ source: any ImageSource) -> any ImageSource {
    source.format.hasAlpha && !keepsHidden ? SmoothHiddenRows(source) : source
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
