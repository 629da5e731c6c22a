import Signals

extension PictureOptions {
  /// What the error of a picture follows.
  public enum Tuning: String, Sendable, CaseIterable {
    /// The least squared error: one step for all channels.
    case psnr
    /// What the eye sees: the step of each channel is divided by its weight,
    /// `PictureCodec.eyeWeights`.
    case eye
  }
}

extension PictureCodec {
  /// The tuning that options ask for, or else the codec's default for a format: `eye` for pictures
  /// where the codec has weights for it, `psnr` for arrays. And the options as they are for it:
  /// refinement follows the squared error, so there is none for the eye.
  /// - Throws: `CodingError` where the codec has no such weights.
  package func settled(
    _ options: PictureOptions, _ format: ImageFormat
  ) throws(CodingError) -> (tuning: PictureOptions.Tuning, options: PictureOptions) {
    guard options.tuning != .eye || eyeWeights != nil else { throw .noEyeWeights(codec: name) }
    let tuning = options.tuning ?? (eyeWeights != nil && format.kind == .image ? .eye : .psnr)
    var options = options
    options.tuning = tuning
    if tuning == .eye { options.effort = min(options.effort, .standard) }
    return (tuning, options)
  }

  /// The codec whose latents are those of this one times the weights of a tuning: one step for all
  /// of them is one for each channel then. Its synthesis takes them back at no cost.
  ///
  /// The lowest band and the pyramid above it share the weights of its channels. What is tuned for
  /// the eye has `masking` too.
  package func tuned(for tuning: PictureOptions.Tuning) -> PictureCodec {
    guard tuning == .eye, let eyeWeights else { return self }
    var codec = self
    codec.eyeWeights = nil
    (codec.network, codec.eyeNetwork) = (network(for: .eye), nil)
    for channel in 0..<channels {
      let weight = eyeWeights[channel]
      for index in channel * dimension..<(channel + 1) * dimension {
        codec.projection[index] *= weight
        codec.synthesis[index] /= weight
      }
    }
    (codec.masking, codec.steps) = (masking(for: .eye), steps(for: .eye))
    return codec
  }

  /// The masking of a tuning; nil where it has none.
  func masking(for tuning: PictureOptions.Tuning) -> Masking? {
    guard tuning == .eye, let eyeWeights else { return nil }
    return Masking(self, weight: eyeWeights[0])
  }

  /// How much coarser the steps for the eye are at quality 0 than those of the codec. Weights that
  /// keep the size of files at quality 60 leave twice as much of them at quality 0, where little but
  /// the low frequencies is left: on training photographs 1.92 times the bits of one step, and with
  /// this factor 0.99 times.
  private static let eyeWidening = 1.8

  /// Quantiser steps of a tuning.
  package func steps(for tuning: PictureOptions.Tuning) -> StepRange {
    tuning == .eye && eyeWeights != nil ? steps.widened(by: Self.eyeWidening) : steps
  }

  /// The network that serves pictures of a tuning.
  func network(for tuning: PictureOptions.Tuning) -> SynthesisNetwork? {
    tuning == .eye ? eyeNetwork ?? network : network
  }

  /// What takes back the weights of a tuning from the first channels; nil where it has none.
  func inverseWeights(channels: Int, _ tuning: PictureOptions.Tuning) -> [Float]? {
    guard tuning == .eye, let eyeWeights else { return nil }
    return eyeWeights.prefix(channels).map { 1 / $0 }
  }

  /// Takes back the weights of a tuning from latents of `tuned(for:)`, shape [patches, channels].
  func untune(
    _ latents: UnsafeMutableBufferPointer<Float>, channels: Int, _ tuning: PictureOptions.Tuning
  ) {
    guard let inverse = inverseWeights(channels: channels, tuning) else { return }
    for patch in stride(from: 0, to: latents.count, by: channels) {
      for channel in inverse.indices { latents[patch + channel] *= inverse[channel] }
    }
  }
}
