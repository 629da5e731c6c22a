import Signals
import Synchronization

/// A sound in a file, which may be read any number of times, or in a pipe, which is read once.
///
/// WAV (with RF64 and BW64), AIFF, FLAC, Ogg (Vorbis and Opus) and MP3 are told apart by content, not
/// by name, also behind tags of ID3, and read through libsndfile and libmpg123. Files that were
/// joined, and the links of chained Ogg, are one sound; where their rates or channels differ they are
/// refused. Reading takes memory for a few thousand frames.
///
/// Integers of n bits become -1..<1 by the factor 2^(1-n), which is exact up to 24 bits. Floating
/// point is kept as it is, infinities included; double precision is rounded to single. Channels come
/// in the order of WAV, those of Vorbis and Opus too.
public struct AudioFile: Sendable {
  /// Channels beyond which a sound is neither read nor written.
  public static let maximumChannels = 256
  /// Endings of the files that are taken from folders, in lower case.
  public static let extensions: Set<String> = [
    "wav", "wave", "flac", "aiff", "aif", "ogg", "oga", "opus", "mp3",
  ]

  /// Shape, sample format and tags. The number of frames is nil where the file does not state it:
  /// in FLAC from a pipe, and in MP3 without the header of Xing or LAME.
  public let format: AudioFormat

  /// What errors call the file: its path, or "standard input".
  public var name: String { input.name }

  private let input: any SoundBytes
  private let content: AudioContent
  private let found: SoundParts
  private let options: ReadingOptions
  /// The one reader of a pipe, until it is taken.
  private let reader: SingleReader

  /// Opens a file and reads its header; "-" is standard input, which is copied to a temporary file
  /// unless `ReadingOptions.isReadOnce` is true.
  ///
  /// Throws ``MediaFileError`` where the file cannot be read, is of no known kind, is damaged, has
  /// no samples or more than ``maximumChannels``, or holds what is not supported. A WAV, AIFF or MP3
  /// file that ends before the samples its header states is refused, and so is Ogg without its last
  /// page, unless `ReadingOptions.isPartial` is true. Where a program that wrote to a pipe could not
  /// state a length, the samples end with the file. What is not kept of tags and chunks is told to
  /// `ReadingOptions.warn`.
  public init(path: String, options: ReadingOptions = ReadingOptions()) throws {
    let bytes = try openBytes(path)
    guard try ImageContent(of: bytes) == nil else {
      throw MediaFileError.unsupported(file: bytes.name, what: "it is a picture, not a sound")
    }
    guard let content = try AudioContent(of: bytes) else {
      throw MediaFileError.unknownContent(file: bytes.name)
    }
    try self.init(bytes, content, options)
  }

  /// Reads the header of a sound, from a copy of a pipe that cannot be read in one go.
  init(_ bytes: any SoundBytes, _ content: AudioContent, _ options: ReadingOptions) throws {
    let isInOrder = options.isReadOnce && content.isSequential
    input = isInOrder ? bytes : try bytes.repeatable()
    self.content = content
    self.options = options
    found = try SoundParts(of: input, content)
    let first = try AudioReader(input, content, found, options)
    format = first.format
    reader = SingleReader(input.knownSize == nil ? first : nil)
    if !found.leftOut.isEmpty {
      options.warn(
        MediaFileWarning(
          file: input.name,
          what: "not kept: " + Set(found.leftOut).sorted().joined(separator: ", ")))
    }
  }

  /// The frames from the first on. Every call starts anew, and sources do not disturb each other.
  ///
  /// Throws ``MediaFileError`` where the file has changed since, or is a pipe that was read before;
  /// the frames themselves throw it where the file is damaged or ends before the frames that it
  /// states.
  public func open() throws -> any AudioSource {
    if input.knownSize == nil {
      guard let reader = reader.take() else {
        throw MediaFileError.unsupported(file: input.name, what: "a pipe is read only once")
      }
      return reader
    }
    let reader = try AudioReader(input, content, found, options)
    if reader.format != format {
      throw MediaFileError.unsupported(file: input.name, what: "it has changed while it was read")
    }
    return reader
  }

  /// Whether the sound can be read a second time.
  public var isRepeatable: Bool { input.knownSize != nil }
}

/// The reader of a pipe, which only one may take.
private final class SingleReader: Sendable {
  private let reader: Mutex<AudioReader?>

  init(_ reader: sending AudioReader?) { self.reader = Mutex(reader) }

  func take() -> sending AudioReader? {
    reader.withLock { reader in
      let taken = reader
      reader = nil
      return taken
    }
  }
}
