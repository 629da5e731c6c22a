import Signals

/// A picture or array in a file, which may be read any number of times.
///
/// PNG, JPEG, PNM (P5 and P6) and npy are told apart by content, not by name. Reading takes memory
/// for a few rows, except for interlaced PNG and progressive JPEG, which take the whole picture.
public struct ImageFile: Sendable {
  /// Shape, sample format and metadata, the first block of each kind; orientation stays in EXIF, and
  /// pixels are not turned. The bits of samples of 16 bits are those that the largest one has.
  public let format: ImageFormat
  /// What the file carries that there is no place for, in words: "comment".
  public let leftOut: [String]

  /// What errors call the file: its path, or "standard input".
  public var name: String { input.name }

  private let input: InputFile
  private let content: ImageContent
  private let options: ReadingOptions

  /// Opens a file and reads its header; "-" is standard input, which is copied to a temporary file.
  ///
  /// Throws ``MediaFileError`` where the file cannot be read, is of no known kind, is damaged, has
  /// more pixels than `options` allow, or holds what is not supported. Nothing that
  /// grows with the picture is allocated before.
  public init(path: String, options: ReadingOptions = ReadingOptions()) throws {
    let bytes = try openBytes(path)
    guard let content = try ImageContent(of: bytes) else {
      throw try AudioContent(of: bytes) == nil
        ? MediaFileError.unknownContent(file: bytes.name)
        : MediaFileError.unsupported(file: bytes.name, what: "it is a sound, not a picture")
    }
    try self.init(bytes.repeatable(), content, options)
  }

  /// Reads the header of `input`.
  init(_ input: InputFile, _ content: ImageContent, _ options: ReadingOptions) throws {
    self.input = input
    self.content = content
    self.options = options
    var format = try content.reader(of: input, options).format
    let metadata = try content.metadata(
      of: input, channels: format.channels, warn: options.warn)
    format.metadata = metadata.blocks
    leftOut = metadata.leftOut
    format.bits = try sampleBits(of: input, content, format, options)
    self.format = format
  }

  /// The rows from the first on. Every call starts anew, and sources do not disturb each other.
  ///
  /// Throws ``MediaFileError`` where the file has changed since; the rows themselves throw it where
  /// the file is damaged or, for floating point, holds samples that are not finite.
  public func open() throws -> any ImageSource {
    let reader = try content.reader(of: input, options)
    var plain = format
    plain.metadata = []
    plain.bits = reader.format.bits
    if reader.format != plain {
      throw MediaFileError.unsupported(file: input.name, what: "it has changed while it was read")
    }
    return RowSource(reader, format: format, name: input.name, warn: options.warn)
  }
}

/// Kinds of files that pictures and arrays are read from.
enum ImageContent {
  case png
  case jpeg
  case pnm
  case npy

  /// Looks at the start of a file; nil where it is no picture and no array.
  init?(of file: any SoundBytes) throws {
    let bytes = try file.some(at: 0, count: MediaFile.signatureBytes)
    if bytes.starts(with: [0x89] + "PNG\r\n\u{1A}\n".utf8) {
      self = .png
    } else if bytes.starts(with: [0xFF, 0xD8]) {
      self = .jpeg
    } else if bytes.starts(with: [0x93] + "NUMPY".utf8) {
      self = .npy
    } else if bytes.count >= 3, bytes[0] == UInt8(ascii: "P"),
      (UInt8(ascii: "1")...UInt8(ascii: "7")).contains(bytes[1]), isWhitespace(bytes[2])
    {
      self = .pnm
    } else {
      return nil
    }
  }

  func reader(of input: InputFile, _ options: ReadingOptions) throws -> any RowReader {
    switch self {
    case .png: try PNGReader(input, options)
    case .jpeg: try JPEGReader(input, options)
    case .pnm: try pnmReader(input, options)
    case .npy: try npyReader(input, options)
    }
  }

  func metadata(
    of input: InputFile, channels: Int, warn: @escaping (MediaFileWarning) -> Void
  ) throws -> FileMetadata {
    switch self {
    case .png: try pngMetadata(of: input, channels: channels, warn: warn)
    case .jpeg: try jpegMetadata(of: input, channels: channels, warn: warn)
    case .pnm, .npy: FileMetadata(file: input.name, channels: channels, warn: warn)
    }
  }
}

/// Throws where a picture has more pixels than `limit`.
func checkPixels(width: Int, height: Int, limit: Int, name: String) throws {
  let (pixels, overflow) = width.multipliedReportingOverflow(by: height)
  if overflow || pixels > limit {
    throw MediaFileError.tooManyPixels(file: name, width: width, height: height, limit: limit)
  }
}
