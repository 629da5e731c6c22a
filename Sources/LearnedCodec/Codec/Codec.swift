import Foundation

/// A codec of either kind, as its folder says.
public enum Codec: Sendable {
  /// For pictures and arrays.
  case picture(PictureCodec)
  /// For sound.
  case sound(SoundCodec)

  /// Loads a codec from its folder.
  ///
  /// - Throws: `CodecFolderError` where a file is missing or damaged, or not of the hash stated.
  public init(folder: URL) throws(CodecFolderError) {
    try self.init(folder: folder, for: nil)
  }

  /// Loads a codec for one quality, or for all where it is nil: of the others nothing is read.
  init(folder: URL, for quality: Quality?) throws(CodecFolderError) {
    let files = try CodecFiles(folder: folder)
    guard !Self.isSound(files.description) else {
      self = try .sound(SoundCodec(files))
      return
    }
    self = try .picture(PictureCodec(files))
    try load(at: quality)
  }

  /// Reads what is needed at a quality, or at all where it is nil, and was not read before.
  func load(at quality: Quality?) throws(CodecFolderError) {
    if case .picture(let codec) = self { try codec.load(at: quality) }
  }

  /// What a bitstream knows it by: a hash of its files.
  public var hash: UInt64 {
    switch self {
    case .picture(let codec): codec.hash
    case .sound(let codec): codec.hash
    }
  }

  /// The name of its folder.
  public var name: String {
    switch self {
    case .picture(let codec): codec.name
    case .sound(let codec): codec.name
    }
  }

  /// Whether a `codec.json` says that it describes a codec of sound.
  static func isSound(_ json: Data) -> Bool {
    struct Kind: Decodable { var kind: String? }
    // Where this is no JSON, the codec's own description says what is wrong with it.
    return (try? JSONDecoder().decode(Kind.self, from: json))?.kind == SoundCodecDescription.kind
  }
}
