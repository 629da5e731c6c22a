import Networks
import Wavelets

extension SynthesisNetwork {
  /// The network with the ranges of its numbers, which its integers are made for, measured on bands
  /// of pictures.
  ///
  /// - Parameter samples: bands of linear syntheses at a quality, `shape.levels` levels, and the
  ///   quantiser step of each.
  package func measuringRanges(
    of samples: (Quality) -> [(bands: Subbands, step: Float)]
  ) -> SynthesisNetwork {
    let weights = parameters.constants()
    var network = self
    for name in ranges.entries.map(\.name) { network.ranges[name] = [] }
    for node in 0..<Self.rangeNodes {
      let quality = Quality(100 * Double(node) / Double(Self.rangeNodes - 1))
      var observed: [String: [[Float]]] = [:]
      for (bands, step) in samples(quality) {
        _ = correction(
          to: Variable(
            constant: bands.coefficients, rows: bands.patchRows * bands.patchColumns,
            columns: dimension),
          patchColumns: bands.patchColumns, quality: quality, step: step, weights: weights
        ) { name, values in
          observed[name, default: Array(repeating: [], count: values.columns)]
            .append(values, every: Self.skipped)
        }
      }
      for (name, channels) in observed {
        if name == "values" {
          network.ranges["values.largest"] += channels.map {
            $0.reduce(0) { max($0, $1.magnitude) }
          }
        } else if name.hasSuffix("expanded") {
          network.ranges[name + ".highest"] += channels.map {
            byteRange(of: $0, lowest: -0.375).upperBound
          }
        } else {
          let ranges = channels.map { byteRange(of: $0) }
          network.ranges[name + ".lowest"] += ranges.map(\.lowerBound)
          network.ranges[name + ".highest"] += ranges.map(\.upperBound)
        }
      }
    }
    return network
  }

  /// Of so many patches one is looked at.
  private static let skipped = 5
}

extension [[Float]] {
  /// Adds some rows of a variable, whose columns are these arrays.
  fileprivate mutating func append(_ variable: Variable, every: Int) {
    for column in indices {
      for index in stride(
        from: column, to: variable.values.count, by: variable.columns * every)
      {
        self[column].append(variable.values[index])
      }
    }
  }
}

/// The range of bytes for these numbers that makes the least squared error, by rounding within it
/// and by cutting off what lies beyond.
///
/// - Parameter lowest: where it begins; nil for where that is best.
private func byteRange(of numbers: [Float], lowest: Float? = nil) -> ClosedRange<Float> {
  let (low, high) = (min(numbers.min() ?? 0, 0), max(numbers.max() ?? 0, 0))
  var best = (error: Double.infinity, range: low...high)
  for share in stride(from: Float(1), to: 0.1, by: -0.06) {
    let range = min(lowest ?? low * share, high * share)...(high * share)
    let step = Double(range.upperBound - range.lowerBound) / 255
    var error = step * step / 12 * Double(numbers.count)
    for number in numbers {
      let beyond = Double(
        max(number - range.upperBound, range.lowerBound - number, 0))
      error += beyond * beyond
    }
    if error < best.error { best = (error, range) }
  }
  return best.range
}
