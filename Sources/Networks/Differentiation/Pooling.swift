import Foundation

extension Variable {
  /// The mean of all rows. Shape [1, columns].
  public func meanOfRows() -> Variable {
    let (rows, columns) = (rows, columns)
    let share = 1 / Float(max(rows, 1))
    return Variable(
      sumOfRows(values, columns: columns).map { $0 * share }, rows: 1, columns: columns,
      from: [self]
    ) { [self] derivative in
      let part = derivative.map { $0 * share }
      node?.add((0..<rows).flatMap { _ in part })
    }
  }

  /// Weighted means of all rows, the weights the softmax of scores over the rows: attention with
  /// queries that do not depend on the input. The columns are split evenly between the heads, each
  /// of which has a score a row.
  ///
  /// - Parameter scores: shape [rows, heads]; heads divide the columns.
  /// - Returns: shape [1, columns].
  public func attentionPooled(scores: Variable) -> Variable {
    let (rows, columns, heads) = (rows, columns, scores.columns)
    precondition(
      scores.rows == rows && rows > 0 && heads > 0 && columns % heads == 0,
      "scores of another shape")
    let width = columns / heads
    var weights = scores.values
    for head in 0..<heads {
      let entries = stride(from: head, to: weights.count, by: heads)
      let largest = entries.reduce(-Float.infinity) { max($0, weights[$1]) }
      var sum: Float = 0
      for entry in entries {
        weights[entry] = exp(weights[entry] - largest)
        sum += weights[entry]
      }
      for entry in entries { weights[entry] /= sum }
    }
    var result = [Float](repeating: 0, count: columns)
    for row in 0..<rows {
      for column in 0..<columns {
        result[column] += weights[row * heads + column / width] * values[row * columns + column]
      }
    }
    return Variable(result, rows: 1, columns: columns, from: [self, scores]) {
      [self] derivative in
      var byValues = [Float](repeating: 0, count: values.count)
      var byScores = [Float](repeating: 0, count: weights.count)
      for row in 0..<rows {
        for column in 0..<columns {
          let (head, entry) = (row * heads + column / width, row * columns + column)
          byValues[entry] = weights[head] * derivative[column]
          // A mean moves towards the rows whose weight grows, and away from itself.
          byScores[head] += weights[head] * derivative[column] * (values[entry] - result[column])
        }
      }
      node?.add(byValues)
      scores.node?.add(byScores)
    }
  }
}
