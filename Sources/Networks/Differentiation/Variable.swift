/// A matrix that knows how it was computed, so that derivatives can be followed back through it.
///
/// Reverse-mode differentiation: operations on variables make new variables, each of which holds
/// what it needs to pass a derivative on to its operands. `differentiate()` on the last one, a
/// single number, then leaves in every parameter the derivative of that number by it. What depends
/// on constants alone keeps nothing, so that the same code runs a network without training it.
///
/// A graph belongs to one thread. Parallel work builds a graph each.
public struct Variable {
  /// Rows: of a network, patches.
  public let rows: Int
  /// Columns: of a network, channels.
  public let columns: Int
  /// Shape [rows, columns].
  public let values: [Float]
  /// Its place in the graph; nil where no derivative is wanted.
  let node: Node?

  /// Numbers that nothing is differentiated by. Shape [rows, columns].
  public init(constant values: [Float], rows: Int, columns: Int) {
    self.init(values, rows: rows, columns: columns, node: nil)
  }

  /// Numbers to differentiate by. Shape [rows, columns].
  public init(parameter values: [Float], rows: Int, columns: Int) {
    self.init(values, rows: rows, columns: columns, node: Node(depth: 0, propagate: { _ in }))
  }

  /// The result of an operation on `operands`; `propagate` gets the derivative by the result, of
  /// its shape, and adds what follows from it to the nodes of the operands.
  init(
    _ values: [Float], rows: Int, columns: Int, from operands: [Variable],
    propagate: @escaping ([Float]) -> Void
  ) {
    let depth = operands.compactMap(\.node?.depth).max()
    self.init(
      values, rows: rows, columns: columns,
      node: depth.map {
        Node(depth: $0 + 1, operands: operands.compactMap(\.node), propagate: propagate)
      })
  }

  private init(_ values: [Float], rows: Int, columns: Int, node: Node?) {
    precondition(values.count == rows * columns, "values of another shape")
    self.rows = rows
    self.columns = columns
    self.values = values
    self.node = node
  }

  /// The derivative that `differentiate()` left here, shape [rows, columns]; zeros where nothing
  /// depends on this variable.
  public var derivative: [Float] {
    guard let node, !node.derivative.isEmpty else {
      return [Float](repeating: 0, count: values.count)
    }
    return node.derivative
  }

  /// Follows the derivative of this variable, a single number, back to all that it depends on.
  public func differentiate() {
    precondition(values.count == 1, "only a single number is differentiated")
    guard let node else { return }
    node.add([1])
    // Each node passes on what it has only after all that depend on it, which lie deeper, did.
    var reached: [Node] = [node]
    var known: Set<ObjectIdentifier> = [ObjectIdentifier(node)]
    var next = 0
    while next < reached.count {
      for operand in reached[next].operands where known.insert(ObjectIdentifier(operand)).inserted {
        reached.append(operand)
      }
      next += 1
    }
    for node in reached.sorted(by: { $0.depth > $1.depth }) where !node.derivative.isEmpty {
      node.pass()
    }
  }

  /// A place in the graph.
  final class Node {
    /// Longest way to a parameter.
    let depth: Int
    let operands: [Node]
    private let propagate: ([Float]) -> Void
    /// What has arrived so far; empty for nothing.
    private(set) var derivative: [Float] = []

    init(depth: Int, operands: [Node] = [], propagate: @escaping ([Float]) -> Void) {
      self.depth = depth
      self.operands = operands
      self.propagate = propagate
    }

    /// Adds a part of the derivative.
    func add(_ part: [Float]) {
      guard !derivative.isEmpty else {
        derivative = part
        return
      }
      precondition(part.count == derivative.count, "a derivative of another shape")
      for index in derivative.indices { derivative[index] += part[index] }
    }

    /// Passes the derivative on; only parameters keep theirs.
    fileprivate func pass() {
      propagate(derivative)
      if !operands.isEmpty { derivative = [] }
    }
  }
}
