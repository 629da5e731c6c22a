import Foundation
import LearnedCodec
import Networks
import Signals

/// The training of a separator on the stems of a song.
public struct SeparationTraining: Sendable {
  /// What it reads.
  public let input: SeparationInput
  /// The numbers of a block that it reads and writes.
  public let coefficients: SelectedCoefficients
  /// The untrained network.
  public let network: Network
  private let song: StemSong
  private let examples: RemixedStems
  private let statistics: ChannelStatistics
  private let channels: Int
  private let frequencies: Int
  /// The mixture of the part held out, and its stems, of the coefficients.
  private let heldOut: RemixedStems.Example

  /// What is added to errors and energies in the loss, as a share of the mixture's energy: stems that
  /// are 25 dB below it count as silent. With less, examples in which a stem is silent outweigh those
  /// in which it is not, and its mask can vanish for good.
  static let floor: Float = 0.003

  /// Prepares a training.
  ///
  /// - Parameters:
  ///   - song: to train on.
  ///   - validation: of the same song, held out.
  ///   - input: the way from a sound to the blocks that the network reads.
  ///   - count: numbers of a block to read, those that hold most of the stems; all when nil.
  ///   - width: channels within the network, a multiple of 8.
  ///   - blocks: residual blocks.
  /// - Throws: `CodingError` where a mixture cannot be encoded, `SeparationError.tooManyMasks`.
  public init(
    song: StemSong, validation: StemSong, input: SeparationInput, coefficients count: Int?,
    width: Int, blocks: Int
  ) async throws {
    self.song = song
    self.input = input
    let stems = song.stems.map { input.exactBlocks(of: $0) }
    let mixture = try await input.blocks(of: song.mixture, sampleRate: song.sampleRate)
    (channels, frequencies) = (mixture.channels, mixture.frequencies)
    let coefficients = SelectedCoefficients(
      strongest: min(count ?? mixture.width, mixture.width), of: stems)
    self.coefficients = coefficients
    guard stems.count * coefficients.count <= Layer.largestWidth else {
      throw SeparationError.tooManyMasks(
        stems: stems.count, coefficients: coefficients.count, limit: Layer.largestWidth)
    }
    network = Separator.network(
      coefficients: coefficients.count, stems: stems.count, width: width, blocks: blocks)
    examples = RemixedStems(stems, coefficients: coefficients, input: input)
    statistics = ChannelStatistics(
      of: [coefficients.latents(of: coefficients.values(of: mixture), frequencies: frequencies)],
      channels: coefficients.count)
    heldOut = RemixedStems.Example(
      mixture: coefficients.values(
        of: try await input.blocks(of: validation.mixture, sampleRate: song.sampleRate)),
      stems: validation.stems.map { coefficients.values(of: input.exactBlocks(of: $0)) })
  }

  /// Trains.
  ///
  /// - Parameters:
  ///   - run: of `network`; an epoch shows about every block of the song once.
  ///   - isStopped: asked before every step.
  ///   - report: called after each epoch; its validation is the loss of the part held out, in nats.
  /// - Returns: The separator; nil where it was stopped before its end.
  /// - Throws: `LearningError`, or what writing the checkpoint throws.
  public func run(
    _ run: inout LearningRun, isStopped: () -> Bool = { false },
    report: (LearningRun.Entry) -> Void = { _ in }
  ) async throws -> Separator? {
    let isDone = try await run.run(
      examples: examples.count,
      validation: { parameters in
        Double(loss(of: heldOut, parameters.constants()).values[0])
      }, isStopped: isStopped, report: report
    ) { _, weights, generator in
      loss(of: examples.example(using: &generator), weights)
    }
    guard isDone else { return nil }
    return Separator(
      model: SavedModel(
        network: network, parameters: run.result, statistics: statistics, labels: song.names),
      coefficients: coefficients, channels: channels, sampleRate: song.sampleRate)
  }

  private func loss(of example: RemixedStems.Example, _ weights: Weights) -> Variable {
    let latents = coefficients.latents(of: example.mixture, frequencies: frequencies)
    let input = FeatureMap(statistics.normalized(latents))
    let energy = example.mixture.reduce(0) { $0 + $1 * $1 }
    return network(input, weights).features.maskedError(
      mixture: example.mixture, stems: example.stems, floor: max(Self.floor * energy, 1e-6))
  }
}
