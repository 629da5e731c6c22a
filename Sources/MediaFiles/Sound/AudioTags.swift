import CSndFile
import Signals

/// The tags that libsndfile finds in an open file, but for empty ones.
func audioTags(of handle: OpaquePointer) -> [AudioTag] {
  AudioTag.Kind.allCases.compactMap { kind in
    guard let bytes = sf_get_string(handle, Int32(kind.rawValue)) else { return nil }
    // Old files hold Latin-1, which is nearly never valid UTF-8.
    var text =
      String(validatingCString: bytes)
      ?? String(String.UnicodeScalarView(latin1(bytes)))
    if kind == .software, text.hasSuffix(addition) { text.removeLast(addition.count) }
    return text.isEmpty ? nil : AudioTag(kind: kind, text: text)
  }
}

/// Gives libsndfile the tags to write. Those that a file cannot hold are dropped.
func setAudioTags(_ tags: [AudioTag], of handle: OpaquePointer) {
  for tag in tags {
    var text = tag.text
    if tag.kind == .software {
      // libsndfile adds its name and cuts the sum to 127 bytes, in the middle of a character.
      while text.utf8.count + addition.utf8.count > 127 { text.removeLast() }
    }
    sf_set_string(handle, Int32(tag.kind.rawValue), text)
  }
}

/// What libsndfile adds to the software that it is told, and what is taken off when reading.
private let addition = " (\(String(cString: sf_version_string())))"

private func latin1(_ bytes: UnsafePointer<CChar>) -> [Unicode.Scalar] {
  var scalars: [Unicode.Scalar] = []
  var next = bytes
  while next.pointee != 0 {
    scalars.append(Unicode.Scalar(UInt8(bitPattern: next.pointee)))
    next += 1
  }
  return scalars
}
