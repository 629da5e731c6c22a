extension Variable {
  /// Each row less its mean, divided by its standard deviation (J. L. Ba, J. R. Kiros, G. Hinton,
  /// "Layer normalization", 2016); `scaled` has the gains and offsets that go with it. Shape [rows,
  /// columns].
  public func normalizedRows() -> Variable {
    let (rows, columns) = (rows, columns)
    var result = values
    var inverses = [Float](repeating: 0, count: rows)
    let share = 1 / Float(columns)
    result.withUnsafeMutableBufferPointer { result in
      for row in 0..<rows {
        let start = row * columns
        var mean: Float = 0
        for column in 0..<columns { mean += result[start + column] }
        mean *= share
        var variance: Float = 0
        for column in 0..<columns {
          result[start + column] -= mean
          variance += result[start + column] * result[start + column]
        }
        let inverse = 1 / (variance * share + Self.smallestVariance).squareRoot()
        inverses[row] = inverse
        for column in 0..<columns { result[start + column] *= inverse }
      }
    }
    return Variable(result, rows: rows, columns: columns, from: [self]) {
      [self, result, inverses] derivative in
      var slopes = derivative
      slopes.withUnsafeMutableBufferPointer { slopes in
        result.withUnsafeBufferPointer { result in
          for row in 0..<rows {
            let start = row * columns
            // What moves all numbers alike, or along the row itself, is taken away again.
            var (mean, along): (Float, Float) = (0, 0)
            for column in 0..<columns {
              mean += slopes[start + column]
              along += slopes[start + column] * result[start + column]
            }
            mean *= share
            along *= share
            for column in 0..<columns {
              slopes[start + column] =
                inverses[row] * (slopes[start + column] - mean - along * result[start + column])
            }
          }
        }
      }
      node?.add(slopes)
    }
  }

  /// Keeps a division finite: the customary 1e-5.
  private static let smallestVariance: Float = 1e-5
}
