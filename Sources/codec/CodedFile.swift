import LearnedCodec
import MediaFiles

/// A `.wlc` file of either kind.
enum CodedFile {
  case picture(PictureContainer)
  case sound(SoundContainer)

  /// Reads and parses a file; "-" is standard input.
  init(path: String, maximumPixels: Int, allowingDamage: Bool) throws {
    let bytes = try readContainerFile(path)
    let name = path == "-" ? "standard input" : path
    self =
      try SoundContainer.isSound(bytes)
      ? .sound(SoundContainer(parsing: bytes, file: name, allowingDamage: allowingDamage))
      : .picture(
        PictureContainer(
          parsing: bytes, file: name, maximumPixels: maximumPixels, allowingDamage: allowingDamage))
  }

  /// Which codec made it.
  var codecHash: UInt64 {
    switch self {
    case .picture(let container): container.codecHash
    case .sound(let container): container.codecHash
    }
  }
}

extension CodecSearch {
  /// A codec that does not go with a file.
  struct OtherKind: Error, CustomStringConvertible {
    let description: String
  }
}

extension Codec {
  /// The codec if it is for pictures.
  func imageCodec(for file: String) throws -> PictureCodec {
    guard case .picture(let codec) = self else {
      throw CodecSearch.OtherKind(description: "codec \(name) is for sounds, not for \(file)")
    }
    return codec
  }

  /// The codec if it is for sounds.
  func soundCodec(for file: String) throws -> SoundCodec {
    guard case .sound(let codec) = self else {
      throw CodecSearch.OtherKind(description: "codec \(name) is for pictures, not for \(file)")
    }
    return codec
  }
}
