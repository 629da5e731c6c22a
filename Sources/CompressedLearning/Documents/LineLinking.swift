import Foundation

/// What a network says of every cell of a page.
public struct CellPredictions: Sendable, Equatable {
  /// Cells from top to bottom.
  public let rows: Int
  /// Cells from left to right.
  public let columns: Int
  /// Shape [rows, columns, 6]: logits of text and of a link to the right, then distances to top,
  /// bottom, left and right, in patches; as in `LineTargets`.
  public var values: [Float]

  /// Numbers of a cell.
  static let count = 6
  /// Numbers of a patch.
  static let ofPatch = count * LineTargets.cells * LineTargets.cells

  /// Predictions from those of patches.
  ///
  /// - Parameters:
  ///   - values: shape [rows, columns, cell row, cell column, 6].
  ///   - rows: patches from top to bottom.
  ///   - columns: patches from left to right.
  public init(patches values: [Float], rows: Int, columns: Int) {
    precondition(values.count == rows * columns * Self.ofPatch, "values of another shape")
    (self.rows, self.columns) = (rows * LineTargets.cells, columns * LineTargets.cells)
    var cells: [Float] = []
    cells.reserveCapacity(values.count)
    for cell in 0..<self.rows * self.columns {
      let start = Self.offset(of: cell, columns: self.columns)
      cells += values[start..<start + Self.count]
    }
    self.values = cells
  }

  /// Predictions that say exactly what the targets do.
  public init(_ targets: LineTargets) {
    (rows, columns) = (targets.rows, targets.columns)
    values = []
    for cell in targets.text.indices {
      values.append(targets.text[cell] * 20 - 10)
      values.append(targets.links[cell] * 20 - 10)
      values += targets.edges[cell * 4..<cell * 4 + 4]
    }
  }

  /// Where the numbers of a cell begin among those of the patches.
  ///
  /// - Parameter columns: cells in a row of the page.
  static func offset(of cell: Int, columns: Int) -> Int {
    let (row, column) = (cell / columns, cell % columns)
    let side = LineTargets.cells
    let patch = row / side * (columns / side) + column / side
    return patch * ofPatch + (row % side * side + column % side) * count
  }
}

/// A line that was found.
public struct FoundLine: Sendable, Equatable {
  /// Where it stands, in pixels.
  public var box: TextBox
  /// The mean probability of text of its cells, 0...1.
  public var score: Double
  /// Its cells as [row * columns + column], in order.
  public var cells: [Int]

  /// The sum of the probabilities of text of its cells.
  fileprivate var weight: Double { score * Double(cells.count) }
}

/// Joins cells to lines.
public struct LineLinking: Sendable, Equatable, Codable {
  /// Probability of text, 0...1, from which on a cell belongs to a line.
  public var textThreshold = 0.5
  /// Probability of a link, 0...1, from which on two cells side by side are joined.
  public var linkThreshold = 0.5

  /// Mean probability of text of its cells, 0...1, from which on a line counts.
  public var scoreThreshold = 0.5

  /// The thresholds in the properties.
  public init() {}

  /// Cells of a line may differ in the heights they tell: the least overlap of two heights over
  /// their union.
  private static let sameHeight = 0.4
  /// A line of which more than this share lies within larger ones is a piece of them.
  private static let largestShare = 0.5

  /// The lines of a page, surest first, their boxes in pixels.
  ///
  /// - Parameters:
  ///   - predictions: what the network says of the cells of the page.
  ///   - side: of a patch in pixels.
  public func lines(_ predictions: CellPredictions, side: Int) -> [FoundLine] {
    let cells = Self.cells(predictions, side: Double(side))
    let (rows, columns) = (predictions.rows, predictions.columns)
    var groups = Groups(count: rows * columns)
    func join(_ a: Int, _ b: Int) {
      guard cells[b].text >= textThreshold else { return }
      let (top, bottom) = (
        max(cells[a].box.top, cells[b].box.top), min(cells[a].box.bottom, cells[b].box.bottom)
      )
      let shared = max(bottom - top, 0)
      let union = cells[a].box.height + cells[b].box.height - shared
      if union > 0, shared / union >= Self.sameHeight { groups.join(a, b) }
    }
    for row in 0..<rows {
      for column in 0..<columns {
        let cell = row * columns + column
        guard cells[cell].text >= textThreshold else { continue }
        if row + 1 < rows { join(cell, cell + columns) }
        guard column + 1 < columns, cells[cell].link >= linkThreshold else { continue }
        for next in max(row - 1, 0)...min(row + 1, rows - 1) {
          join(cell, next * columns + column + 1)
        }
      }
    }
    var members: [Int: [Int]] = [:]
    for cell in cells.indices where cells[cell].text >= textThreshold {
      members[groups.first(of: cell), default: []].append(cell)
    }
    // Those of most cells first.
    let lines = members.values.map { line($0, cells, columns: columns) }
      .filter { $0.box.area > 0 && $0.score >= scoreThreshold }
      .sorted { ($1.weight, $0.cells[0]) < ($0.weight, $1.cells[0]) }
    var accepted: [FoundLine] = []
    for line in lines {
      let covered = accepted.reduce(0) { $0 + $1.box.intersection(line.box).area }
      if covered <= Self.largestShare * line.box.area { accepted.append(line) }
    }
    return accepted.sorted { ($1.score, $0.cells[0]) < ($0.score, $1.cells[0]) }
  }

  /// A cell with what it says in pixels.
  private struct Cell {
    var text: Double
    var link: Double
    /// Of its line; left and right only where they are near.
    var box: TextBox
  }

  private static func cells(_ predictions: CellPredictions, side: Double) -> [Cell] {
    let cell = side / Double(LineTargets.cells)
    return (0..<predictions.rows * predictions.columns).map { index in
      let start = index * CellPredictions.count
      let numbers = predictions.values[start..<start + CellPredictions.count].map(Double.init)
      let x = (Double(index % predictions.columns) + 0.5) * cell
      let y = (Double(index / predictions.columns) + 0.5) * cell
      return Cell(
        text: 1 / (1 + exp(-numbers[0])), link: 1 / (1 + exp(-numbers[1])),
        box: TextBox(
          left: x - numbers[4] * side, top: y - numbers[2] * side, right: x + numbers[5] * side,
          bottom: y + numbers[3] * side))
    }
  }

  /// The line of some cells: top and bottom are means of what all say, left and right of what
  /// those in its first and last column say.
  private func line(_ members: [Int], _ cells: [Cell], columns: Int) -> FoundLine {
    let first = members.map { $0 % columns }.min()!
    let last = members.map { $0 % columns }.max()!
    func mean(_ chosen: [Int], _ value: (Cell) -> Double) -> Double {
      let weight = chosen.reduce(0) { $0 + cells[$1].text }
      return chosen.reduce(0) { $0 + cells[$1].text * value(cells[$1]) } / weight
    }
    return FoundLine(
      box: TextBox(
        left: mean(members.filter { $0 % columns == first }) { $0.box.left },
        top: mean(members) { $0.box.top },
        right: mean(members.filter { $0 % columns == last }) { $0.box.right },
        bottom: mean(members) { $0.box.bottom }),
      score: members.reduce(0) { $0 + cells[$1].text } / Double(members.count), cells: members)
  }
}

/// Sets that are joined (R. Tarjan, "Efficiency of a good but not linear set union algorithm",
/// 1975).
private struct Groups {
  private var parents: [Int]

  init(count: Int) { parents = Array(0..<count) }

  /// The smallest member of the set of an element.
  mutating func first(of element: Int) -> Int {
    var element = element
    while parents[element] != element {
      parents[element] = parents[parents[element]]
      element = parents[element]
    }
    return element
  }

  mutating func join(_ a: Int, _ b: Int) {
    let (a, b) = (first(of: a), first(of: b))
    parents[max(a, b)] = min(a, b)
  }
}
