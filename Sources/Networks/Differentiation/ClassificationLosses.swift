import Foundation

extension Variable {
  /// Cross-entropy in nats of the softmax of each row against a distribution, times `scale`, all
  /// rows together: one number.
  ///
  /// - Parameters:
  ///   - targets: the probability of each class, shape [rows, columns]; each row sums to 1.
  ///   - scale: what the sum over the rows is multiplied with.
  /// - Returns: shape [1, 1].
  public func crossEntropy(against targets: [Float], scale: Float = 1) -> Variable {
    precondition(targets.count == values.count, "targets of another shape")
    let probabilities = softmax()
    var sum = 0.0
    var slopes = probabilities
    for index in targets.indices {
      if targets[index] > 0 {
        sum -=
          Double(targets[index]) * log(Double(max(probabilities[index], .leastNormalMagnitude)))
      }
      slopes[index] = scale * (probabilities[index] - targets[index])
    }
    return loss(Float(sum) * scale, slopes: slopes)
  }

  /// Cross-entropy in nats of yes-or-no decisions whose logits are the values, times `scale`, all
  /// together: one number.
  ///
  /// - Parameters:
  ///   - targets: probabilities of yes, 0...1, shape [rows, columns].
  ///   - weights: what each decision counts, shape [rows, columns]; 1 when nil.
  ///   - scale: what the sum over the decisions is multiplied with.
  /// - Returns: shape [1, 1].
  public func logisticLoss(
    against targets: [Float], weights: [Float]? = nil, scale: Float = 1
  ) -> Variable {
    weightedLoss(targets, weights, scale) { logit, target in
      // log(1 + exp(x)) without overflow.
      let softplus = max(logit, 0) + log1p(exp(-abs(logit)))
      return (softplus - target * logit, 1 / (1 + exp(-logit)) - target)
    }
  }

  /// `scale * sum of weight * huber(self - target)`, one number: half the square of differences up
  /// to 1, beyond it their size less a half (P. Huber, "Robust estimation of a location parameter",
  /// 1964), for regression with outliers.
  ///
  /// - Parameters:
  ///   - targets: shape [rows, columns].
  ///   - weights: what each number counts, shape [rows, columns]; 1 when nil.
  ///   - scale: what the sum over the numbers is multiplied with.
  /// - Returns: shape [1, 1].
  public func huberLoss(
    against targets: [Float], weights: [Float]? = nil, scale: Float = 1
  ) -> Variable {
    weightedLoss(targets, weights, scale) { value, target in
      let difference = value - target
      let size = abs(difference)
      return (size < 1 ? difference * difference / 2 : size - 0.5, min(max(difference, -1), 1))
    }
  }

  /// The softmax of each row: probabilities of classes, 0...1. Shape [rows, columns].
  public func softmax() -> [Float] {
    var result = values
    for start in stride(from: 0, to: result.count, by: max(columns, 1)) {
      let row = start..<start + columns
      let largest = result[row].max() ?? 0
      var sum: Float = 0
      for index in row {
        result[index] = exp(result[index] - largest)
        sum += result[index]
      }
      for index in row { result[index] /= sum }
    }
    return result
  }

  /// A sum of losses of each value and its target, of which `loss` also tells the derivative by the
  /// value.
  private func weightedLoss(
    _ targets: [Float], _ weights: [Float]?, _ scale: Float,
    _ loss: (_ value: Float, _ target: Float) -> (loss: Float, slope: Float)
  ) -> Variable {
    precondition(
      targets.count == values.count && weights?.count ?? values.count == values.count,
      "targets of another shape")
    var sum = 0.0
    var slopes = [Float](repeating: 0, count: values.count)
    for index in targets.indices {
      let weight = (weights?[index] ?? 1) * scale
      let found = loss(values[index], targets[index])
      sum += Double(weight * found.loss)
      slopes[index] = weight * found.slope
    }
    return self.loss(Float(sum), slopes: slopes)
  }

  /// A loss whose derivatives by the values are known.
  private func loss(_ value: Float, slopes: [Float]) -> Variable {
    Variable([value], rows: 1, columns: 1, from: [self]) { [self] derivative in
      node?.add(derivative[0] == 1 ? slopes : slopes.map { $0 * derivative[0] })
    }
  }
}
