/// The weights of a network: matrices by name, in a fixed order.
public struct Parameters: Sendable, Equatable {
  /// A matrix: its name and shape.
  public struct Entry: Sendable, Equatable {
    /// What a file of weights calls it.
    public var name: String
    /// Rows of the matrix.
    public var rows: Int
    /// Columns of the matrix.
    public var columns: Int

    /// An entry; see the properties.
    public init(_ name: String, rows: Int, columns: Int) {
      self.name = name
      self.rows = rows
      self.columns = columns
    }

    /// Numbers in the matrix.
    public var count: Int { rows * columns }
  }

  /// The matrices in order.
  public let entries: [Entry]
  /// Values of each, row-major, in the order of the entries.
  public var values: [[Float]]

  /// Matrices of the given values, row-major and as many as the entries; zeros when nil.
  public init(_ entries: [Entry], values: [[Float]]? = nil) {
    let values = values ?? entries.map { [Float](repeating: 0, count: $0.count) }
    precondition(
      values.map(\.count) == entries.map(\.count), "values do not fill the matrices")
    self.entries = entries
    self.values = values
  }

  /// Reads the matrices of these names, with `prefix` before them, and shapes from a file.
  ///
  /// Throws when one is missing, of another type or shape, or holds what is not a finite number.
  public init(
    _ entries: [Entry], from file: Safetensors, prefix: String = ""
  ) throws(SafetensorsError) {
    var values: [[Float]] = []
    for entry in entries {
      let name = prefix + entry.name
      let numbers = try file.float32(name, shape: [entry.rows, entry.columns])
      guard numbers.allSatisfy({ $0.isFinite }) else {
        throw .tensor(
          file: file.name, tensor: name, what: "some of its numbers are not finite")
      }
      values.append(numbers)
    }
    self.init(entries, values: values)
  }

  /// The matrices as a file holds them, `prefix` before their names.
  public func tensors(prefix: String = "") -> [String: Tensor] {
    Dictionary(
      uniqueKeysWithValues: zip(entries, values).map {
        (prefix + $0.name, Tensor(shape: [$0.rows, $0.columns], values: .float32($1)))
      })
  }

  /// Numbers in all matrices.
  public var count: Int { entries.reduce(0) { $0 + $1.count } }

  /// The values of the matrix of this name, which there is: shape [rows, columns] of its entry.
  public subscript(name: String) -> [Float] {
    get { values[index(of: name)] }
    set { values[index(of: name)] = newValue }
  }

  /// The matrices as constants of a graph.
  public func constants() -> Weights {
    Weights(
      names: entries.map(\.name),
      variables: zip(entries, values).map {
        Variable(constant: $1, rows: $0.rows, columns: $0.columns)
      })
  }

  /// The matrices as parameters of a graph of its own.
  public func trainable() -> Weights {
    Weights(
      names: entries.map(\.name),
      variables: zip(entries, values).map {
        Variable(parameter: $1, rows: $0.rows, columns: $0.columns)
      })
  }

  private func index(of name: String) -> Int {
    entries.firstIndex { $0.name == name }!
  }
}

/// The weights of a network as variables of one graph.
public struct Weights {
  private let variables: [String: Variable]
  private let order: [String]

  init(names: [String], variables: [Variable]) {
    order = names
    self.variables = Dictionary(uniqueKeysWithValues: zip(names, variables))
  }

  /// The matrix of this name, which there is.
  public subscript(name: String) -> Variable { variables[name]! }

  /// Whether there is a matrix of this name.
  public func contains(_ name: String) -> Bool { variables[name] != nil }

  /// The derivatives by all matrices, in their order: each of the shape of its matrix, row-major.
  public var derivatives: [[Float]] { order.map { variables[$0]!.derivative } }
}
