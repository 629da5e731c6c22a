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
    /// IPTC-IIM records.
    case iptc = 4
    // What follows is the content of a chunk of PNG (W3C, Portable Network Graphics, third edition).
    /// pHYs: pixels a unit across and down, 4 bytes each, and the unit: 0 unknown, 1 metre.
    case density = 5
    /// gAMA: 100,000 times the exponent of what encodes the samples.
    case gamma = 6
    /// cHRM: 100,000 times the chromaticities of white, red, green and blue.
    case chromaticities = 7
    /// sRGB: that the colours are those, and the rendering intent.
    case renderingIntent = 8
    /// cICP: code points of ITU-T H.273 for primaries, transfer, matrix and range.
    case codePoints = 9
    /// sBIT: significant bits of each channel.
    case significantBits = 10
    /// mDCV: colour volume of the display on which the picture was made.
    case masteringDisplay = 11
    /// cLLI: largest luminances of the picture.
    case contentLight = 12

    /// Whether a picture looks different without it.
    public var bearsOnColour: Bool {
      switch self {
      case .icc, .gamma, .chromaticities, .codePoints: true
      default: false
      }
    }
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
  /// The sample of full scale, white in a picture, which none exceeds: the largest of the type, or a
  /// smaller one where the file says so; nil for floating point. Alpha has the scale of its type.
  public var maximum: Float?
  /// Bits that the samples take up: fewer than those of `maximum` where a file of 16 bits holds
  /// measurements of 12; 0 for floating point. Encoders scale samples by them.
  public var bits: Int
  /// Metadata, in the order of the file.
  public var metadata: [MetadataBlock]

  /// A format; see the properties. `maximum` is that of the sample type when nil.
  public init(
    kind: Kind = .image, width: Int, height: Int, channels: Int, hasAlpha: Bool = false,
    sampleType: SampleType = .uint8, maximum: Float? = nil, metadata: [MetadataBlock] = []
  ) {
    self.kind = kind
    self.width = width
    self.height = height
    self.channels = channels
    self.hasAlpha = hasAlpha
    self.sampleType = sampleType
    self.maximum = maximum ?? sampleType.maximum
    bits = Self.bits(of: self.maximum ?? 0)
    self.metadata = metadata
  }

  /// The largest sample that the bits allow; nil for floating point. Qualities and decibels are
  /// relative to it.
  public var scale: Float? { maximum.map { min($0, Float(1 << bits - 1)) } }

  /// Bits of the integers up to `maximum`: 8 for 255, 0 for 0.
  public static func bits(of maximum: Float) -> Int {
    UInt32.bitWidth - UInt32(max(maximum, 0)).leadingZeroBitCount
  }

  /// Channels and alpha together.
  public var planes: Int { channels + (hasAlpha ? 1 : 0) }
}
