import COpenBLAS

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

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

/// Ends the threads that OpenBLAS started with the program: until they sleep they wait busily for some
/// 70 ms of processor time, more than a small picture takes. Products do so too; programs call it as
/// soon as they start.
package func endThreadsOfProducts() { _ = singleThreaded }

/// OpenBLAS has no threads of its own once this has been read.
///
/// Where they are its own and not OpenMP's, the function for it would first start them again, and so
/// the number is set where the function would put it. If a version has no such variable and function,
/// time is all that is lost.
let singleThreaded: Void = {
  if openblas_get_parallel() == OPENBLAS_THREAD, let count = dlsym(nil, "blas_cpu_number"),
    let end = dlsym(nil, "blas_thread_shutdown_")
  {
    count.assumingMemoryBound(to: Int32.self).pointee = 1
    _ = unsafeBitCast(end, to: (@convention(c) () -> Int32).self)()
  } else {
    openblas_set_num_threads(1)
  }
}()
