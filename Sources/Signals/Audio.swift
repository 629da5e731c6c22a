/// Sampled sound as planar single-precision samples.
///
/// `samples` has shape [channels, frames], row-major; full scale is -1...1.
public struct Audio: Sendable, Equatable {
  /// Samples of each channel, at least 0.
  public let frames: Int
  /// Channels, as the file orders them: left before right.
  public let channels: Int
  /// Shape [channels, frames].
  public var samples: [Float]

  /// A sound of `samples`, whose count must be `channels * frames`.
  public init(frames: Int, channels: Int, samples: [Float]) {
    precondition(samples.count == frames * channels, "samples do not fill the shape")
    self.frames = frames
    self.channels = channels
    self.samples = samples
  }

  /// Silence of so many frames and channels.
  public init(frames: Int, channels: Int) {
    self.init(
      frames: frames, channels: channels, samples: [Float](repeating: 0, count: frames * channels))
  }

  /// The sample of a channel at a frame.
  public subscript(channel: Int, frame: Int) -> Float {
    get { samples[channel * frames + frame] }
    set { samples[channel * frames + frame] = newValue }
  }

  /// The frames in `range`, all channels: shape [channels, range.count].
  public func frames(_ range: Range<Int>) -> Audio {
    precondition(range.lowerBound >= 0 && range.upperBound <= frames, "frames out of range")
    var part: [Float] = []
    part.reserveCapacity(channels * range.count)
    for channel in 0..<channels {
      let start = channel * frames
      part.append(contentsOf: samples[start + range.lowerBound..<start + range.upperBound])
    }
    return Audio(frames: range.count, channels: channels, samples: part)
  }

  /// This sound with `other`, of as many channels, after it: shape [channels, frames of both].
  public func followed(by other: Audio) -> Audio {
    precondition(channels == other.channels, "sounds of different channels")
    var joined: [Float] = []
    joined.reserveCapacity(samples.count + other.samples.count)
    for channel in 0..<channels {
      joined += samples[channel * frames..<(channel + 1) * frames]
      joined += other.samples[channel * other.frames..<(channel + 1) * other.frames]
    }
    return Audio(frames: frames + other.frames, channels: channels, samples: joined)
  }
}
