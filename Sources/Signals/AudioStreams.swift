/// Frames of a sound from first to last, a few at a time, so that memory is bounded by the few.
public protocol AudioSource: AnyObject {
  /// Shape and sample format of the whole sound.
  var format: AudioFormat { get }

  /// The next `count` frames, fewer at the end, none after it: shape [format.channels, frames],
  /// full scale -1...1.
  ///
  /// Throws when the file is damaged or ends before its time.
  func nextFrames(_ count: Int) throws -> Audio
}

/// Takes the frames of a sound from first to last.
public protocol AudioSink: AnyObject {
  /// Appends frames: shape [format.channels, any]. What lies beyond full scale is clipped where the
  /// sample type cannot hold it.
  ///
  /// Throws where they cannot be taken, as on a full disk.
  func write(_ frames: Audio) throws

  /// Completes the file after the last frame. Until then nothing of it may be taken for complete.
  ///
  /// Throws where it cannot be completed.
  func finish() throws
}

/// A source of frames from a sound in memory.
public final class AudioFrames: AudioSource {
  /// Shape and sample format of the whole sound.
  public let format: AudioFormat
  private let audio: Audio
  private var frame = 0

  /// Frames of `audio`, which must have the channels and frames that `format` states.
  public init(_ audio: Audio, format: AudioFormat) {
    precondition(
      audio.channels == format.channels && audio.frames == format.frames ?? audio.frames,
      "the sound has another shape than its format")
    self.audio = audio
    self.format = format
  }

  /// The next `count` frames, or as many as are left: shape [format.channels, frames].
  public func nextFrames(_ count: Int) -> Audio {
    let range = frame..<min(frame + count, audio.frames)
    frame = range.upperBound
    return audio.frames(range)
  }
}

/// A sink that collects frames into a sound in memory.
public final class AudioCollector: AudioSink {
  private var channels: [[Float]]

  /// The sound so far: shape [channels, frames].
  public var audio: Audio {
    Audio(
      frames: channels.first?.count ?? 0, channels: channels.count,
      samples: channels.flatMap { $0 })
  }

  /// A collector of a whole sound of so many channels.
  public init(channels: Int) {
    self.channels = [[Float]](repeating: [], count: channels)
  }

  /// Appends frames: shape [channels, any].
  public func write(_ frames: Audio) {
    precondition(frames.channels == channels.count, "frames of other channels")
    for channel in channels.indices {
      let start = channel * frames.frames
      channels[channel] += frames.samples[start..<start + frames.frames]
    }
  }

  /// Does nothing: the sound is complete with its last frame.
  public func finish() {}
}
