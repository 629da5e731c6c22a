import Foundation
import MediaFiles
import Networks

/// What is wrong with the folder of a trained codec.
public enum CodecFolderError: Error, CustomStringConvertible, Equatable {
  /// A file is missing or cannot be read or written.
  case file(path: String, reason: String)
  /// `codec.json` is not the description of a codec.
  case description(path: String, reason: String)
  /// A field of `codec.json` has an impossible value.
  case field(path: String, field: String, value: String)
  /// The files are not those that the folder states the hash of.
  case changed(path: String, stated: UInt64, found: UInt64)
  /// The weights are damaged or not those that `codec.json` describes.
  case weights(SafetensorsError)

  /// One sentence that names the file.
  public var description: String {
    switch self {
    case .file(let path, let reason): "\(path): \(reason)"
    case .description(let path, let reason): "\(path) does not describe a codec: \(reason)"
    case .field(let path, let field, let value): "\(path): \(field) cannot be \(value)"
    case .changed(let path, let stated, let found):
      "\(path): its files have the hash \(hashText(found)), but it states \(hashText(stated)); "
        + "remove the file hash to use them as another codec"
    case .weights(let error): error.description
    }
  }
}

/// The bytes of one of a codec's files, at most 256 MiB: the largest codec of this project has 8.
///
/// Mapped ones are read as they are used; who changes the file meanwhile changes them.
func readCodecFile(_ path: URL, isMapped: Bool = false) throws(CodecFolderError) -> Data {
  if let status = FileStatus(path: path.path), !status.isRegular || status.size > 1 << 28 {
    throw .file(
      path: path.path, reason: status.isRegular ? "it has more than 256 MiB" : "it is no file")
  }
  do {
    return try Data(contentsOf: path, options: isMapped ? .alwaysMapped : [])
  } catch {
    throw .file(path: path.path, reason: reason(error))
  }
}

/// What went wrong, without the file's name.
func reason(_ error: any Error) -> String {
  if let error = error as? DecodingError {
    switch error {
    case .keyNotFound(let key, _): return "\(key.stringValue) is missing"
    case .typeMismatch(_, let context), .valueNotFound(_, let context):
      return "\(context.codingPath.map(\.stringValue).joined(separator: ".")) is of another type"
    default: return "it is not JSON"
    }
  }
  let error = error as NSError
  let cause = (error.userInfo[NSUnderlyingErrorKey] as? any Error).map { $0 as NSError }
  if let cause, cause.domain == NSPOSIXErrorDomain {
    return String(cString: strerror(Int32(cause.code)))
  }
  return error.localizedDescription
}
