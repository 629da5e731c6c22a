import Foundation

extension Variable {
  /// How well masks split a mixture into stems: the mean over stems of the logarithm of the squared
  /// error over the stem's energy, in nats. One number.
  ///
  /// The masks of a coefficient are the softmax of its logits over the stems, so that the parts add
  /// up to the mixture. The logarithm makes every stem count the same, however soft: ten times over
  /// the natural logarithm of ten it is minus the mean signal-to-distortion ratio in decibels.
  ///
  /// The columns of the variable are the logits [stem, coefficient].
  /// - Parameters:
  ///   - mixture: shape [rows, coefficients].
  ///   - stems: what the parts should be, a matrix of the shape of the mixture for each.
  ///   - floor: what is added to the error and the energy of each stem, in squared units of the
  ///     mixture, so that silence has a finite loss.
  /// - Returns: shape [1, 1].
  public func maskedError(mixture: [Float], stems: [[Float]], floor: Float) -> Variable {
    let count = stems.count
    let coefficients = columns / max(count, 1)
    precondition(
      count > 0 && columns == count * coefficients && mixture.count == rows * coefficients
        && stems.allSatisfy { $0.count == mixture.count }, "stems of another shape")
    let masks = masks(count: count)
    var (errors, energies) = (
      [Double](repeating: 0, count: count), [Double](repeating: 0, count: count)
    )
    for row in 0..<rows {
      for stem in 0..<count {
        var (error, energy): (Float, Float) = (0, 0)
        let (start, first) = ((row * count + stem) * coefficients, row * coefficients)
        for coefficient in 0..<coefficients {
          let wanted = stems[stem][first + coefficient]
          let difference = masks[start + coefficient] * mixture[first + coefficient] - wanted
          error += difference * difference
          energy += wanted * wanted
        }
        errors[stem] += Double(error)
        energies[stem] += Double(energy)
      }
    }
    let share = 1 / Double(count)
    let value = zip(errors, energies).reduce(0.0) {
      $0 + share * log(($1.0 + Double(floor)) / ($1.1 + Double(floor)))
    }
    let weights = errors.map { Float(2 * share / ($0 + Double(floor))) }
    let rows = rows
    return Variable([Float(value)], rows: 1, columns: 1, from: [self]) {
      [self] derivative in
      guard let node else { return }
      var slopes = [Float](repeating: 0, count: masks.count)
      var byMask = [Float](repeating: 0, count: count)
      for row in 0..<rows {
        for coefficient in 0..<coefficients {
          let index = row * coefficients + coefficient
          var mean: Float = 0
          for stem in 0..<count {
            let mask = masks[(row * count + stem) * coefficients + coefficient]
            byMask[stem] =
              weights[stem] * (mask * mixture[index] - stems[stem][index]) * mixture[index]
            mean += mask * byMask[stem]
          }
          for stem in 0..<count {
            let logit = (row * count + stem) * coefficients + coefficient
            slopes[logit] = derivative[0] * masks[logit] * (byMask[stem] - mean)
          }
        }
      }
      node.add(slopes)
    }
  }

  /// The softmax over the stems of logits [stem, coefficient] in every row: shares of each
  /// coefficient, 0...1.
  ///
  /// - Parameter count: stems, a divisor of the columns.
  /// - Returns: shape [rows, stem, coefficient].
  public func masks(count: Int) -> [Float] {
    let coefficients = columns / count
    precondition(columns == count * coefficients, "stems of other numbers of coefficients")
    var result = values
    result.withUnsafeMutableBufferPointer { result in
      for row in 0..<rows {
        for coefficient in 0..<coefficients {
          let first = row * columns + coefficient
          var largest = result[first]
          for stem in 1..<count { largest = max(largest, result[first + stem * coefficients]) }
          var sum: Float = 0
          for stem in 0..<count {
            let share = exp(result[first + stem * coefficients] - largest)
            result[first + stem * coefficients] = share
            sum += share
          }
          let inverse = 1 / sum
          for stem in 0..<count { result[first + stem * coefficients] *= inverse }
        }
      }
    }
    return result
  }
}
