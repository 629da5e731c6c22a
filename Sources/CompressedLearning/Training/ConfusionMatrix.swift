/// How often examples of each class were taken for each class.
public struct ConfusionMatrix: Sendable, Equatable, Codable {
  /// Names of the classes.
  public let labels: [String]
  /// Shape [true class, predicted class].
  public private(set) var counts: [[Int]]

  /// No examples yet.
  public init(labels: [String]) {
    self.labels = labels
    counts = labels.map { _ in labels.map { _ in 0 } }
  }

  /// Counts an example of class `label` that was taken for `predicted`, both indices of `labels`.
  public mutating func add(label: Int, predicted: Int) { counts[label][predicted] += 1 }

  /// Examples counted.
  public var total: Int { counts.reduce(0) { $0 + $1.reduce(0, +) } }

  /// The share that was predicted right, 0...1.
  public var accuracy: Double {
    Double(counts.indices.reduce(0) { $0 + counts[$1][$1] }) / Double(max(total, 1))
  }

  /// The share of the examples of a class that was predicted right, 0...1.
  public func recall(of label: Int) -> Double {
    Double(counts[label][label]) / Double(max(counts[label].reduce(0, +), 1))
  }

  /// The F1 of a class: the harmonic mean of the share of it that was predicted right and of the
  /// share of what was taken for it that is right, 0...1. 0 for a class that was neither seen nor
  /// predicted.
  public func f1(of label: Int) -> Double {
    let predicted = counts.reduce(0) { $0 + $1[label] }
    let all = counts[label].reduce(0, +) + predicted
    return Double(2 * counts[label][label]) / Double(max(all, 1))
  }

  /// The mean F1 of all classes, however rare, 0...1.
  public var macroF1: Double {
    counts.indices.reduce(0) { $0 + f1(of: $1) } / Double(max(counts.count, 1))
  }
}
