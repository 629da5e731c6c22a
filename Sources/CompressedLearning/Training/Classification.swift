import Foundation
import LearnedCodec
import Networks
import Signals

/// Classification of pictures or sounds from what a `LatentDataset` reads of them.
public enum Classification {
  /// What comes between the patches and the classes.
  public enum Head: String, Sendable, CaseIterable, Codable {
    /// The mean of the latents and their activation, and a linear map.
    case linear
    /// Residual blocks of depthwise convolutions at three resolutions, and a mean.
    case convolution
    /// The same with attention in place of the mean.
    case attention
  }

  /// A network for so many classes.
  ///
  /// - Parameters:
  ///   - head: what comes between the patches and the classes.
  ///   - inputs: channels of a patch.
  ///   - classes: how many there are: the outputs of the network.
  ///   - isFine: whether it begins on patches of half the side, with one more merging.
  public static func network(
    _ head: Head, inputs: Int, classes: Int, isFine: Bool = false
  ) -> Network {
    let fine: [Layer] = isFine ? [.merging(32), .residual(hidden: 64)] : []
    let body: [Layer] =
      fine + [
        .merging(64), .residual(hidden: 128), .residual(hidden: 128), .merging(96),
        .residual(hidden: 192), .residual(hidden: 192), .merging(128), .residual(hidden: 256),
        .normalisation,
      ]
    return switch head {
    case .linear: Network(inputs: inputs, [.linear(128), .activation, .mean, .linear(classes)])
    case .convolution: Network(inputs: inputs, body + [.mean, .linear(classes)])
    case .attention: Network(inputs: inputs, body + [.attention(heads: 8), .linear(classes)])
    }
  }

  /// How much of the grid a step sees and what it adds to it.
  public struct Options: Sendable, Equatable, Codable {
    /// The share of the grid's rows and columns that a step sees, 0...1.
    public var crop = 0.85
    /// The probability that is spread over all classes, 0...1.
    public var smoothing: Float = 0.1
    /// The share of patches that are dropped, 0...1.
    public var dropped: Float = 0

    /// The options of the properties' defaults.
    public init() {}
  }

  /// Trains on examples in memory.
  ///
  /// - Parameters:
  ///   - run: its parameters are those of `network`.
  ///   - network: its outputs are the classes.
  ///   - examples: to train on; their labels are indices of the outputs.
  ///   - statistics: what inputs are normalised by.
  ///   - options: how much of the grid a step sees and what it adds to it.
  ///   - heldOut: to validate on; the weights of least cross-entropy are kept. None where empty.
  ///   - isStopped: asked before every step.
  ///   - report: called after each epoch; its validation is a mean cross-entropy in nats.
  /// - Returns: whether training has ended, and was not stopped.
  /// - Throws: `LearningError`, or what writing the checkpoint throws.
  @discardableResult
  public static func train(
    _ run: inout LearningRun, _ network: Network, on examples: [LatentDataset.Example],
    statistics: ChannelStatistics, options: Options = Options(),
    heldOut: [LatentDataset.Example] = [], isStopped: () -> Bool = { false },
    report: (LearningRun.Entry) -> Void = { _ in }
  ) async throws -> Bool {
    let classes = network.outputs
    let (share, even) = (1 - options.smoothing, options.smoothing / Float(classes))
    let validation = { (parameters: Parameters) async -> Double in
      let model = SavedModel(network: network, parameters: parameters, statistics: statistics)
      let found = await probabilities(model, heldOut.map(\.latents))
      return zip(heldOut, found).reduce(0.0) { sum, item in
        sum - log(Double(max(item.1[item.0.label], .leastNormalMagnitude)))
      } / Double(heldOut.count)
    }
    return try await run.run(
      examples: examples.count, validation: heldOut.isEmpty ? nil : validation,
      isStopped: isStopped, report: report
    ) { index, weights, generator in
      let example = examples[index]
      let latents = example.variant(Int.random(in: 0..<example.count, using: &generator))
      let part = statistics.normalized(
        latents.randomCrop(
          rows: Int((Double(latents.patchRows) * options.crop).rounded(.up)),
          columns: Int((Double(latents.patchColumns) * options.crop).rounded(.up)),
          using: &generator)
      ).withPatchesDropped(share: options.dropped, using: &generator)
      var targets = [Float](repeating: even, count: classes)
      targets[example.label] += share
      return network(FeatureMap(part), weights).features.crossEntropy(against: targets)
    }
  }

  /// The probabilities of the classes for each example. Shape [examples][classes].
  public static func probabilities(
    _ model: SavedModel, _ examples: [Latents]
  ) async -> [[Float]] {
    await concurrentMap(examples) { probabilities(model, $0) }
  }

  /// The probabilities of the classes for an example. Shape [classes].
  public static func probabilities(_ model: SavedModel, _ latents: Latents) -> [Float] {
    model(FeatureMap(model.statistics.normalized(latents))).features.softmax()
  }
}

extension [Float] {
  /// The index of the largest probability.
  package var mostLikely: Int { indices.max { self[$0] < self[$1] } ?? 0 }
}

extension FeatureMap {
  /// The latents of an example.
  public init(_ latents: Latents) {
    self.init(
      latents.values, rows: latents.patchRows, columns: latents.patchColumns,
      channels: latents.channels)
  }
}
