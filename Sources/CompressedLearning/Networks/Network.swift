import Networks

/// A network of layers one after the other.
///
/// It is a description: its weights are `Parameters`, which training moves and a file keeps.
///
/// ```swift
/// let network = Network(
///   inputs: 12, [.linear(48), .residual(hidden: 96), .merging(96), .mean, .linear(10)])
/// ```
public struct Network: Sendable, Equatable, Codable {
  /// Channels of a patch that it takes, 1...16384.
  public let inputs: Int
  /// Its layers, first to last.
  public let layers: [Layer]

  /// A network; every layer must be able to take what the one before it gives.
  public init(inputs: Int, _ layers: [Layer]) {
    self.inputs = inputs
    self.layers = layers
    precondition(isPossible, "layers that do not fit each other")
  }

  /// Whether every layer can take what the one before it gives.
  var isPossible: Bool {
    var channels = inputs
    for layer in layers {
      guard let outputs = layer.outputs(inputs: channels) else { return false }
      channels = outputs
    }
    return (1...Layer.largestWidth).contains(inputs)
  }

  /// Channels that it gives.
  public var outputs: Int { stages.last.map { $0.outputs } ?? inputs }

  /// What the outputs of a network are of, in words.
  package enum Scope: String {
    /// A patch of the grid that came in.
    case patch = "a patch"
    /// Several patches, which layers merge.
    case patches = "several patches"
    /// The whole grid.
    case grid = "the whole grid"
  }

  /// What the outputs are of.
  package var scope: Scope {
    layers.reduce(.patch) { scope, layer in
      switch layer {
      case .mean, .attention: .grid
      case .merging where scope == .patch: .patches
      default: scope
      }
    }
  }

  private struct Stage {
    let name: String
    let layer: Layer
    let inputs: Int
    let outputs: Int
  }

  private var stages: [Stage] {
    var channels = inputs
    return layers.enumerated().map { index, layer in
      let inputs = channels
      channels = layer.outputs(inputs: inputs)!
      return Stage(name: "\(index).", layer: layer, inputs: inputs, outputs: channels)
    }
  }

  /// Names and shapes of the weights: the number of the layer and what the weight is, as
  /// "2.kernel".
  public var entries: [Parameters.Entry] {
    stages.flatMap { $0.layer.entries($0.name, inputs: $0.inputs) }
  }

  /// Random weights to start from: matrices keep the variance of what passes through.
  public func initialParameters(using generator: inout some RandomNumberGenerator) -> Parameters {
    var parameters = Parameters(entries)
    let blocks = layers.count { if case .residual = $0 { true } else { false } }
    for (index, entry) in parameters.entries.enumerated() {
      switch entry.name.split(separator: ".").last {
      case "gain": parameters.values[index] = [Float](repeating: 1, count: entry.count)
      case "weight", "expand", "kernel", "reduce":
        // A depthwise kernel has its inputs along rows. Many blocks together must not grow what
        // passes by them.
        let isKernel = entry.name.hasSuffix("kernel")
        let inputs =
          isKernel ? 9 : entry.columns * (entry.name.hasSuffix("reduce") ? max(blocks, 1) : 1)
        let bound = (3 / Float(inputs)).squareRoot()
        parameters.values[index] = (0..<entry.count).map { _ in
          Float.random(in: -bound...bound, using: &generator)
        }
      // Biases, offsets, and scores: attention starts as a mean.
      default: break
      }
    }
    return parameters
  }

  /// What the network makes of an example: a graph that training differentiates.
  ///
  /// - Parameters:
  ///   - input: shape [patches, inputs].
  ///   - weights: of `entries`, as variables of a graph.
  /// - Returns: shape [patches, outputs]; fewer patches where layers merge or average them.
  public func callAsFunction(_ input: FeatureMap, _ weights: Weights) -> FeatureMap {
    precondition(input.channels == inputs, "an input of another shape")
    return stages.reduce(input) { $1.layer($0, $1.name, weights) }
  }

  /// Multiplications for a grid of rows x columns patches: half of the operations of its matrix
  /// products.
  public func multiplications(rows: Int, columns: Int) -> Int {
    var (rows, columns, sum) = (rows, columns, 0)
    for stage in stages {
      if case .merging = stage.layer { (rows, columns) = ((rows + 1) / 2, (columns + 1) / 2) }
      sum += rows * columns * stage.layer.multiplications(inputs: stage.inputs)
      switch stage.layer {
      case .mean, .attention: (rows, columns) = (1, 1)
      default: break
      }
    }
    return sum
  }
}
