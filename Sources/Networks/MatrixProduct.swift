import COpenBLAS

/// A row-major matrix that a product reads, as it lies in memory or transposed.
package enum Orientation: Sendable {
  /// Rows as they are stored.
  case asStored
  /// Columns as they are stored.
  case transposed

  fileprivate var flag: CBLAS_TRANSPOSE {
    switch self {
    case .asStored: CblasNoTrans
    case .transposed: CblasTrans
    }
  }
}

/// `result = a * b` in single precision: shapes [rows, inner], [inner, columns], [rows, columns].
///
/// A transposed operand is stored in the shape [inner, rows] or [columns, inner]. Runs on the
/// calling thread alone: strips are what this package runs in parallel.
package func multiply(
  _ a: [Float], _ aOrientation: Orientation = .asStored, by b: [Float],
  _ bOrientation: Orientation = .asStored, rows: Int, inner: Int, columns: Int
) -> [Float] {
  precondition(
    a.count == rows * inner && b.count == inner * columns, "matrices of other shapes")
  guard rows > 0, columns > 0, inner > 0 else {
    return [Float](repeating: 0, count: rows * columns)
  }
  _ = singleThreaded
  return [Float](unsafeUninitializedCapacity: rows * columns) { result, count in
    cblas_sgemm(
      CblasRowMajor, aOrientation.flag, bOrientation.flag, blasint(rows), blasint(columns),
      blasint(inner), 1, a, blasint(aOrientation == .asStored ? inner : rows), b,
      blasint(bOrientation == .asStored ? columns : inner), 0, result.baseAddress,
      blasint(columns))
    count = rows * columns
  }
}

/// Adds `a^T * b` to `sum`, in double precision.
///
/// - Parameters:
///   - a: shape [count, rows].
///   - b: shape [count, columns].
///   - sum: shape [rows, columns].
package func accumulateProduct(
  _ a: [Double], rows: Int, _ b: [Double], columns: Int, into sum: inout [Double]
) {
  precondition(rows > 0 && columns > 0, "a product without rows or columns")
  let count = a.count / rows
  precondition(
    a.count == count * rows && b.count == count * columns && sum.count == rows * columns,
    "matrices of other shapes")
  guard count > 0 else { return }
  _ = singleThreaded
  cblas_dgemm(
    CblasRowMajor, CblasTrans, CblasNoTrans, blasint(rows), blasint(columns), blasint(count), 1, a,
    blasint(rows), b, blasint(columns), 1, &sum, blasint(columns))
}

/// OpenBLAS starts no threads of its own once this has been read.
let singleThreaded: Void = openblas_set_num_threads(1)
