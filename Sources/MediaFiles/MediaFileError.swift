/// Why a file could not be read or written.
public enum MediaFileError: Error, Equatable, CustomStringConvertible {
  /// The operating system refused; `action` completes "cannot", `reason` is the system's text.
  case system(file: String, action: String, reason: String)
  /// The content is of no kind that is known.
  case unknownContent(file: String)
  /// The content is known, but of a variant that is not read or written.
  case unsupported(file: String, what: String)
  /// The content contradicts itself or ends early, at `offset` bytes from its start or before.
  case damaged(file: String, what: String, offset: Int)
  /// The sound contradicts itself or ends early, at `frame` counted from 0 or before.
  case damagedSound(file: String, what: String, frame: Int)
  /// The sound ends at `offset` bytes, before what its header states; `frame` is the frame there, if
  /// that is known.
  case endsEarly(file: String, frame: Int?, offset: Int, what: String)
  /// The picture has more pixels than the caller allows.
  case tooManyPixels(file: String, width: Int, height: Int, limit: Int)
  /// The file has more bytes than the caller allows.
  case tooManyBytes(file: String, limit: Int)
  /// A sample is infinite or not a number, at a row and column counted from 0.
  case notFinite(file: String, row: Int, column: Int)
  /// The file to be written exists, and was not to be overwritten.
  case exists(file: String)

  /// One sentence that names the file.
  public var description: String {
    switch self {
    case .system(let file, let action, let reason):
      "\(file): cannot \(action): \(reason)"
    case .unknownContent(let file):
      "\(file) is neither a PNG, JPEG or PNM picture nor an npy array "
        + "nor a WAV, AIFF, FLAC, Ogg or MP3 sound"
    case .unsupported(let file, let what):
      "\(file): \(what)"
    case .damaged(let file, let what, let offset):
      "\(file) is damaged near byte \(offset): \(what)"
    case .damagedSound(let file, let what, let frame):
      "\(file) is damaged near frame \(frame): \(what)"
    case .endsEarly(let file, let frame, let offset, let what):
      "\(file) ends early, at byte \(offset)\(frame.map { ", frame \($0)" } ?? ""): \(what)"
    case .tooManyPixels(let file, let width, let height, let limit):
      "\(file) has \(width) x \(height) pixels, more than the limit of \(limit)"
    case .tooManyBytes(let file, let limit):
      "\(file) has more than the limit of \(limit) bytes"
    case .notFinite(let file, let row, let column):
      "\(file) has a sample that is not finite at row \(row), column \(column)"
    case .exists(let file):
      "\(file) exists; use -f to overwrite"
    }
  }
}
