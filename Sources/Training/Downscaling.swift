import Foundation
import Signals

extension Image {
  /// The picture at `scale` (at most 1) of its size, by a cubic kernel stretched to the new
  /// sampling distance (R. Keys, "Cubic convolution interpolation", 1981, with a = -1/2), so that
  /// nothing aliases.
  public func downscaled(by scale: Double) -> Image {
    let columns = Resampling(from: width, to: max(1, Int((Double(width) * scale).rounded())))
    let rows = Resampling(from: height, to: max(1, Int((Double(height) * scale).rounded())))
    var narrow = Image(width: columns.count, height: height, planes: planes)
    for line in 0..<planes * height {
      for (column, taps) in columns.taps.enumerated() {
        var sum: Float = 0
        for (offset, weight) in taps.weights.enumerated() {
          sum += samples[line * width + taps.first + offset] * weight
        }
        narrow.samples[line * columns.count + column] = sum
      }
    }
    var small = Image(width: columns.count, height: rows.count, planes: planes)
    for plane in 0..<planes {
      for (row, taps) in rows.taps.enumerated() {
        let target = (plane * rows.count + row) * columns.count
        for (offset, weight) in taps.weights.enumerated() {
          let source = (plane * height + taps.first + offset) * columns.count
          for column in 0..<columns.count {
            small.samples[target + column] += narrow.samples[source + column] * weight
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
