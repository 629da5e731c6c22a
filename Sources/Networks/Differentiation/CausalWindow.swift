extension Variable {
  /// For each patch of a grid the channels of the twelve patches before it in a window of 5 x 5:
  /// two rows above, and two patches to the left; zeros outside the grid.
  ///
  /// The rows of the variable are the patches, row by row, its columns the channels.
  /// - Parameter gridColumns: patches in a row of the grid.
  /// - Returns: shape [patches, 12 * channels], patches of the window in the order of a page.
  public func causalWindow(gridColumns: Int) -> Variable {
    precondition(rows % gridColumns == 0, "a grid of another shape")
    let (rows, channels) = (rows, columns)
    let width = Self.causalOffsets.count * channels
    var result = [Float](repeating: 0, count: rows * width)
    Self.forEachNeighbour(rows: rows, gridColumns: gridColumns) { patch, index, neighbour in
      let (to, from) = (patch * width + index * channels, neighbour * channels)
      for channel in 0..<channels { result[to + channel] = values[from + channel] }
    }
    return Variable(result, rows: rows, columns: width, from: [self]) { [self] derivative in
      var sum = [Float](repeating: 0, count: rows * channels)
      Self.forEachNeighbour(rows: rows, gridColumns: gridColumns) { patch, index, neighbour in
        let (from, to) = (patch * width + index * channels, neighbour * channels)
        for channel in 0..<channels { sum[to + channel] += derivative[from + channel] }
      }
      node?.add(sum)
    }
  }

  /// Rows and columns from a patch to those of its window.
  static let causalOffsets: [(down: Int, across: Int)] =
    (-2...0).flatMap { down in (-2...2).map { (down, $0) } }.filter { $0.down < 0 || $0.across < 0 }

  /// Calls `body` with each patch and each patch of its window within the grid.
  private static func forEachNeighbour(
    rows: Int, gridColumns: Int, _ body: (_ patch: Int, _ index: Int, _ neighbour: Int) -> Void
  ) {
    for patch in 0..<rows {
      let (row, column) = (patch / gridColumns, patch % gridColumns)
      for (index, offset) in causalOffsets.enumerated() {
        let (above, beside) = (row + offset.down, column + offset.across)
        if above >= 0, (0..<gridColumns).contains(beside) {
          body(patch, index, above * gridColumns + beside)
        }
      }
    }
  }
}
