/// What is wrong with a `.wlc` file.
public enum ContainerError: Error, Equatable, CustomStringConvertible {
  /// It does not begin with the signature.
  case notAContainer(file: String)
  /// It is of a version that this program does not know.
  case unknownVersion(file: String, version: Int)
  /// It is a sound where a picture is asked for, or the reverse.
  case otherKind(file: String, isSound: Bool)
  /// It ends within a section.
  case truncated(file: String, section: String, offset: Int)
  /// A section's checksum is wrong.
  case damaged(file: String, section: String, offset: Int)
  /// A field has an impossible value.
  case invalid(file: String, field: String, value: Int, offset: Int)
  /// The picture is larger than the limit.
  case tooManyPixels(file: String, width: Int, height: Int, limit: Int)
  /// The sound has more samples than fit memory: see ``CodecLibrary/largestSound``.
  case tooManySamples(file: String, frames: Int, channels: Int, limit: Int)
  /// There are bytes after the last section.
  case trailingBytes(file: String, offset: Int, count: Int)
  /// The codec at hand is not the one that made the file.
  case otherCodec(file: String, made: UInt64, given: String, hash: UInt64)

  /// One sentence that names the file, the section or field, and the offset.
  public var description: String {
    switch self {
    case .notAContainer(let file):
      "\(file) is not a .wlc file"
    case .unknownVersion(let file, let version):
      "\(file) is a .wlc file of version \(version), which this program does not know"
    case .otherKind(let file, let isSound):
      isSound ? "\(file) is a sound, not a picture" : "\(file) is a picture, not a sound"
    case .truncated(let file, let section, let offset):
      "\(file) is cut off in its \(section) at offset \(offset)"
    case .damaged(let file, let section, let offset):
      "\(file) is damaged: the checksum of its \(section) at offset \(offset) is wrong"
    case .invalid(let file, let field, let value, let offset):
      "\(file) is damaged: its \(field) at offset \(offset) cannot be \(value)"
    case .tooManyPixels(let file, let width, let height, let limit):
      "\(file) has \(width) x \(height) pixels, more than the limit of \(limit); see --max-pixels"
    case .tooManySamples(let file, let frames, let channels, let limit):
      "\(file) has \(frames) frames of \(channels) channels, more samples than the limit of \(limit); "
        + "decode it in parts, as they come"
    case .trailingBytes(let file, let offset, let count):
      "\(file) has \(count) bytes too many after its last section, from offset \(offset) on"
    case .otherCodec(let file, let made, let given, let hash):
      "\(file) was made with codec \(hashText(made)), but \(given) is \(hashText(hash))"
    }
  }
}

/// A codec hash as it is printed: 16 hexadecimal digits.
package func hashText(_ hash: UInt64) -> String {
  let digits = String(hash, radix: 16)
  return String(repeating: "0", count: 16 - digits.count) + digits
}
