import Foundation

/// What a network says of every patch of a page.
public struct PatchPredictions: Sendable, Equatable {
  /// Patches from top to bottom.
  public let rows: Int
  /// Patches from left to right.
  public let columns: Int
  /// Shape [rows, columns, 6]: logits of text and of a link to the right, then distances to top,
  /// bottom, left and right, in patches; as in `LineTargets`.
  public var values: [Float]

  /// Numbers of a patch.
  public static let count = 6

  /// Predictions from their values, whose count must fill the shape.
  public init(rows: Int, columns: Int, values: [Float]) {
    precondition(values.count == rows * columns * Self.count, "values of another shape")
    self.rows = rows
    self.columns = columns
    self.values = values
  }

  /// Predictions that say exactly what the targets do.
  public init(_ targets: LineTargets) {
    var values: [Float] = []
    for patch in targets.text.indices {
      values.append(targets.text[patch] * 20 - 10)
      values.append(targets.links[patch] * 20 - 10)
      values += targets.edges[patch * 4..<patch * 4 + 4]
    }
    self.init(rows: targets.rows, columns: targets.columns, values: values)
  }
}

/// A line that was found.
public struct FoundLine: Sendable, Equatable {
  /// Where it stands, in pixels.
  public var box: TextBox
  /// The mean probability of text of its patches, 0...1.
  public var score: Double
  /// Its patches as [row * columns + column], in order.
  public var patches: [Int]
}

/// Joins patches to lines.
public struct LineLinking: Sendable, Equatable, Codable {
  /// Probability of text from which on a patch belongs to a line.
  public var textThreshold = 0.5
  /// Probability of a link from which on two patches side by side are joined.
  public var linkThreshold = 0.5
  /// Of two lines that overlap by more than this share of their union, only the surer one stays.
  public var largestOverlap = 0.3

  /// The thresholds in the properties.
  public init() {}

  /// Rows and columns that patches of a line may differ in the heights they tell: the least overlap
  /// of two heights over their union.
  private static let sameHeight = 0.4

  /// The lines of a page, surest first.
  ///
  /// - Parameter side: of a patch in pixels.
  public func lines(_ predictions: PatchPredictions, side: Int) -> [FoundLine] {
    let patches = Self.patches(predictions, side: Double(side))
    let (rows, columns) = (predictions.rows, predictions.columns)
    var groups = Groups(count: rows * columns)
    func join(_ a: Int, _ b: Int) {
      guard patches[b].text >= textThreshold else { return }
      let (top, bottom) = (
        max(patches[a].box.top, patches[b].box.top),
        min(patches[a].box.bottom, patches[b].box.bottom)
      )
      let shared = max(bottom - top, 0)
      let union = patches[a].box.height + patches[b].box.height - shared
      if union > 0, shared / union >= Self.sameHeight { groups.join(a, b) }
    }
    for row in 0..<rows {
      for column in 0..<columns {
        let patch = row * columns + column
        guard patches[patch].text >= textThreshold else { continue }
        if row + 1 < rows { join(patch, patch + columns) }
        guard column + 1 < columns, patches[patch].link >= linkThreshold else { continue }
        for next in max(row - 1, 0)...min(row + 1, rows - 1) {
          join(patch, next * columns + column + 1)
        }
      }
    }
    var members: [Int: [Int]] = [:]
    for patch in patches.indices where patches[patch].text >= textThreshold {
      members[groups.first(of: patch), default: []].append(patch)
    }
    let lines = members.values.map { line($0, patches, columns: columns) }
      .filter { $0.box.area > 0 }
      .sorted { ($1.score, $0.patches[0]) < ($0.score, $1.patches[0]) }
    var kept: [FoundLine] = []
    for line in lines
    where !kept.contains(where: { $0.box.intersectionOverUnion(line.box) > largestOverlap }) {
      kept.append(line)
    }
    return kept
  }

  /// A patch with what it says in pixels.
  private struct Patch {
    var text: Double
    var link: Double
    /// Of its line; left and right only where they are near.
    var box: TextBox
  }

  private static func patches(_ predictions: PatchPredictions, side: Double) -> [Patch] {
    (0..<predictions.rows * predictions.columns).map { patch in
      let start = patch * PatchPredictions.count
      let numbers = predictions.values[start..<start + PatchPredictions.count].map(Double.init)
      let x = (Double(patch % predictions.columns) + 0.5) * side
      let y = (Double(patch / predictions.columns) + 0.5) * side
      return Patch(
        text: 1 / (1 + exp(-numbers[0])), link: 1 / (1 + exp(-numbers[1])),
        box: TextBox(
          left: x - numbers[4] * side, top: y - numbers[2] * side, right: x + numbers[5] * side,
          bottom: y + numbers[3] * side))
    }
  }

  /// The line of some patches: top and bottom are means of what all say, left and right of what
  /// those in its first and last column say.
  private func line(_ members: [Int], _ patches: [Patch], columns: Int) -> FoundLine {
    let first = members.map { $0 % columns }.min()!
    let last = members.map { $0 % columns }.max()!
    func mean(_ chosen: [Int], _ value: (Patch) -> Double) -> Double {
      let weight = chosen.reduce(0) { $0 + patches[$1].text }
      return chosen.reduce(0) { $0 + patches[$1].text * value(patches[$1]) } / weight
    }
    return FoundLine(
      box: TextBox(
        left: mean(members.filter { $0 % columns == first }) { $0.box.left },
        top: mean(members) { $0.box.top },
        right: mean(members.filter { $0 % columns == last }) { $0.box.right },
        bottom: mean(members) { $0.box.bottom }),
      score: members.reduce(0) { $0 + patches[$1].text } / Double(members.count),
      patches: members)
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
