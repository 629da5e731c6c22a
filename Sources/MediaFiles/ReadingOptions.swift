/// How pictures and sounds are read.
public struct ReadingOptions: Sendable {
  /// Pictures of more pixels, width times height, are refused.
  public var maximumPixels: Int
  /// Whether a picture whose samples are damaged is read all the same; what is lost is made up.
  public var isLenient: Bool
  /// Whether a sound that ends early is read up to there.
  public var isPartial: Bool
  /// Whether the caller reads a sound once, so that one from a pipe comes in order and is never on the
  /// disk; otherwise pipes are copied to a temporary file first. Ogg and pictures always are.
  public var isReadOnce: Bool
  /// Bits of the samples of a picture of 16 bits, 1 to 16; measured when nil.
  public var bits: Int?
  /// Whether samples under an alpha of zero count for the bits.
  public var keepsHidden: Bool
  /// Told of what is odd about a file that is read all the same, and of what is not kept. It may be
  /// told the same again when a file is read again.
  public var warn: @Sendable (MediaFileWarning) -> Void

  /// Options; see the properties.
  public init(
    maximumPixels: Int = 1 << 28, isLenient: Bool = false, isPartial: Bool = false,
    isReadOnce: Bool = false, bits: Int? = nil, keepsHidden: Bool = false,
    warn: @escaping @Sendable (MediaFileWarning) -> Void = { _ in }
  ) {
    self.maximumPixels = maximumPixels
    self.isLenient = isLenient
    self.isPartial = isPartial
    self.isReadOnce = isReadOnce
    self.bits = bits
    self.keepsHidden = keepsHidden
    self.warn = warn
  }
}

/// What is odd about a file that is read or written all the same.
public struct MediaFileWarning: Sendable, Hashable, CustomStringConvertible {
  /// The file.
  public var file: String
  /// What is odd about it.
  public var what: String

  /// A warning.
  public init(file: String, what: String) {
    self.file = file
    self.what = what
  }

  /// One sentence that names the file.
  public var description: String { "\(file): \(what)" }
}
