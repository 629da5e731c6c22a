import Signals

/// Rows of a picture whose samples under an alpha of zero, which nobody sees, are made up smoothly
/// from those around them, so that they cost next to nothing.
///
/// Works on bands of rows, looking as far again ahead, so that memory is bounded; each band joins the
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
      let missing = filled + 2 * Self.bandRows - rows.height
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
      let weights =
        [Float](repeating: 1, count: above.samples.count / format.planes)
        + alpha.rows(filled..<rows.height).samples.map { $0 > 0 ? 1 : 0 }
      for channel in 0..<format.channels {
        let plane = SmoothPlane(
          width: format.width, height: seen.height,
          values: seen.planes(channel..<channel + 1).samples, weights: weights
        ).interpolated()
        for row in band {
          let start = (row - filled + above.height) * format.width
          for column in 0..<format.width where alpha[0, row, column] == 0 {
            rows[channel, row, column] = plane[start + column]
          }
        }
      }
    }
    above = rows.rows(band.upperBound - 1..<band.upperBound)
    filled = band.upperBound
  }
}

extension EncodingOptions {
  /// The rows of a picture as they are analysed.
  func analyzed(_ source: any ImageSource) -> any ImageSource {
    source.format.hasAlpha && !keepsHidden ? SmoothHiddenRows(source) : source
  }
}

/// A plane of which some samples are known: the others are interpolated by averaging to ever coarser
/// grids and back (S. Gortler, R. Grzeszczuk, R. Szeliski, M. Cohen, "The Lumigraph", 1996, section
/// 3.4.2, push and pull).
private struct SmoothPlane {
  let width: Int
  let height: Int
  /// Shape [height, width]; where the weight is 0 they mean nothing.
  var values: [Float]
  /// 0 for unknown to 1 for known, shape [height, width].
  var weights: [Float]

  /// All samples, shape [height, width]: known ones as they are; zero where none is known.
  func interpolated() -> [Float] {
    guard weights.contains(0) else { return values }
    guard width > 1 || height > 1 else { return [weights[0] > 0 ? values[0] : 0] }
    let coarse = halved()
    let below = coarse.interpolated()
    var result = values
    for y in 0..<height {
      let (top, bottom, down) = Self.neighbours(of: y, count: coarse.height)
      for x in 0..<width where weights[y * width + x] < 1 {
        let (left, right, across) = Self.neighbours(of: x, count: coarse.width)
        func row(_ y: Int) -> Float {
          let a = below[y * coarse.width + left]
          return a + across * (below[y * coarse.width + right] - a)
        }
        let upper = row(top)
        let guess = upper + down * (row(bottom) - upper)
        let weight = weights[y * width + x]
        result[y * width + x] =
          weight > 0 ? guess + weight * (values[y * width + x] - guess) : guess
      }
    }
    return result
  }

  /// The means of squares of two by two, known as far as their samples are.
  private func halved() -> SmoothPlane {
    let (halfWidth, halfHeight) = ((width + 1) / 2, (height + 1) / 2)
    var half = SmoothPlane(
      width: halfWidth, height: halfHeight,
      values: [Float](repeating: 0, count: halfWidth * halfHeight),
      weights: [Float](repeating: 0, count: halfWidth * halfHeight))
    for y in 0..<height {
      for x in 0..<width {
        let (index, target) = (y * width + x, y / 2 * halfWidth + x / 2)
        if weights[index] > 0 {
          half.values[target] += weights[index] * values[index]
          half.weights[target] += weights[index]
        }
      }
    }
    for index in half.values.indices where half.weights[index] > 0 {
      half.values[index] /= half.weights[index]
      half.weights[index] = min(half.weights[index], 1)
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
