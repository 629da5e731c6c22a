/// Adam (D. Kingma and J. Ba, "Adam: a method for stochastic optimization", 2015, algorithm 1)
/// with gradient clipping, and an exponential moving average of the weights.
public struct Adam: Sendable, Equatable {
  /// The weights that are trained.
  public private(set) var parameters: Parameters
  /// Their moving average, which is what a trained codec uses.
  public private(set) var average: Parameters
  /// First and second moments of the gradient.
  private var first: Parameters
  private var second: Parameters
  /// Steps made.
  public private(set) var steps: Int

  /// Decay of the moments and the number that keeps a division finite: the paper's own.
  static let decays: (first: Float, second: Float) = (0.9, 0.999)
  static let epsilon: Float = 1e-8
  /// Decay of the average: about the last thousand steps.
  static let averageDecay: Float = 0.999

  /// An optimiser at its start.
  public init(_ parameters: Parameters) {
    self.parameters = parameters
    average = parameters
    first = Parameters(parameters.entries)
    second = first
    steps = 0
  }

  /// One step against a gradient, of the shapes of the parameters. One that is not finite counts as
  /// a step and changes nothing.
  ///
  /// - Parameters:
  ///   - gradient: for each matrix the derivatives by its numbers, row-major.
  ///   - rate: the learning rate.
  ///   - factors: of the rate for each matrix; 1 when nil.
  ///   - decay: what matrices of more than one row lose, times the rate (I. Loshchilov and
  ///     F. Hutter, "Decoupled weight decay regularization", 2019).
  ///   - largestNorm: longer gradients are scaled to this length.
  /// - Returns: the length that the gradient had; infinity where it is not finite.
  @discardableResult
  public mutating func step(
    _ gradient: [[Float]], rate: Float, largestNorm: Float, factors: [Float]? = nil,
    decay: Float = 0
  ) -> Float {
    precondition(gradient.map(\.count) == parameters.values.map(\.count), "another gradient")
    let norm = gradient.reduce(0.0) { sum, part in
      part.reduce(sum) { $0 + Double($1) * Double($1) }
    }.squareRoot()
    steps += 1
    guard norm.isFinite else { return .infinity }
    let scale = norm > Double(largestNorm) ? largestNorm / Float(norm) : 1
    // Both moments start at zero; dividing by these undoes it.
    let bias1 = 1 - power(Self.decays.first, steps)
    let bias2 = 1 - power(Self.decays.second, steps)
    // Early on the average follows faster, so that it forgets the random start.
    let keep = min(Self.averageDecay, Float(steps) / Float(steps + 10))
    for index in gradient.indices {
      if decay > 0, parameters.entries[index].rows > 1 {
        let shrinkage = 1 - decay * rate * (factors?[index] ?? 1)
        parameters.values[index] = parameters.values[index].map { $0 * shrinkage }
      }
      update(
        &parameters.values[index], &average.values[index], &first.values[index],
        &second.values[index], gradient[index], scale: scale,
        rate: rate / bias1 * (factors?[index] ?? 1),
        bias: 1 / bias2, keep: keep)
    }
    return Float(norm)
  }

  private func update(
    _ weights: inout [Float], _ average: inout [Float], _ first: inout [Float],
    _ second: inout [Float], _ gradient: [Float], scale: Float, rate: Float, bias: Float,
    keep: Float
  ) {
    let (decay1, decay2) = Self.decays
    for index in weights.indices {
      let slope = gradient[index] * scale
      first[index] = decay1 * first[index] + (1 - decay1) * slope
      second[index] = decay2 * second[index] + (1 - decay2) * slope * slope
      weights[index] -= rate * first[index] / ((second[index] * bias).squareRoot() + Self.epsilon)
      average[index] = keep * average[index] + (1 - keep) * weights[index]
    }
  }
}

private func power(_ base: Float, _ exponent: Int) -> Float {
  Float((0..<min(exponent, 100_000)).reduce(1.0) { value, _ in value * Double(base) })
}

extension Adam {
  /// All that a training goes on from, as a file holds it.
  public var tensors: [String: Tensor] {
    var tensors = ["steps": Tensor(shape: [1], values: .uint32([UInt32(steps)]))]
    for (prefix, part) in Self.parts {
      tensors.merge(self[keyPath: part].tensors(prefix: prefix)) { first, _ in first }
    }
    return tensors
  }

  /// The state that a file holds, for weights of these names and shapes.
  ///
  /// - Throws: `SafetensorsError` where a tensor is missing, of another type or shape, or not
  ///   finite.
  public init(_ entries: [Parameters.Entry], from file: Safetensors) throws(SafetensorsError) {
    self.init(Parameters(entries))
    for (prefix, part) in Self.parts {
      self[keyPath: part].values = try Parameters(entries, from: file, prefix: prefix).values
    }
    steps = Int(try file.uint32("steps", shape: [1])[0])
  }

  private static var parts: [(String, WritableKeyPath<Adam, Parameters>)] {
    [
      ("weights.", \.parameters), ("average.", \.average), ("first.", \.first),
      ("second.", \.second),
    ]
  }
}
