/// A picture, an array or a sound in a file, told apart by content.
public enum MediaFile: Sendable {
  /// A picture or an array.
  case image(ImageFile)
  /// A sound.
  case audio(AudioFile)

  /// Opens a file and reads its header; "-" is standard input, which is copied to a temporary file
  /// unless it is a sound and `ReadingOptions.isReadOnce` is true.
  ///
  /// Throws ``MediaFileError`` where the file is of no known kind, and as ``ImageFile`` and
  /// ``AudioFile`` do.
  public init(path: String, options: ReadingOptions = ReadingOptions()) throws {
    let bytes = try openBytes(path)
    if let content = try ImageContent(of: bytes) {
      self = .image(try ImageFile(bytes.repeatable(), content, options))
    } else if let content = try AudioContent(of: bytes) {
      self = .audio(try AudioFile(bytes, content, options))
    } else {
      throw MediaFileError.unknownContent(file: bytes.name)
    }
  }

  /// Bytes at the start of a file that tell what it is.
  static let signatureBytes = 12
}
