extension Variable {
  /// `self * weight^T + bias`: a linear layer over the columns of every row.
  ///
  /// - Parameters:
  ///   - weight: shape [outputs, columns].
  ///   - bias: shape [1, outputs]; none when nil.
  /// - Returns: shape [rows, outputs].
  public func linear(_ weight: Variable, bias: Variable? = nil) -> Variable {
    precondition(weight.columns == columns, "a weight of another shape")
    precondition(bias == nil || bias!.values.count == weight.rows, "a bias of another shape")
    let (rows, inner, outputs) = (rows, columns, weight.rows)
    var result = multiply(
      values, by: weight.values, .transposed, rows: rows, inner: inner, columns: outputs)
    if let bias { add(bias.values, toRowsOf: &result) }
    return Variable(
      result, rows: rows, columns: outputs, from: [self, weight] + (bias.map { [$0] } ?? [])
    ) { [self] derivative in
      node?.add(
        multiply(derivative, by: weight.values, rows: rows, inner: outputs, columns: inner))
      weight.node?.add(
        multiply(
          derivative, .transposed, by: values, rows: outputs, inner: rows, columns: inner))
      bias?.node?.add(sumOfRows(derivative, columns: outputs))
    }
  }

  /// `self * matrix`, for the mixture of the rows of a table.
  ///
  /// - Parameter matrix: shape [columns, outputs].
  /// - Returns: shape [rows, outputs].
  public func product(_ matrix: Variable) -> Variable {
    precondition(matrix.rows == columns, "a matrix of another shape")
    let (rows, inner, outputs) = (rows, columns, matrix.columns)
    let result = multiply(values, by: matrix.values, rows: rows, inner: inner, columns: outputs)
    return Variable(result, rows: rows, columns: outputs, from: [self, matrix]) {
      [self] derivative in
      node?.add(
        multiply(
          derivative, by: matrix.values, .transposed, rows: rows, inner: outputs, columns: inner))
      matrix.node?.add(
        multiply(
          values, .transposed, by: derivative, rows: inner, inner: rows, columns: outputs))
    }
  }
}

/// Adds `row` to each row of a matrix.
private func add(_ row: [Float], toRowsOf matrix: inout [Float]) {
  matrix.withUnsafeMutableBufferPointer { matrix in
    row.withUnsafeBufferPointer { row in
      for start in stride(from: 0, to: matrix.count, by: row.count) {
        for column in 0..<row.count { matrix[start + column] += row[column] }
      }
    }
  }
}

/// The sum of the rows of a matrix. Shape [columns].
func sumOfRows(_ matrix: [Float], columns: Int) -> [Float] {
  var sum = [Float](repeating: 0, count: columns)
  sum.withUnsafeMutableBufferPointer { sum in
    matrix.withUnsafeBufferPointer { matrix in
      for start in stride(from: 0, to: matrix.count, by: columns) {
        for column in 0..<columns { sum[column] += matrix[start + column] }
      }
    }
  }
  return sum
}
