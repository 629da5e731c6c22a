extension Variable {
  /// What a linear map makes of the values.
  ///
  /// - Parameters:
  ///   - rows: of the result.
  ///   - columns: of the result.
  ///   - map: takes the values, row-major, to those of the result.
  ///   - adjoint: takes derivatives by the result to derivatives by the values: the transposed
  ///     matrix of the map.
  /// - Returns: a matrix of so many rows and columns.
  public func mapped(
    rows: Int, columns: Int, _ map: ([Float]) -> [Float],
    adjoint: @escaping ([Float]) -> [Float]
  ) -> Variable {
    Variable(map(values), rows: rows, columns: columns, from: [self]) { [self] derivative in
      node?.add(adjoint(derivative))
    }
  }

  /// The sum of two variables of one shape [rows, columns].
  public func plus(_ other: Variable) -> Variable {
    precondition(other.rows == rows && other.columns == columns, "a sum of other shapes")
    let result = combined(values, other.values) { $0 + $1 }
    return Variable(result, rows: rows, columns: columns, from: [self, other]) {
      [self] derivative in
      node?.add(derivative)
      other.node?.add(derivative)
    }
  }

  /// Each column times its gain, plus its offset.
  ///
  /// - Parameters:
  ///   - gain: shape [1, columns].
  ///   - offset: shape [1, columns]; none when nil.
  /// - Returns: shape [rows, columns].
  public func scaled(by gain: Variable, offset: Variable? = nil) -> Variable {
    precondition(
      gain.values.count == columns && (offset == nil || offset!.values.count == columns),
      "gains of another shape")
    let columns = columns
    var result = values
    result.withUnsafeMutableBufferPointer { result in
      gain.values.withUnsafeBufferPointer { gain in
        let none = [Float](repeating: 0, count: columns)
        (offset?.values ?? none).withUnsafeBufferPointer { offset in
          for start in stride(from: 0, to: result.count, by: columns) {
            for column in 0..<columns {
              result[start + column] = result[start + column] * gain[column] + offset[column]
            }
          }
        }
      }
    }
    return Variable(
      result, rows: rows, columns: columns, from: [self, gain] + (offset.map { [$0] } ?? [])
    ) { [self] derivative in
      if let node {
        let gains = Variable(constant: gain.values, rows: 1, columns: columns)
        node.add(
          Variable(constant: derivative, rows: rows, columns: columns).scaled(by: gains).values)
      }
      gain.node?.add(sumOfRows(combined(derivative, values) { $0 * $1 }, columns: columns))
      offset?.node?.add(sumOfRows(derivative, columns: columns))
    }
  }

  /// x * clamp(x / 6 + 1/2, 0, 1): close to GELU, without an exponential (A. Howard et al.,
  /// "Searching for MobileNetV3", 2019, section 5.2). Shape [rows, columns].
  public func hardSwish() -> Variable {
    var result = values
    // A loop of single numbers, which the compiler makes one of vectors.
    result.withUnsafeMutableBufferPointer { result in
      for index in result.indices {
        let x = result[index]
        result[index] = x * min(max(x * (1 / 6) + 0.5, 0), 1)
      }
    }
    return Variable(result, rows: rows, columns: columns, from: [self]) { [self] derivative in
      node?.add(passedByHardSwish(derivative, at: values))
    }
  }
}

/// The derivative by `x` from the one by its hard swish.
private func passedByHardSwish(_ derivative: [Float], at x: [Float]) -> [Float] {
  precondition(derivative.count == x.count, "arrays of other lengths")
  var result = derivative
  result.withUnsafeMutableBufferPointer { result in
    x.withUnsafeBufferPointer { x in
      for index in result.indices {
        let slope = x[index] * (1 / 3) + 0.5
        result[index] *= x[index] <= -3 ? 0 : x[index] >= 3 ? 1 : slope
      }
    }
  }
  return result
}

/// Applies an operation to the numbers of two arrays of one length, eight at a time.
@inline(__always)
func combined(
  _ a: [Float], _ b: [Float], _ operation: (SIMD8<Float>, SIMD8<Float>) -> SIMD8<Float>
) -> [Float] {
  precondition(a.count == b.count, "arrays of other lengths")
  let (count, whole) = (a.count, a.count & ~7)
  return [Float](unsafeUninitializedCapacity: count) { result, initialized in
    a.withUnsafeBytes { a in
      b.withUnsafeBytes { b in
        let target = UnsafeMutableRawBufferPointer(result)
        for offset in stride(from: 0, to: whole * 4, by: 32) {
          target.storeBytes(
            of: operation(
              a.loadUnaligned(fromByteOffset: offset, as: SIMD8<Float>.self),
              b.loadUnaligned(fromByteOffset: offset, as: SIMD8<Float>.self)),
            toByteOffset: offset, as: SIMD8<Float>.self)
        }
        for index in whole..<count {
          let (a, b) = (
            a.load(fromByteOffset: index * 4, as: Float.self),
            b.load(fromByteOffset: index * 4, as: Float.self)
          )
          result[index] = operation(SIMD8(repeating: a), SIMD8(repeating: b))[0]
        }
      }
    }
    initialized = count
  }
}
