extension Variable {
  /// Each number quantised to an integer; derivatives pass as if it had not been (the
  /// straight-through estimator).
  ///
  /// - Parameters:
  ///   - deadZone: how much more than a half a magnitude needs to be rounded up, 0...0.5.
  ///   - centroid: what is added to the magnitudes of integers other than zero, for a decoder that
  ///     knows of the dead zone.
  /// - Returns: shape [rows, columns].
  public func rounded(deadZone: Float = 0, centroid: Float = 0) -> Variable {
    let result = combined(values, values) { x, _ in
      let magnitude = x.replacing(with: -x, where: x .< 0)
      let integer = (magnitude - deadZone).rounded(.toNearestOrEven)
      let value = (integer + centroid).replacing(with: 0, where: integer .< 0.5)
      return value.replacing(with: -value, where: x .< 0)
    }
    return Variable(result, rows: rows, columns: columns, from: [self]) { [self] derivative in
      node?.add(derivative)
    }
  }

  /// log2(1 + |x|) with the sign of x, or without one. Shape [rows, columns].
  public func logarithm(signed: Bool) -> Variable {
    let result = combined(values, values) { x, _ in
      let magnitude = x.replacing(with: -x, where: x .< 0)
      let logarithm = (magnitude + 1).log2()
      return signed ? logarithm.replacing(with: -logarithm, where: x .< 0) : logarithm
    }
    return Variable(result, rows: rows, columns: columns, from: [self]) { [self] derivative in
      node?.add(
        combined(derivative, values) { derivative, x in
          let magnitude = x.replacing(with: -x, where: x .< 0)
          let slope = derivative * 1.442_695_04 / (magnitude + 1)
          return signed ? slope : slope.replacing(with: -slope, where: x .< 0)
        })
    }
  }

  /// `self * weight^T` with the part of `weight` strictly below the diagonal alone: what a channel
  /// gets from those before it.
  ///
  /// - Parameter weight: shape [columns, columns].
  /// - Returns: shape [rows, columns].
  public func lowerTriangular(_ weight: Variable) -> Variable {
    precondition(weight.rows == columns && weight.columns == columns, "a weight of another shape")
    let (rows, size) = (rows, columns)
    func masked(_ matrix: [Float]) -> [Float] {
      var matrix = matrix
      for row in 0..<size {
        for column in row..<size { matrix[row * size + column] = 0 }
      }
      return matrix
    }
    let lower = masked(weight.values)
    let result = multiply(
      values, by: lower, .transposed, rows: rows, inner: size, columns: size)
    return Variable(result, rows: rows, columns: size, from: [self, weight]) {
      [self] derivative in
      node?.add(multiply(derivative, by: lower, rows: rows, inner: size, columns: size))
      weight.node?.add(
        masked(
          multiply(
            derivative, .transposed, by: values, rows: size, inner: rows, columns: size)))
    }
  }
}
