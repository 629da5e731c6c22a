import Signals

/// The text of a tag that states no encoding: UTF-8, or else Latin-1, which is nearly never valid
/// UTF-8; up to the first zero.
func tagText(_ bytes: [UInt8]) -> String {
  let text = bytes.prefix { $0 != 0 }
  return String(validating: text, as: UTF8.self)
    ?? String(String.UnicodeScalarView(text.map { Unicode.Scalar($0) }))
}

/// The names that the texts of LIST INFO in WAV have as Vorbis comments.
private let infoNames = [
  "INAM": "TITLE", "IART": "ARTIST", "IPRD": "ALBUM", "ICMT": "COMMENT", "ICRD": "DATE",
  "IGNR": "GENRE", "ITRK": "TRACKNUMBER", "ICOP": "COPYRIGHT", "ISFT": "ENCODER",
]

/// The tags of the content of LIST INFO behind that name. Those without a name of their own keep
/// their four letters.
func infoTags(_ content: ArraySlice<UInt8>) -> [AudioTag] {
  var tags: [AudioTag] = []
  var rest = content
  while rest.count >= 8 {
    let name = String(decoding: rest.prefix(4), as: UTF8.self)
    let size = integer(rest.dropFirst(4).prefix(4), bigEndian: false)
    let text = tagText(Array(rest.dropFirst(8).prefix(size)))
    let isName = name.utf8.count == 4 && name.utf8.allSatisfy(AudioTag.isNameByte)
    if isName, !text.isEmpty {
      tags.append(AudioTag(name: infoNames[name == "IPRT" ? "ITRK" : name] ?? name, text: text))
    }
    rest = rest.dropFirst(8 + size + size % 2)
  }
  return tags
}

/// The content of LIST INFO with the first text of each name that it has, and whether that is all
/// of `tags`.
func infoList(_ tags: [AudioTag]) -> (content: [UInt8], isAll: Bool) {
  let codes = Dictionary(uniqueKeysWithValues: infoNames.map { ($1, $0) })
  var content: [UInt8] = []
  var written: Set<String> = []
  for tag in tags {
    let name = tag.name.uppercased()
    let isCode = name == tag.name && name.utf8.count == 4 && name.hasPrefix("I")
    guard let code = codes[name] ?? (isCode && infoNames[name] == nil ? name : nil),
      !tag.text.isEmpty, !tag.text.utf8.contains(0), written.insert(code).inserted
    else { continue }
    content += chunk(code, Array(tag.text.utf8) + [0])
  }
  return (content, written.count == tags.count)
}

/// The tags of a comment header of Vorbis (RFC 9639, section 8.6; RFC 7845, section 5.2), and the
/// pictures that some are. What contradicts itself ends them.
func vorbisComments(_ bytes: ArraySlice<UInt8>) -> (tags: [AudioTag], pictures: [AudioBlock]) {
  var rest = bytes
  func length() -> Int? {
    guard rest.count >= 4 else { return nil }
    let length = integer(rest.prefix(4), bigEndian: false)
    rest = rest.dropFirst(4)
    return length <= rest.count ? length : nil
  }
  guard let vendor = length() else { return ([], []) }
  rest = rest.dropFirst(vendor + 4)
  var tags: [AudioTag] = []
  var pictures: [AudioBlock] = []
  while let count = length() {
    let line = rest.prefix(count)
    rest = rest.dropFirst(count)
    guard let equals = line.firstIndex(of: UInt8(ascii: "=")),
      equals - line.startIndex <= UInt8.max, line[..<equals].allSatisfy(AudioTag.isNameByte)
    else { continue }
    let name = String(decoding: line[..<equals], as: UTF8.self)
    let value = Array(line[(equals + 1)...])
    if name.uppercased() == "METADATA_BLOCK_PICTURE", let picture = base64(value) {
      pictures.append(AudioBlock(kind: .picture, bytes: picture))
    } else {
      let text =
        String(validating: value, as: UTF8.self)
        ?? String(String.UnicodeScalarView(value.map { Unicode.Scalar($0) }))
      tags.append(AudioTag(name: name, text: text))
    }
  }
  return (tags, pictures)
}

/// A comment header of Vorbis, as the content of a block of FLAC.
func vorbisComments(_ tags: [AudioTag], vendor: String) -> [UInt8] {
  var bytes: [UInt8] = []
  func add(_ text: String) {
    bytes.append(UInt32(text.utf8.count), bigEndian: false)
    bytes += text.utf8
  }
  add(vendor)
  bytes.append(UInt32(tags.count), bigEndian: false)
  for tag in tags { add("\(tag.name)=\(tag.text)") }
  return bytes
}

/// The bytes that a text in base 64 (RFC 4648) stands for; nil where it is none.
private func base64(_ text: [UInt8]) -> [UInt8]? {
  var bytes: [UInt8] = []
  var (bits, value) = (0, 0)
  for character in text.reversed().drop(while: { $0 == UInt8(ascii: "=") }).reversed() {
    let digit: Int
    switch character {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): digit = Int(character) - 65
    case UInt8(ascii: "a")...UInt8(ascii: "z"): digit = Int(character) - 71
    case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = Int(character) + 4
    case UInt8(ascii: "+"): digit = 62
    case UInt8(ascii: "/"): digit = 63
    default: return nil
    }
    value = (value << 6 | digit) & 0xFFFF
    bits += 6
    if bits >= 8 {
      bits -= 8
      bytes.append(UInt8(truncatingIfNeeded: value >> bits))
    }
  }
  return bytes
}
