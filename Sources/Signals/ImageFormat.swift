/// How a sample is stored in a file. The raw values are those of the container.
public enum SampleType: UInt8, Sendable, Equatable, CaseIterable {
  /// Integers 0...255.
  case uint8 = 0
  /// Integers 0...65535.
  case uint16 = 1
  /// IEEE 754 single precision, any finite value.
  case float32 = 2

  /// The largest integer of the type; nil for floating point, which has no range of its own.
  public var maximum: Float? {
    switch self {
    case .uint8: 255
    case .uint16: 65535
    case .float32: nil
    }
  }
}

/// Bytes that a file carries beside its samples, kept verbatim.
public struct MetadataBlock: Sendable, Equatable {
  /// What the bytes are. The raw values are those of the container.
  public enum Kind: UInt8, Sendable, Equatable, CaseIterable {
    /// An ICC colour profile.
    case icc = 1
    /// EXIF in TIFF layout, starting at the byte order mark; holds the orientation.
    case exif = 2
    /// An XMP packet in UTF-8.
    case xmp = 3
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

/// Shape and sample format of a picture: all that a file says besides its samples.
public struct ImageFormat: Sendable, Equatable {
  /// What kind of thing the samples are. The raw values are those of the container.
  public enum Kind: UInt8, Sendable, Equatable, CaseIterable {
    /// A picture: grey or RGB, with or without alpha.
    case image = 0
    /// An array [rows, columns, channels] of any number of channels.
    case array = 2
  }

  /// Picture or array.
  public var kind: Kind
  /// Columns.
  public var width: Int
  /// Rows.
  public var height: Int
  /// Channels without alpha: 1 for grey, 3 for RGB, any number for arrays.
  public var channels: Int
  /// Whether an alpha plane follows the channels.
  public var hasAlpha: Bool
  /// How samples are stored in the file.
  public var sampleType: SampleType
  /// Metadata, in the order of the file.
  public var metadata: [MetadataBlock]

  /// A format; see the properties.
  public init(
    kind: Kind = .image, width: Int, height: Int, channels: Int, hasAlpha: Bool = false,
    sampleType: SampleType = .uint8, metadata: [MetadataBlock] = []
  ) {
    self.kind = kind
    self.width = width
    self.height = height
    self.channels = channels
    self.hasAlpha = hasAlpha
    self.sampleType = sampleType
    self.metadata = metadata
  }

  /// Channels and alpha together.
  public var planes: Int { channels + (hasAlpha ? 1 : 0) }
}
