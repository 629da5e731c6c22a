import Foundation
import Signals

/// SSIM and MS-SSIM of a picture as a copy of another one, means over the planes, which for RGB
/// are the figures that papers on learned compression print.
///
/// SSIM: Z. Wang, A. Bovik, H. Sheikh, E. Simoncelli, "Image quality assessment: from error
/// visibility to structural similarity", 2004, without a reduction of the picture before. MS-SSIM:
/// Z. Wang, E. Simoncelli, A. Bovik, "Multiscale structural similarity for image quality
/// assessment", 2003, as `pytorch-msssim` computes it and with it CompressAI: on each plane by
/// itself, negative similarities as 0, and the border of an odd side averaged with zeros.
package struct StructuralSimilarity: Sendable, Equatable {
  /// SSIM, at most 1; nil where a side is shorter than the window of 11 samples.
  package let ssim: Double?
  /// MS-SSIM, 0...1; nil where a side has no more than 160 samples, of which the fifth scale
  /// would be shorter than the window.
  package let multiScale: Double?

  /// Weights of the five scales, finest first (Wang et al., 2003).
  static let scaleWeights = [0.0448, 0.2856, 0.3001, 0.2363, 0.1333]

  /// Compares two pictures.
  ///
  /// - Parameters:
  ///   - image: shape [planes, height, width].
  ///   - original: the same shape.
  ///   - peak: the largest value a sample can have, in the units of the samples; positive.
  package init(of image: Image, against original: Image, peak: Double) {
    precondition(
      image.width == original.width && image.height == original.height
        && image.planes == original.planes && image.planes > 0, "pictures of other shapes")
    precondition(peak > 0, "a peak that is not positive")
    let side = min(image.width, image.height)
    guard side >= Window.taps.count else {
      (ssim, multiScale) = (nil, nil)
      return
    }
    let hasScales = side > (Window.taps.count - 1) << (Self.scaleWeights.count - 1)
    var (ssimSum, multiScaleSum) = (0.0, 0.0)
    for index in 0..<image.planes {
      var x = Plane(image, index)
      var y = Plane(original, index)
      let finest = Window.similarity(x, y, peak: peak)
      ssimSum += finest.ssim
      guard hasScales else { continue }
      var product = 1.0
      var scale = finest
      for (level, weight) in Self.scaleWeights.enumerated() {
        if level > 0 {
          (x, y) = (x.halved(), y.halved())
          scale = Window.similarity(x, y, peak: peak)
        }
        // Luminance counts on the coarsest scale only.
        let isCoarsest = level == Self.scaleWeights.count - 1
        product *= pow(max(isCoarsest ? scale.ssim : scale.contrast, 0), weight)
      }
      multiScaleSum += product
    }
    ssim = ssimSum / Double(image.planes)
    multiScale = hasScales ? multiScaleSum / Double(image.planes) : nil
  }
}

/// A plane whose rows are padded to whole vectors.
private struct Plane {
  let width: Int
  let height: Int
  /// From a row to the next one: a multiple of the lanes of a vector, at least `width`.
  let stride: Int
  /// `height` rows of `stride` samples.
  var samples: [Float]

  init(width: Int, height: Int) {
    self.width = width
    self.height = height
    stride = (width + Window.lanes - 1) / Window.lanes * Window.lanes
    samples = [Float](repeating: 0, count: stride * height)
  }

  init(_ image: Image, _ plane: Int) {
    self.init(width: image.width, height: image.height)
    for row in 0..<height {
      let start = (plane * height + row) * width
      samples.replaceSubrange(
        row * stride..<row * stride + width, with: image.samples[start..<start + width])
    }
  }

  /// Means of 2 x 2 samples. An odd side gets a zero before its first sample, so that it comes out
  /// rounded up, as `avg_pool2d` with padding gives it.
  func halved() -> Plane {
    var half = Plane(width: (width + 1) / 2, height: (height + 1) / 2)
    let (left, top) = (width % 2, height % 2)
    half.samples.withUnsafeMutableBufferPointer { target in
      samples.withUnsafeBufferPointer { source in
        for row in 0..<half.height {
          for column in 0..<half.width {
            let (x, y) = (2 * column - left, 2 * row - top)
            var sum = source[(y + 1) * stride + x + 1]
            if x >= 0 { sum += source[(y + 1) * stride + x] }
            if y >= 0 { sum += source[y * stride + x + 1] }
            if x >= 0, y >= 0 { sum += source[y * stride + x] }
            target[row * half.stride + column] = sum / 4
          }
        }
      }
    }
    return half
  }
}

/// The Gaussian window of both measures.
private enum Window {
  typealias Vector = SIMD8<Float>
  static let lanes = Vector.scalarCount

  /// 11 taps of a Gaussian of standard deviation 1.5 whose sum is 1 (Wang et al., 2004).
  static let taps: [Float] = {
    let values = (-5...5).map { exp(-Double($0 * $0) / (2 * 1.5 * 1.5)) }
    return values.map { Float($0 / values.reduce(0, +)) }
  }()

  /// Means over all windows within two planes of one shape of SSIM and of its factor without
  /// luminance. `K1` is 0.01 and `K2` 0.03 (Wang et al., 2004).
  static func similarity(
    _ x: Plane, _ y: Plane, peak: Double
  ) -> (ssim: Double, contrast: Double) {
    let (rows, columns) = (x.height - taps.count + 1, x.width - taps.count + 1)
    let stride = x.stride
    precondition(
      rows > 0 && columns > 0 && x.samples.count == stride * x.height
        && y.samples.count == x.samples.count, "planes without a window, or of other shapes")
    let c1 = Vector(repeating: Float(0.01 * 0.01 * peak * peak))
    let c2 = Vector(repeating: Float(0.03 * 0.03 * peak * peak))
    var (ssim, contrast) = (0.0, 0.0)
    // Below, a row is filtered downwards to four rows of sums: of x, y, x^2 + y^2 and x y. Each
    // has `stride` sums and room for one vector that starts at any of them and for its taps.
    let room = stride + 2 * lanes + taps.count
    withUnsafeTemporaryAllocation(of: Float.self, capacity: 4 * room) { sums in
      sums.initialize(repeating: 0)
      let sums = sums.baseAddress!
      x.samples.withUnsafeBufferPointer { x in
        y.samples.withUnsafeBufferPointer { y in
          let (x, y) = (x.baseAddress!, y.baseAddress!)
          for row in 0..<rows {
            for column in Swift.stride(from: 0, to: stride, by: lanes) {
              var (sumX, sumY, squares, products) = (
                Vector.zero, Vector.zero, Vector.zero, Vector.zero
              )
              for (tap, weight) in taps.enumerated() {
                let offset = (row + tap) * stride + column
                let (a, b) = (load(x + offset), load(y + offset))
                let (weightedA, weightedB) = (a * weight, b * weight)
                sumX += weightedA
                sumY += weightedB
                squares += weightedA * a + weightedB * b
                products += weightedA * b
              }
              store(sumX, sums + column)
              store(sumY, sums + room + column)
              store(squares, sums + 2 * room + column)
              store(products, sums + 3 * room + column)
            }
            var (rowSSIM, rowContrast) = (Vector.zero, Vector.zero)
            for column in Swift.stride(from: 0, to: columns, by: lanes) {
              let muX = across(sums + column)
              let muY = across(sums + room + column)
              let squares = across(sums + 2 * room + column)
              let products = across(sums + 3 * room + column)
              let (muXY, muSquares) = (muX * muY, muX * muX + muY * muY)
              var structure = (2 * (products - muXY) + c2) / (squares - muSquares + c2)
              // Of the last vector, the lanes beyond the last window do not count.
              for lane in min(columns - column, lanes)..<lanes { structure[lane] = 0 }
              rowContrast += structure
              rowSSIM += (2 * muXY + c1) / (muSquares + c1) * structure
            }
            ssim += Double(rowSSIM.sum())
            contrast += Double(rowContrast.sum())
          }
        }
      }
    }
    let count = Double(rows * columns)
    return (ssim / count, contrast / count)
  }

  @inline(__always)
  private static func across(_ start: UnsafePointer<Float>) -> Vector {
    var sum = Vector.zero
    for (tap, weight) in taps.enumerated() { sum += load(start + tap) * weight }
    return sum
  }

  @inline(__always)
  private static func load(_ start: UnsafePointer<Float>) -> Vector {
    UnsafeRawPointer(start).loadUnaligned(as: Vector.self)
  }

  @inline(__always)
  private static func store(_ vector: Vector, _ start: UnsafeMutablePointer<Float>) {
    UnsafeMutableRawPointer(start).storeBytes(of: vector, as: Vector.self)
  }
}
