import COpenBLAS

/// Why a matrix could not be decomposed.
public enum LinearAlgebraError: Error, CustomStringConvertible, Equatable {
  /// The iteration for eigenvalues did not converge, or the matrix holds no numbers.
  case noEigenvectors(dimension: Int)
  /// The matrix of a system of equations is not positive definite, or the system holds no numbers.
  case notPositiveDefinite(dimension: Int)

  /// One sentence.
  public var description: String {
    switch self {
    case .noEigenvectors(let dimension):
      "the \(dimension) x \(dimension) covariance has no eigenvectors: is it all numbers?"
    case .notPositiveDefinite(let dimension):
      "a \(dimension) x \(dimension) system of equations is not positive definite: is it all numbers?"
    }
  }
}

/// Eigenvalues, largest first, and eigenvectors of a symmetric matrix, through LAPACK `dsyevd`.
///
/// - Parameter matrix: shape [dimension, dimension]; only the upper triangle is read.
/// - Returns: `values` [dimension] and `vectors` [dimension, dimension], an eigenvector a row.
package func symmetricEigenvectors(
  _ matrix: [Double], dimension: Int
) throws(LinearAlgebraError) -> (values: [Double], vectors: [Double]) {
  precondition(matrix.count == dimension * dimension, "not a square matrix")
  var vectors = matrix
  var values = [Double](repeating: 0, count: dimension)
  var (size, status) = (Int32(dimension), Int32(0))
  // The upper triangle by rows is the lower one by columns, as Fortran reads it.
  var workSize = Double(0)
  var (query, integerSize) = (Int32(-1), Int32(0))
  openBLAS.dsyevd(
    "V", "L", &size, &vectors, &size, &values, &workSize, &query, &integerSize, &query,
    &status)
  var work = [Double](repeating: 0, count: max(Int(workSize), 1))
  var integers = [Int32](repeating: 0, count: max(Int(integerSize), 1))
  var (workCount, integerCount) = (Int32(work.count), Int32(integers.count))
  openBLAS.dsyevd(
    "V", "L", &size, &vectors, &size, &values, &work, &workCount, &integers, &integerCount,
    &status)
  guard status == 0, values.allSatisfy({ $0.isFinite }) else {
    throw .noEigenvectors(dimension: dimension)
  }
  var ordered: [Double] = []
  ordered.reserveCapacity(vectors.count)
  for index in (0..<dimension).reversed() {
    ordered += vectors[index * dimension..<(index + 1) * dimension]
  }
  return (values.reversed(), ordered)
}

/// Solves `matrix * x = right` for a symmetric positive definite matrix, through LAPACK `dposv`.
///
/// - Parameters:
///   - matrix: shape [dimension, dimension]; only the upper triangle is read.
///   - right: right-hand sides, shape [count, dimension].
/// - Returns: solutions, shape [count, dimension].
package func solvePositiveDefinite(
  _ matrix: [Double], dimension: Int, right: [Double]
) throws(LinearAlgebraError) -> [Double] {
  precondition(
    matrix.count == dimension * dimension && dimension > 0 && right.count % dimension == 0,
    "systems of other shapes")
  var (factors, solution) = (matrix, right)
  var (size, count, status) = (Int32(dimension), Int32(right.count / dimension), Int32(0))
  openBLAS.dposv("L", &size, &count, &factors, &size, &solution, &size, &status)
  // OpenBLAS reports success for a matrix that holds no numbers.
  guard status == 0, solution.allSatisfy({ $0.isFinite }) else {
    throw .notPositiveDefinite(dimension: dimension)
  }
  return solution
}
