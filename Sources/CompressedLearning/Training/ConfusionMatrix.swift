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

  /// Counts an example.
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
}
