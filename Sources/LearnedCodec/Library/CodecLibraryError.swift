import Signals

/// Why there is no codec for a file.
public enum CodecLibraryError: Error, Equatable, CustomStringConvertible {
  /// No folder of the library holds a codec of this name.
  case unknownName(String, folders: [String])
  /// No codec of the library made the file; those that could not be read may have.
  case unknownHash(UInt64, file: String, damaged: [CodecFolderError])
  /// No shipped codec is for files of this kind.
  case noDefault(file: String, channels: Int, sampleType: SampleType)
  /// The codec is for sounds and the file a picture, or the reverse.
  case otherKind(codec: String, isSound: Bool, file: String)
  /// The folder of the codec is damaged.
  case folder(CodecFolderError)

  /// One sentence that names the codec or the file.
  public var description: String {
    switch self {
    case .unknownName(let name, let folders):
      "there is no codec \(name) in "
        + (folders.isEmpty ? CodecLibrary.nowhere : folders.joined(separator: ", "))
    case .unknownHash(let hash, let file, let damaged):
      "\(file) was made with codec \(hashText(hash)), which is not here; name its folder with "
        + "--codec" + damaged.map { "; \($0)" }.joined()
    case .noDefault(let file, let channels, let sampleType):
      "no shipped codec is for \(file) with \(channels) channels of \(sampleType); fit one with "
        + "codec train --fit klt and name it with --codec"
    case .otherKind(let codec, let isSound, let file):
      "codec \(codec) is for \(isSound ? "sounds" : "pictures"), not for \(file)"
    case .folder(let error): error.description
    }
  }
}

extension Codec {
  /// The codec, which must be for pictures.
  ///
  /// - Parameter file: what errors call the file that it is to code.
  /// - Throws: `CodecLibraryError.otherKind`.
  public func pictureCodec(for file: String) throws(CodecLibraryError) -> PictureCodec {
    guard case .picture(let codec) = self else {
      throw .otherKind(codec: name, isSound: true, file: file)
    }
    return codec
  }

  /// The codec, which must be for sounds.
  ///
  /// - Parameter file: what errors call the file that it is to code.
  /// - Throws: `CodecLibraryError.otherKind`.
  public func soundCodec(for file: String) throws(CodecLibraryError) -> SoundCodec {
    guard case .sound(let codec) = self else {
      throw .otherKind(codec: name, isSound: false, file: file)
    }
    return codec
  }
}
