import Signals

/// A sound in a file, which may be read any number of times.
///
/// WAV (with RF64), AIFF, FLAC, Ogg (Vorbis and Opus) and MP3 are told apart by content, not by
/// name, and read through libsndfile. Reading takes memory for a few thousand frames.
///
/// Integers of n bits become -1..<1 by the factor 2^(1-n), which is exact up to 24 bits. Floating
/// point is kept as it is, infinities included; double precision is rounded to single.
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

  private let input: InputFile
  private let content: AudioContent
  private let options: ReadingOptions

  /// Opens a file and reads its header; "-" is standard input, which is copied to a temporary file.
  ///
  /// Throws ``MediaFileError`` where the file cannot be read, is of no known kind, is damaged, has
  /// no samples or more than ``maximumChannels``, or holds what is not supported. A WAV or AIFF file
  /// that ends before the samples its header states is damaged, and so is Ogg without its last page.
  /// Where a program that wrote to a pipe could not state a length, the samples end with the file.
  public init(path: String, options: ReadingOptions = ReadingOptions()) throws {
    let input = try InputFile(path: path)
    let start = try input.prefix(MediaFile.signatureBytes)
    guard let content = AudioContent(firstBytes: start) else {
      throw ImageContent(firstBytes: start) == nil
        ? MediaFileError.unknownContent(file: input.name)
        : MediaFileError.unsupported(file: input.name, what: "it is a picture, not a sound")
    }
    try self.init(input, content, options)
  }

  /// Reads the header of `input`.
  init(_ input: InputFile, _ content: AudioContent, _ options: ReadingOptions) throws {
    self.input = input
    self.content = content
    self.options = options
    format = try AudioReader(input, content, options).format
  }

  /// The frames from the first on. Every call starts anew, and sources do not disturb each other.
  ///
  /// Throws ``MediaFileError`` where the file has changed since; the frames themselves throw it
  /// where the file is damaged or ends before the frames that it states.
  public func open() throws -> any AudioSource {
    let reader = try AudioReader(input, content, options)
    if reader.format != format {
      throw MediaFileError.unsupported(file: input.name, what: "it has changed while it was read")
    }
    return reader
  }
}

/// Kinds of files that sounds are read from.
enum AudioContent {
  case wav
  case aiff
  case flac
  case ogg
  case mpeg

  init?(firstBytes bytes: [UInt8]) {
    let name = bytes.prefix(4)
    let form = bytes.dropFirst(8).prefix(4)
    if name.elementsEqual("RIFF".utf8) || name.elementsEqual("RF64".utf8),
      form.elementsEqual("WAVE".utf8)
    {
      self = .wav
    } else if name.elementsEqual("FORM".utf8),
      form.elementsEqual("AIFF".utf8) || form.elementsEqual("AIFC".utf8)
    {
      self = .aiff
    } else if name.elementsEqual("fLaC".utf8) {
      self = .flac
    } else if name.elementsEqual("OggS".utf8) {
      self = .ogg
    } else if bytes.starts(with: "ID3".utf8) || isMPEGFrame(bytes) {
      self = .mpeg
    } else {
      return nil
    }
  }
}

/// Whether `bytes` start as a frame of MPEG audio of layer III does, with a rate that exists.
private func isMPEGFrame(_ bytes: [UInt8]) -> Bool {
  // ISO/IEC 11172-3: eleven ones, two bits of version (01 is reserved), two of layer (01 is III), a
  // bit for the checksum, four of bit rate (15 is forbidden), two of sample rate (3 is reserved).
  bytes.count >= 4 && bytes[0] == 0xFF && bytes[1] & 0xE6 == 0xE2 && bytes[1] & 0x18 != 0x08
    && bytes[2] & 0xF0 != 0xF0 && bytes[2] & 0x0C != 0x0C
}
