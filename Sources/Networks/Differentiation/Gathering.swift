extension Variable {
  /// Some rows side by side: row r of the result is the rows `sources[r * count..<(r + 1) * count]`
  /// one after the other, with zeros for a negative one.
  ///
  /// - Parameters:
  ///   - sources: indices of rows of the variable; negative ones stand for zeros.
  ///   - count: how many of them make a row of the result, at least 1.
  /// - Returns: shape [sources.count / count, count * columns].
  public func gathered(_ sources: [Int], count: Int) -> Variable {
    precondition(
      count > 0 && sources.count % count == 0 && sources.allSatisfy { $0 < self.rows },
      "rows that are not there")
    let (rows, columns) = (rows, columns)
    var result = [Float](repeating: 0, count: sources.count * columns)
    result.withUnsafeMutableBufferPointer { result in
      values.withUnsafeBufferPointer { values in
        for (target, source) in sources.enumerated() where source >= 0 {
          for column in 0..<columns {
            result[target * columns + column] = values[source * columns + column]
          }
        }
      }
    }
    return Variable(
      result, rows: sources.count / count, columns: count * columns, from: [self]
    ) { [self] derivative in
      var sum = [Float](repeating: 0, count: rows * columns)
      sum.withUnsafeMutableBufferPointer { sum in
        derivative.withUnsafeBufferPointer { derivative in
          for (target, source) in sources.enumerated() where source >= 0 {
            for column in 0..<columns {
              sum[source * columns + column] += derivative[target * columns + column]
            }
          }
        }
      }
      node?.add(sum)
    }
  }

  /// For each patch of a grid the channels of the 3 x 3 patches around it, in the order of a page,
  /// with zeros outside the grid: `linear` of it is a convolution.
  ///
  /// - Parameter gridColumns: patches in a row of the grid.
  /// - Returns: shape [patches, 9 * channels].
  public func neighbourhoods(gridColumns: Int) -> Variable {
    precondition(rows % gridColumns == 0, "a grid of another shape")
    let gridRows = rows / gridColumns
    var sources: [Int] = []
    sources.reserveCapacity(rows * 9)
    for row in 0..<gridRows {
      for column in 0..<gridColumns {
        for (below, beside) in Self.offsets(-1...1) {
          let isInside =
            (0..<gridRows).contains(row + below) && (0..<gridColumns).contains(column + beside)
          sources.append(isInside ? (row + below) * gridColumns + column + beside : -1)
        }
      }
    }
    return gathered(sources, count: 9)
  }

  /// The channels of each 2 x 2 patches of a grid side by side, in the order of a page: space to
  /// depth. A grid of odd sides is filled up with zeros.
  ///
  /// - Parameter gridColumns: patches in a row of the grid.
  /// - Returns: shape [half of the rows * half of the columns, 4 * channels], halves rounded up.
  public func mergedPatches(gridColumns: Int) -> Variable {
    precondition(rows % gridColumns == 0, "a grid of another shape")
    let gridRows = rows / gridColumns
    var sources: [Int] = []
    sources.reserveCapacity(rows + 2 * (gridRows + gridColumns + 2))
    for row in stride(from: 0, to: gridRows, by: 2) {
      for column in stride(from: 0, to: gridColumns, by: 2) {
        for (below, beside) in Self.offsets(0...1) {
          let isInside = row + below < gridRows && column + beside < gridColumns
          sources.append(isInside ? (row + below) * gridColumns + column + beside : -1)
        }
      }
    }
    return gathered(sources, count: 4)
  }

  private static func offsets(_ range: ClosedRange<Int>) -> [(below: Int, beside: Int)] {
    range.flatMap { below in range.map { (below, $0) } }
  }
}
