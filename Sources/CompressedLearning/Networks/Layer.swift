import Networks

/// A layer of a `Network`. How many channels it takes follows from the layer before it.
public enum Layer: Sendable, Equatable, Codable {
  /// A linear map of the channels of each patch to so many, with a bias.
  case linear(Int)
  /// A convolution over 3 x 3 patches, zeros outside the grid, to so many channels.
  case convolution(Int)
  /// x * clamp(x / 6 + 1/2, 0, 1), see `Variable.hardSwish`.
  case activation
  /// Each patch to mean 0 and variance 1, then a gain and an offset for each channel.
  case normalisation
  /// A residual block: normalisation, a depthwise 3 x 3 convolution, a linear map to `hidden`
  /// channels, the activation and a linear map back, added to what came in. Its channels are a
  /// multiple of 8.
  case residual(hidden: Int)
  /// A linear map of the mean over all patches, added to every patch: what the whole says of its
  /// parts.
  case context
  /// 2 x 2 patches become one, by a linear map to so many channels.
  case merging(Int)
  /// The mean over all patches.
  case mean
  /// A mean over all patches for each of some heads, with weights that the head finds in the
  /// patches, see `Variable.attentionPooled`. The heads divide the channels.
  case attention(heads: Int)
}

extension Layer {
  /// Channels that a layer takes and gives at most.
  static let largestWidth = 1 << 14

  /// Channels of what the layer gives; nil where it cannot take `inputs` channels.
  func outputs(inputs: Int) -> Int? {
    let sizes = 1...Self.largestWidth
    return switch self {
    case .linear(let outputs), .convolution(let outputs), .merging(let outputs):
      sizes.contains(outputs) ? outputs : nil
    case .activation, .normalisation, .context, .mean: inputs
    case .residual(let hidden): inputs % 8 == 0 && sizes.contains(hidden) ? inputs : nil
    case .attention(let heads): sizes.contains(heads) && inputs % heads == 0 ? inputs : nil
    }
  }

  /// Names and shapes of its weights.
  func entries(_ name: String, inputs: Int) -> [Parameters.Entry] {
    func linear(_ inputs: Int, _ outputs: Int) -> [Parameters.Entry] {
      [
        .init(name + "weight", rows: outputs, columns: inputs),
        .init(name + "bias", rows: 1, columns: outputs),
      ]
    }
    let scaling: [Parameters.Entry] = [
      .init(name + "gain", rows: 1, columns: inputs),
      .init(name + "offset", rows: 1, columns: inputs),
    ]
    return switch self {
    case .linear(let outputs): linear(inputs, outputs)
    case .convolution(let outputs): linear(9 * inputs, outputs)
    case .merging(let outputs): linear(4 * inputs, outputs)
    case .context: linear(inputs, inputs)
    case .activation, .mean: []
    case .normalisation: scaling
    case .residual(let hidden):
      scaling + [
        .init(name + "kernel", rows: 9, columns: inputs),
        .init(name + "expand", rows: hidden, columns: inputs),
        .init(name + "bias", rows: 1, columns: hidden),
        .init(name + "reduce", rows: inputs, columns: hidden),
      ]
    case .attention(let heads): [.init(name + "score", rows: heads, columns: inputs)]
    }
  }

  /// What the layer makes of an input.
  func callAsFunction(_ input: FeatureMap, _ name: String, _ weights: Weights) -> FeatureMap {
    let features = input.features
    func linear(_ features: Variable) -> Variable {
      features.linear(weights[name + "weight"], bias: weights[name + "bias"])
    }
    func normalized() -> Variable {
      features.normalizedRows()
        .scaled(by: weights[name + "gain"], offset: weights[name + "offset"])
    }
    switch self {
    case .linear: return FeatureMap(linear(features), columns: input.columns)
    case .convolution:
      return FeatureMap(
        linear(features.neighbourhoods(gridColumns: input.columns)), columns: input.columns)
    case .merging:
      return FeatureMap(
        linear(features.mergedPatches(gridColumns: input.columns)),
        columns: (input.columns + 1) / 2)
    case .activation: return FeatureMap(features.hardSwish(), columns: input.columns)
    case .normalisation: return FeatureMap(normalized(), columns: input.columns)
    case .residual:
      let change = normalized()
        .depthwise(weights[name + "kernel"], gridColumns: input.columns)
        .linear(weights[name + "expand"], bias: weights[name + "bias"]).hardSwish()
        .linear(weights[name + "reduce"])
      return FeatureMap(features.plus(change), columns: input.columns)
    case .context:
      let shared = linear(features.meanOfRows())
        .gathered([Int](repeating: 0, count: features.rows), count: 1)
      return FeatureMap(features.plus(shared), columns: input.columns)
    case .mean: return FeatureMap(features.meanOfRows(), columns: 1)
    case .attention:
      let scores = features.linear(weights[name + "score"])
      return FeatureMap(features.attentionPooled(scores: scores), columns: 1)
    }
  }

  /// Multiplications for a patch of what the layer gives, `.mean` and `.attention` for one of what
  /// they take; those that are no sum of products are left out.
  func multiplications(inputs: Int) -> Int {
    switch self {
    case .linear(let outputs): inputs * outputs
    case .convolution(let outputs): 9 * inputs * outputs
    case .merging(let outputs): 4 * inputs * outputs
    case .activation, .normalisation, .context, .mean: 0
    case .residual(let hidden): inputs * (9 + 2 * hidden)
    case .attention(let heads): inputs * (heads + 1)
    }
  }
}
