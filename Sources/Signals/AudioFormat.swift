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
  /// What the text is, as a field name of Vorbis comments: TITLE, ARTIST, TRACKNUMBER. Names may come
  /// several times. ASCII from space to }, without =, in the case of the file.
  public var name: String
  /// The text.
  public var text: String

  /// A line of `text`.
  public init(name: String, text: String) {
    self.name = name
    self.text = text
  }

  /// Whether a name may have this byte.
  public static func isNameByte(_ byte: UInt8) -> Bool {
    (0x20...0x7D).contains(byte) && byte != UInt8(ascii: "=")
  }
}

/// Bytes that a file of sound carries beside its samples, kept verbatim.
public struct AudioBlock: Sendable, Equatable {
  /// What the bytes are. The raw values are those of the container.
  public enum Kind: UInt8, Sendable, Equatable, CaseIterable {
    /// A picture, as the content of a PICTURE block of FLAC (RFC 9639, section 8.8).
    case picture = 1
    /// The content of a CUESHEET block of FLAC (RFC 9639, section 8.7).
    case cueSheet = 2
    /// The content of an APPLICATION block of FLAC (RFC 9639, section 8.4).
    case application = 3
    /// A chunk of WAV such as bext, cue and iXML: its name of four bytes, and its content.
    case chunk = 4
  }

  /// What the bytes are.
  public var kind: Kind
  /// The bytes themselves.
  public var bytes: [UInt8]

  /// A block of `bytes`.
  public init(kind: Kind, bytes: [UInt8]) {
    self.kind = kind
    self.bytes = bytes
  }
}

/// What a file says about where its channels are heard.
public enum ChannelLayout: Sendable, Equatable {
  /// Loudspeakers, a bit each, as in dwChannelMask of WAVEFORMATEXTENSIBLE; the channels are in the
  /// order of the bits. 0 stands for none.
  case speakers(UInt32)
  /// Ambisonic B-format.
  case ambisonic
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
  /// Where channels are heard; nil where the file does not say it.
  public var layout: ChannelLayout?
  /// Tags, in the order of the file.
  public var tags: [AudioTag]
  /// Pictures, cue sheets and the like, in the order of the file.
  public var blocks: [AudioBlock]

  /// A format; see the properties.
  public init(
    sampleRate: Int, channels: Int, frames: Int?, sampleType: AudioSampleType = .int16,
    layout: ChannelLayout? = nil, tags: [AudioTag] = [], blocks: [AudioBlock] = []
  ) {
    self.sampleRate = sampleRate
    self.channels = channels
    self.frames = frames
    self.sampleType = sampleType
    self.layout = layout
    self.tags = tags
    self.blocks = blocks
  }
}
