import LearnedCodec
import Networks
import Signals

/// Colour from grey on latents: a network at patch resolution predicts what the latents of a
/// picture have more than those of its grey version.
public enum Colorization {
  /// A picture in memory.
  public struct Example: Sendable {
    /// Latents of the grey picture, whose three planes are its luma.
    public let grey: Latents
    /// Latents of the colour picture less those of the grey one.
    public let difference: Latents

    /// The latents of a picture of three planes, 0...255.
    ///
    /// - Throws: `CodingError`.
    public init(_ image: Image, codec: PictureCodec, quality: Quality) throws {
      let input = PictureInput.latents(codec, quality: quality, channels: codec.channels)
      grey = try input.values(of: image.with(planes: 1).with(planes: 3))
      var difference = try input.values(of: image)
      for index in difference.values.indices { difference.values[index] -= grey.values[index] }
      self.difference = difference
    }
  }

  /// A network from and to so many channels.
  ///
  /// - Parameters:
  ///   - channels: of a patch.
  ///   - width: channels within the network, a multiple of 8.
  ///   - blocks: residual blocks, an even number.
  public static func network(channels: Int, width: Int = 64, blocks: Int = 6) -> Network {
    let half = [Layer](repeating: .residual(hidden: 2 * width), count: blocks / 2)
    return Network(
      inputs: channels,
      [.linear(width), .context] + half + [.context] + half
        + [.normalisation, .linear(channels)])
  }

  /// Means and scales of the inputs and of what is predicted.
  public struct Statistics: Sendable {
    /// Of grey latents, softened as for classification.
    public let grey: ChannelStatistics
    /// Of differences.
    public let difference: ChannelStatistics

    /// Those of some examples.
    public init(of examples: [Example]) {
      let channels = examples.first?.grey.channels ?? 0
      grey = ChannelStatistics(of: examples.map(\.grey), channels: channels).softened(0.5)
      difference = ChannelStatistics(of: examples.map(\.difference), channels: channels)
    }
  }

  /// Trains on variants of pictures: of each picture one is drawn at each step.
  ///
  /// The loss is the squared error of the samples by the linear synthesis, each channel weighing
  /// what it adds to the bands, as a share of the error that the grey picture has: a mean of
  /// decibels gives pictures of few colours the weight of those of many.
  /// - Parameters:
  ///   - run: its parameters are those of `network`, whose last layer predicts differences as the
  ///     statistics have them.
  ///   - network: from and to the channels of the codec.
  ///   - pictures: variants of each picture, at least one.
  ///   - statistics: what grey latents and differences are normalised by.
  ///   - codec: made the latents; its linear synthesis weighs the channels.
  ///   - side: patches of a crop along each side, at most.
  ///   - isStopped: asked before every step.
  ///   - report: called after each epoch; it has no validation.
  /// - Returns: whether training has ended, and was not stopped.
  /// - Throws: `LearningError`, or what writing the checkpoint throws.
  @discardableResult
  public static func train(
    _ run: inout LearningRun, _ network: Network, on pictures: [[Example]],
    statistics: Statistics, codec: PictureCodec, side: Int = 24, isStopped: () -> Bool = { false },
    report: (LearningRun.Entry) -> Void = { _ in }
  ) async throws -> Bool {
    let dimension = codec.dimension
    let target = statistics.difference
    // In units of the largest weight, so that the learning rate means the same for every codec.
    let energies = (0..<network.outputs).map { channel in
      codec.synthesis[channel * dimension..<(channel + 1) * dimension]
        .reduce(0) { $0 + $1 * $1 } * target.scale[channel] * target.scale[channel]
    }
    let weights = energies.map { $0 / max(energies.reduce(0, +), .leastNormalMagnitude) }
    return try await run.run(examples: pictures.count, isStopped: isStopped, report: report) {
      index, parameters, generator in
      let variants = pictures[index]
      let example = variants[Int.random(in: 0..<variants.count, using: &generator)]
      // The same crop of both.
      var same = generator
      let grey = statistics.grey.normalized(
        example.grey.randomCrop(rows: side, columns: side, using: &generator))
      let difference = target.normalized(
        example.difference.randomCrop(rows: side, columns: side, using: &same))
      let count = Float(difference.patchRows * difference.patchColumns)
      let greyError =
        example.difference.values.enumerated().reduce(Float(0)) { sum, item in
          let channel = item.offset % weights.count
          let error = item.element / target.scale[channel]
          return sum + weights[channel] * error * error
        } / Float(example.difference.values.count / weights.count)
      // Plus a little, for pictures that are nearly grey.
      return network(FeatureMap(grey), parameters).features.squaredError(
        against: difference.values, weights: weights, scale: 1 / (count * (greyError + 0.05)))
    }
  }

  /// The model of a training, whose last layer gives differences in the units of latents.
  public static func model(
    _ network: Network, _ parameters: Parameters, _ statistics: Statistics,
    metadata: [String: String]
  ) -> SavedModel {
    var parameters = parameters
    let last = "\(network.layers.count - 1)."
    let target = statistics.difference
    let columns = parameters[last + "weight"].count / network.outputs
    parameters[last + "weight"] = parameters[last + "weight"].enumerated().map {
      $1 * target.scale[$0 / columns]
    }
    parameters[last + "bias"] = parameters[last + "bias"].enumerated().map {
      $1 * target.scale[$0] + target.mean[$0]
    }
    return SavedModel(
      network: network, parameters: parameters, statistics: statistics.grey, metadata: metadata)
  }

  /// The latents of the colour picture that a model expects of those of the grey one: both of shape
  /// [patch rows, patch columns, channels].
  public static func colorized(_ model: SavedModel, _ grey: Latents) -> Latents {
    var result = grey
    let difference = model(FeatureMap(model.statistics.normalized(grey))).features.values
    for index in result.values.indices { result.values[index] += difference[index] }
    return result
  }
}
