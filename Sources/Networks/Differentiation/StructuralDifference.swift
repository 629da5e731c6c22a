import Foundation

extension Variable {
  /// 1 - structural similarity of this picture and another, at several scales, weighed and added.
  ///
  /// The scales are the four finest of multi-scale SSIM with its weights (Z. Wang, E. Simoncelli and
  /// A. Bovik, "Multiscale structural similarity for image quality assessment", 2003), each half the
  /// size of the one before; those smaller than the window do not count. At each the mean of the
  /// whole measure counts, means and all.
  ///
  /// - Parameter original: grey levels, 0...255, shape [rows, columns].
  /// - Returns: shape [1, 1].
  public func structuralDifference(from original: [Float]) -> Variable {
    precondition(original.count == values.count, "a picture of another shape")
    var scales: [StructuralScale] = []
    var (copy, other) = (values, original)
    var (height, width) = (rows, columns)
    for weight in StructuralScale.weights where min(height, width) >= StructuralScale.window.count {
      scales.append(
        StructuralScale(copy, other, height: height, width: width, weight: weight))
      copy = halved(copy, height: height, width: width)
      other = halved(other, height: height, width: width)
      (height, width) = (height / 2, width / 2)
    }
    let sum = scales.reduce(0) { $0 + $1.difference }
    return Variable([Float(sum)], rows: 1, columns: 1, from: [self]) { [self] derivative in
      guard let node else { return }
      // From the coarsest scale up: each passes a quarter of its slopes on to four samples.
      var slopes: [Float] = []
      for scale in scales.reversed() {
        var own = scale.slopes()
        for row in 0..<(slopes.isEmpty ? 0 : scale.height / 2 * 2) {
          for column in 0..<scale.width / 2 * 2 {
            own[row * scale.width + column] += slopes[row / 2 * (scale.width / 2) + column / 2] / 4
          }
        }
        slopes = own
      }
      if !slopes.isEmpty { node.add(slopes.map { $0 * derivative[0] }) }
    }
  }
}

/// The means of each four samples.
private func halved(_ picture: [Float], height: Int, width: Int) -> [Float] {
  var half: [Float] = []
  half.reserveCapacity(height / 2 * (width / 2))
  for row in 0..<height / 2 {
    for column in 0..<width / 2 {
      let first = row * 2 * width + column * 2
      half.append(
        (picture[first] + picture[first + 1] + picture[first + width] + picture[first + width + 1])
          / 4)
    }
  }
  return half
}

/// The structural similarity of two pictures at one scale.
private struct StructuralScale {
  let height: Int
  let width: Int
  /// Weight times 1 - similarity.
  let difference: Double
  private let copy: [Float]
  private let original: [Float]
  /// Derivatives of the difference by the means, the squares and the products within each window.
  private let byMean: [Float]
  private let bySquare: [Float]
  private let byProduct: [Float]

  /// See `Variable.structuralDifference`.
  static let weights = [0.0448, 0.2856, 0.3001, 0.2363]
  /// A Gaussian window with a standard deviation of 1.5 samples.
  static let window: [Float] = {
    let weights = (-5...5).map { exp(-Double($0 * $0) / 4.5) }
    let sum = weights.reduce(0, +)
    return weights.map { Float($0 / sum) }
  }()
  /// (0.01 * 255)^2 and (0.03 * 255)^2.
  private static let constants: (mean: Float, variance: Float) = (6.5025, 58.5225)

  init(_ copy: [Float], _ original: [Float], height: Int, width: Int, weight: Double) {
    (self.copy, self.original) = (copy, original)
    (self.height, self.width) = (height, width)
    func blurred(_ picture: [Float]) -> [Float] {
      Self.blurred(picture, height: height, width: width)
    }
    let (means, others) = (blurred(copy), blurred(original))
    let squares = blurred(zip(copy, copy).map { $0 * $1 })
    let otherSquares = blurred(zip(original, original).map { $0 * $1 })
    let products = blurred(zip(copy, original).map { $0 * $1 })
    let count = means.count
    var byMean = [Float](repeating: 0, count: count)
    var (bySquare, byProduct) = (byMean, byMean)
    var sum = 0.0
    let scale = Float(weight / Double(count))
    for index in 0..<count {
      let (mean, other) = (means[index], others[index])
      let luminance = 2 * mean * other + Self.constants.mean
      let contrast = 2 * (products[index] - mean * other) + Self.constants.variance
      let powers = mean * mean + other * other + Self.constants.mean
      let variances =
        squares[index] - mean * mean + otherSquares[index] - other * other
        + Self.constants.variance
      let similarity = luminance * contrast / (powers * variances)
      sum += Double(1 - similarity)
      byProduct[index] = -scale * 2 * luminance / (powers * variances)
      bySquare[index] = scale * similarity / variances
      byMean[index] =
        -scale
        * (2 * other * (contrast - luminance) / (powers * variances)
          + 2 * mean * similarity * (1 / variances - 1 / powers))
    }
    difference = weight * sum / Double(count)
    (self.byMean, self.bySquare, self.byProduct) = (byMean, bySquare, byProduct)
  }

  /// Derivatives of the difference by the samples of the copy.
  func slopes() -> [Float] {
    let (mean, square, product) = (spread(byMean), spread(bySquare), spread(byProduct))
    return copy.indices.map {
      mean[$0] + 2 * copy[$0] * square[$0] + original[$0] * product[$0]
    }
  }

  /// The means of all windows that lie within a picture.
  private static func blurred(_ picture: [Float], height: Int, width: Int) -> [Float] {
    let (rows, columns) = (height - window.count + 1, width - window.count + 1)
    var down = [Float](repeating: 0, count: rows * width)
    for row in 0..<rows {
      for (tap, weight) in window.enumerated() {
        for column in 0..<width {
          down[row * width + column] += weight * picture[(row + tap) * width + column]
        }
      }
    }
    var result = [Float](repeating: 0, count: rows * columns)
    for row in 0..<rows {
      for (tap, weight) in window.enumerated() {
        for column in 0..<columns {
          result[row * columns + column] += weight * down[row * width + column + tap]
        }
      }
    }
    return result
  }

  /// What `blurred` is the adjoint of.
  private func spread(_ means: [Float]) -> [Float] {
    let window = Self.window
    let (rows, columns) = (height - window.count + 1, width - window.count + 1)
    var down = [Float](repeating: 0, count: rows * width)
    for row in 0..<rows {
      for (tap, weight) in window.enumerated() {
        for column in 0..<columns {
          down[row * width + column + tap] += weight * means[row * columns + column]
        }
      }
    }
    var result = [Float](repeating: 0, count: height * width)
    for row in 0..<rows {
      for (tap, weight) in window.enumerated() {
        for column in 0..<width {
          result[(row + tap) * width + column] += weight * down[row * width + column]
        }
      }
    }
    return result
  }
}
