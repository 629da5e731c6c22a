extension Variable {
  /// `scale * sum over rows and columns of weight[column] * (self - target)^2`, one number.
  ///
  /// - Parameters:
  ///   - target: shape [rows, columns].
  ///   - weights: what each column counts, shape [columns].
  ///   - scale: what the sum is multiplied with.
  /// - Returns: shape [1, 1].
  public func squaredError(against target: [Float], weights: [Float], scale: Float) -> Variable {
    precondition(
      target.count == values.count && weights.count == columns, "a target of another shape")
    var slopes = [Float](repeating: 0, count: values.count)
    var sum = 0.0
    for start in stride(from: 0, to: values.count, by: columns) {
      var rowSum: Float = 0
      for column in 0..<columns {
        let error = values[start + column] - target[start + column]
        slopes[start + column] = 2 * scale * weights[column] * error
        rowSum += weights[column] * error * error
      }
      sum += Double(rowSum)
    }
    return Variable([Float(Double(scale) * sum)], rows: 1, columns: 1, from: [self]) {
      [self] derivative in
      node?.add(derivative[0] == 1 ? slopes : slopes.map { $0 * derivative[0] })
    }
  }
}
