import Networks
import Signals
import Testing

struct SymmetricMatricesTests {
  @Test func eigenvectorsOfTwoByTwo() throws {
    // Only the upper triangle is read: the 99 must not matter.
    let (values, vectors) = try symmetricEigenvectors([2, 1, 99, 2], dimension: 2)
    #expect(abs(values[0] - 3) < 1e-12 && abs(values[1] - 1) < 1e-12)
    let half = 0.5.squareRoot()
    #expect(vectors.allSatisfy { abs(abs($0) - half) < 1e-12 })
    #expect(vectors[0] * vectors[1] > 0 && vectors[2] * vectors[3] < 0)
  }

  @Test func eigenvectorsOfARandomMatrix() throws {
    let size = 20
    let matrix = symmetric(size, seed: 1)
    let (values, vectors) = try symmetricEigenvectors(matrix, dimension: size)
    #expect(zip(values, values.dropFirst()).allSatisfy { $0 >= $1 })
    let rows = (0..<size).map { Array(vectors[$0 * size..<($0 + 1) * size]) }
    for (index, vector) in rows.enumerated() {
      for (product, component) in zip(times(matrix, vector), vector) {
        #expect(abs(product - values[index] * component) < 1e-10)
      }
      for (other, second) in rows.enumerated() {
        let product = zip(vector, second).reduce(0) { $0 + $1.0 * $1.1 }
        #expect(abs(product - (index == other ? 1 : 0)) < 1e-10)
      }
    }
  }

  @Test(arguments: [Double.nan, .infinity])
  func matricesThatAreNotAllNumbers(value: Double) {
    for place in [0, 1, 4] {
      var matrix: [Double] = [2, 1, 0, 1, 3, 1, 0, 1, 4]
      matrix[place] = value
      #expect(throws: LinearAlgebraError.noEigenvectors(dimension: 3)) {
        try symmetricEigenvectors(matrix, dimension: 3)
      }
    }
  }

  @Test func solvesSystems() throws {
    let (size, count) = (13, 3)
    let factor = symmetric(size, seed: 2)
    // A square of a symmetric matrix, and some more on the diagonal, is positive definite.
    var matrix = (0..<size).flatMap { times(factor, Array(factor[$0 * size..<($0 + 1) * size])) }
    for index in 0..<size { matrix[index * size + index] += 1 }
    var generator = SeededGenerator(seed: 3)
    let right = (0..<count * size).map { _ in Double.random(in: -1...1, using: &generator) }
    var upper = matrix
    for row in 0..<size {
      for column in 0..<row { upper[row * size + column] = 99 }
    }
    let solutions = try solvePositiveDefinite(upper, dimension: size, right: right)
    #expect(solutions.count == right.count)
    for start in stride(from: 0, to: right.count, by: size) {
      let expected = eliminated(matrix, Array(right[start..<start + size]))
      #expect(zip(solutions[start...], expected).allSatisfy { abs($0 - $1) < 1e-9 })
    }
  }

  @Test func systemsThatAreNotPositiveDefinite() {
    for matrix in [[1, 2, 2, 1], [0, 0, 0, 0], [-1, 0, 0, 1], [.nan, 0, 0, 1]] as [[Double]] {
      #expect(throws: LinearAlgebraError.notPositiveDefinite(dimension: 2)) {
        try solvePositiveDefinite(matrix, dimension: 2, right: [1, 1])
      }
    }
  }

  private func symmetric(_ size: Int, seed: UInt64) -> [Double] {
    var generator = SeededGenerator(seed: seed)
    var matrix = [Double](repeating: 0, count: size * size)
    for row in 0..<size {
      for column in row..<size {
        matrix[row * size + column] = Double.random(in: -1...1, using: &generator)
        matrix[column * size + row] = matrix[row * size + column]
      }
    }
    return matrix
  }

  private func times(_ matrix: [Double], _ vector: [Double]) -> [Double] {
    vector.indices.map { row in
      vector.indices.reduce(0) { $0 + matrix[row * vector.count + $1] * vector[$1] }
    }
  }

  /// Gauss's elimination, without pivots: a positive definite matrix needs none.
  private func eliminated(_ matrix: [Double], _ right: [Double]) -> [Double] {
    let size = right.count
    var (matrix, x) = (matrix, right)
    for pivot in 0..<size {
      for row in 0..<size where row != pivot {
        let factor = matrix[row * size + pivot] / matrix[pivot * size + pivot]
        for column in pivot..<size {
          matrix[row * size + column] -= factor * matrix[pivot * size + column]
        }
        x[row] -= factor * x[pivot]
      }
    }
    return (0..<size).map { x[$0] / matrix[$0 * size + $0] }
  }
}
