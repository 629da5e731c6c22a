extension Image {
  /// The picture at `scale` (at most 1) of its size, by a cubic kernel stretched to the new
  /// sampling distance (R. Keys, "Cubic convolution interpolation", 1981, with a = -1/2), so that
  /// nothing aliases.
  ///
  /// Shape [planes, height * scale, width * scale], sides rounded to the nearest, at least 1.
  public func downscaled(by scale: Double) -> Image {
    let columns = Resampling(from: width, to: max(1, Int((Double(width) * scale).rounded())))
    let rows = Resampling(from: height, to: max(1, Int((Double(height) * scale).rounded())))
    var narrow = Image(width: columns.count, height: height, planes: planes)
    narrow.samples.withUnsafeMutableBufferPointer { target in
      samples.withUnsafeBufferPointer { source in
        for line in 0..<planes * height {
          let row = source[line * width..<(line + 1) * width]
          for (column, taps) in columns.taps.enumerated() {
            var sum: Float = 0
            taps.weights.withUnsafeBufferPointer { weights in
              for offset in weights.indices {
                sum += row[row.startIndex + taps.first + offset] * weights[offset]
              }
            }
            target[line * columns.count + column] = sum
          }
        }
      }
    }
    var small = Image(width: columns.count, height: rows.count, planes: planes)
    small.samples.withUnsafeMutableBufferPointer { target in
      narrow.samples.withUnsafeBufferPointer { source in
        for plane in 0..<planes {
          for (row, taps) in rows.taps.enumerated() {
            let to = (plane * rows.count + row) * columns.count
            for (offset, weight) in taps.weights.enumerated() {
              let from = (plane * height + taps.first + offset) * columns.count
              for column in 0..<columns.count {
                target[to + column] += source[from + column] * weight
              }
            }
          }
        }
      }
    }
    return small
  }
}

/// The input samples that each output sample is made of, and their weights.
private struct Resampling {
  let taps: [(first: Int, weights: [Float])]
  var count: Int { taps.count }

  init(from: Int, to: Int) {
    let ratio = Double(from) / Double(to)
    taps = (0..<to).map { index in
      let centre = (Double(index) + 0.5) * ratio - 0.5
      let first = max(0, Int((centre - 2 * ratio).rounded(.up)))
      let last = min(from - 1, Int((centre + 2 * ratio).rounded(.down)))
      let weights = (first...max(first, last)).map { Self.cubic((Double($0) - centre) / ratio) }
      let sum = weights.reduce(0, +)
      return (first, weights.map { Float($0 / sum) })
    }
  }

  private static func cubic(_ x: Double) -> Double {
    let x = abs(x)
    if x < 1 { return 1 + x * x * (1.5 * x - 2.5) }
    if x < 2 { return 2 + x * (-4 + x * (2.5 - 0.5 * x)) }
    return 0
  }
}
