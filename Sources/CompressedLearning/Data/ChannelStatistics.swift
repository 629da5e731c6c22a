import Foundation
import LearnedCodec

/// Mean and scale of each channel of a data set, by which inputs are brought to one size.
///
/// They are found on the training part alone and kept with the model.
public struct ChannelStatistics: Sendable, Equatable, Codable {
  /// Mean of each channel. Shape [channels].
  public let mean: [Float]
  /// Standard deviation of each channel, at least a tiny positive number. Shape [channels].
  public let scale: [Float]

  /// Statistics of these means and deviations, of one length.
  public init(mean: [Float], scale: [Float]) {
    precondition(mean.count == scale.count, "statistics of other lengths")
    self.mean = mean
    self.scale = scale
  }

  /// Those of some examples, all of so many channels.
  public init(of examples: some Sequence<Latents>, channels: Int) {
    var accumulator = Accumulator(channels: channels)
    for example in examples { accumulator.add(example) }
    self = accumulator.statistics
  }

  /// Sums over examples that come one at a time.
  public struct Accumulator: Sendable {
    private var sums: [Double]
    private var squares: [Double]
    private var count = 0.0

    /// Nothing yet.
    public init(channels: Int) {
      sums = [Double](repeating: 0, count: channels)
      squares = sums
    }

    /// Counts an example.
    public mutating func add(_ latents: Latents) {
      let channels = sums.count
      precondition(latents.channels == channels, "latents of other channels")
      for start in stride(from: 0, to: latents.values.count, by: channels) {
        for channel in 0..<channels {
          let value = Double(latents.values[start + channel])
          sums[channel] += value
          squares[channel] += value * value
        }
      }
      count += Double(latents.patchRows * latents.patchColumns)
    }

    /// What was found; mean 0 and scale 1 where there was nothing.
    public var statistics: ChannelStatistics {
      let count = max(count, 1)
      return ChannelStatistics(
        mean: sums.map { Float($0 / count) },
        scale: zip(sums, squares).map { sum, square in
          let variance = square / count - (sum / count) * (sum / count)
          return variance > 1e-12 ? Float(variance.squareRoot()) : 1
        })
    }
  }

  /// Statistics by which a part of the differences between channels stays: scales go with their
  /// power `share`, 0...1: 1 for channels all of one size, 0 for all divided by the largest scale.
  ///
  /// Channels of fine detail vary little, and much of it is noise; made as large as those of
  /// colour and brightness they are learned by heart where there are few examples.
  public func softened(_ share: Float) -> ChannelStatistics {
    let largest = scale.max() ?? 1
    return ChannelStatistics(
      mean: mean, scale: scale.map { largest * pow($0 / largest, share) })
  }

  /// Latents less the mean, over the scale, channel by channel: of the same shape.
  public func normalized(_ latents: Latents) -> Latents {
    var result = latents
    let channels = mean.count
    precondition(latents.channels == channels, "latents of other channels")
    let inverse = scale.map { 1 / $0 }
    for start in stride(from: 0, to: result.values.count, by: channels) {
      for channel in 0..<channels {
        result.values[start + channel] =
          (result.values[start + channel] - mean[channel]) * inverse[channel]
      }
    }
    return result
  }
}
