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
    let pipe = try SoundPipe(path: path)
    if let pipe, let sound = try pipe.sound(), sound.isSequential, options.isReadOnce {
      self = .audio(try AudioFile(pipe, sound, options))
      return
    }
    let input = try pipe.map { try InputFile(copying: $0) } ?? InputFile(path: path)
    let start = try input.prefix(Self.signatureBytes)
    if let content = ImageContent(firstBytes: start) {
      self = .image(try ImageFile(input, content, options))
    } else if let content = try AudioContent(of: input) {
      self = .audio(try AudioFile(input, content, options))
    } else {
      throw MediaFileError.unknownContent(file: input.name)
    }
  }

  /// Bytes at the start of a file that tell what it is.
  static let signatureBytes = 12
}

extension SoundPipe {
  /// The kind of sound that comes, nil for a picture: known before a pipe is copied, for it may never
  /// end.
  func sound() throws -> AudioContent? {
    if let sound = try AudioContent(of: self) { return sound }
    guard ImageContent(firstBytes: try some(at: 0, count: MediaFile.signatureBytes)) != nil else {
      throw MediaFileError.unknownContent(file: name)
    }
    return nil
  }
}
