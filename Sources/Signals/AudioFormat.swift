/// How a sample of sound is stored in a file. The raw values are those of the container.
public enum AudioSampleType: UInt8, Sendable, Equatable, CaseIterable {
  /// Integers of 8 bits.
  case int8 = 0
  /// Integers of 16 bits.
  case int16 = 1
  /// Integers of 24 bits.
  case int24 = 2
  /// Integers of 32 bits.
  case int32 = 3
  /// IEEE 754 single precision; also what compressed formats decode to.
  case float32 = 4
}

/// A line of text that a file carries beside its samples.
public struct AudioTag: Sendable, Equatable {
  /// What the text is. The raw values are those of the container and of libsndfile.
  public enum Kind: UInt8, Sendable, Equatable, CaseIterable {
    case title = 1
    case copyright = 2
    case software = 3
    case artist = 4
    case comment = 5
    case date = 6
    case album = 7
    case license = 8
    case trackNumber = 9
    case genre = 16
  }

  /// What the text is.
  public var kind: Kind
  /// The text.
  public var text: String

  /// A line of `text`.
  public init(kind: Kind, text: String) {
    self.kind = kind
    self.text = text
  }
}

/// Shape and sample format of a sound: all that a file says besides its samples.
public struct AudioFormat: Sendable, Equatable {
  /// Frames a second, in hertz, at least 1.
  public var sampleRate: Int
  /// Channels, at least 1.
  public var channels: Int
  /// Frames, or nil where only the end of a stream will tell.
  public var frames: Int?
  /// How samples are stored in the file.
  public var sampleType: AudioSampleType
  /// Tags, in the order of their kinds.
  public var tags: [AudioTag]

  /// A format; see the properties.
  public init(
    sampleRate: Int, channels: Int, frames: Int?, sampleType: AudioSampleType = .int16,
    tags: [AudioTag] = []
  ) {
    self.sampleRate = sampleRate
    self.channels = channels
    self.frames = frames
    self.sampleType = sampleType
    self.tags = tags
  }
}

/// Frames of a sound from first to last, a few at a time, so that memory is bounded by the few.
public protocol AudioSource: AnyObject {
  /// Shape and sample format of the whole sound.
  var format: AudioFormat { get }

  /// The next `count` frames, fewer at the end, none after it: shape [format.channels, frames].
  ///
  /// Throws when the file is damaged or ends before its time.
  func nextFrames(_ count: Int) throws -> Audio
}

/// Takes the frames of a sound from first to last.
public protocol AudioSink: AnyObject {
  /// Appends frames: shape [format.channels, any]. What lies beyond full scale is clipped where the
  /// sample type cannot hold it.
  func write(_ frames: Audio) throws

  /// Completes the file after the last frame. Until then nothing of it may be taken for complete.
  func finish() throws
}
