import COpenBLAS

/// A row-major matrix that a product reads, as it lies in memory or transposed.
package enum Orientation: Sendable {
  /// Rows as they are stored.
  case asStored
  /// Columns as they are stored.
  case transposed

  fileprivate var flag: Int32 {
    switch self {
    case .asStored: Int32(blas_as_stored)
    case .transposed: Int32(blas_transposed)
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
  return [Float](unsafeUninitializedCapacity: rows * columns) { result, count in
    openBLAS.sgemm(
      Int32(blas_row_major), aOrientation.flag, bOrientation.flag, Int32(rows), Int32(columns),
      Int32(inner), 1, a, Int32(aOrientation == .asStored ? inner : rows), b,
      Int32(bOrientation == .asStored ? columns : inner), 0, result.baseAddress,
      Int32(columns))
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
  openBLAS.dgemm(
    Int32(blas_row_major), Orientation.transposed.flag, Orientation.asStored.flag, Int32(rows),
    Int32(columns), Int32(count), 1, a,
    Int32(rows), b, Int32(columns), 1, &sum, Int32(columns))
}

/// OpenBLAS, loaded when it is first read and without threads of its own.
///
/// A program that needs it cannot do without: where it is missing the program ends, as it would have
/// done at its start if it were linked.
let openBLAS: OpenBLAS = {
  var library = OpenBLAS()
  guard openblas_load(&library) != 0 else {
    fatalError("OpenBLAS (libopenblas) is missing or is none that has CBLAS and LAPACK")
  }
  return library
}()
