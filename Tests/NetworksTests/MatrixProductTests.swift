import Networks
import Signals
import Testing

struct MatrixProductTests {
  static let shapes = [
    (1, 1, 1), (2, 3, 4), (5, 1, 3), (1, 7, 1), (17, 9, 33), (40, 65, 13), (0, 3, 2), (2, 0, 3),
    (2, 3, 0), (0, 0, 0),
  ]

  @Test(arguments: shapes)
  func plainLoopsGiveTheSame(rows: Int, inner: Int, columns: Int) {
    var generator = SeededGenerator(seed: UInt64(rows + inner * 100))
    let a = (0..<rows * inner).map { _ in Float.random(in: -1...1, using: &generator) }
    let b = (0..<inner * columns).map { _ in Float.random(in: -1...1, using: &generator) }
    var expected = [Double](repeating: 0, count: rows * columns)
    for row in 0..<rows {
      for column in 0..<columns {
        for index in 0..<inner {
          expected[row * columns + column] +=
            Double(a[row * inner + index]) * Double(b[index * columns + column])
        }
      }
    }
    let aTransposed = transposed(a, rows: rows, columns: inner)
    let bTransposed = transposed(b, rows: inner, columns: columns)
    for result in [
      multiply(a, by: b, rows: rows, inner: inner, columns: columns),
      multiply(aTransposed, .transposed, by: b, rows: rows, inner: inner, columns: columns),
      multiply(a, by: bTransposed, .transposed, rows: rows, inner: inner, columns: columns),
      multiply(
        aTransposed, .transposed, by: bTransposed, .transposed, rows: rows, inner: inner,
        columns: columns),
    ] {
      #expect(result.count == rows * columns)
      #expect(zip(result, expected).allSatisfy { abs(Double($0) - $1) < 1e-4 })
    }
  }

  @Test(arguments: [(1, 1), (2, 5), (33, 7)])
  func productsAreAddedUp(rows: Int, columns: Int) {
    var generator = SeededGenerator(seed: 1)
    let start = (0..<rows * columns).map { Double($0) }
    var (sum, expected) = (start, start)
    for count in [3, 0, 8] {
      let a = (0..<count * rows).map { _ in Double.random(in: -1...1, using: &generator) }
      let b = (0..<count * columns).map { _ in Double.random(in: -1...1, using: &generator) }
      accumulateProduct(a, rows: rows, b, columns: columns, into: &sum)
      for index in 0..<count {
        for row in 0..<rows {
          for column in 0..<columns {
            expected[row * columns + column] += a[index * rows + row] * b[index * columns + column]
          }
        }
      }
    }
    #expect(zip(sum, expected).allSatisfy { abs($0 - $1) < 1e-12 })
    #expect(sum != start)
  }

  private func transposed(_ matrix: [Float], rows: Int, columns: Int) -> [Float] {
    (0..<columns).flatMap { column in (0..<rows).map { matrix[$0 * columns + column] } }
  }
}
