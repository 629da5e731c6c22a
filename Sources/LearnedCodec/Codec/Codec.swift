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
    self =
      try Self.isSound(folder)
      ? .sound(SoundCodec(folder: folder)) : .picture(PictureCodec(folder: folder))
  }

  /// What a bitstream knows it by: the first eight bytes of the SHA-256 of its files.
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

  /// Whether `codec.json` says that it describes a codec of sound.
  static func isSound(_ folder: URL) throws(CodecFolderError) -> Bool {
    struct Kind: Decodable { var kind: String? }
    let json = try readCodecFile(folder.appendingPathComponent("codec.json"))
    // Where this is no JSON, the codec's own description says what is wrong with it.
    return (try? JSONDecoder().decode(Kind.self, from: json))?.kind == SoundCodecDescription.kind
  }
}
