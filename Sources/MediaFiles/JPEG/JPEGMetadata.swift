import Signals

private let exifPrefix = Array("Exif\0".utf8)
private let xmpPrefix = Array("http://ns.adobe.com/xap/1.0/\0".utf8)
private let iccPrefix = Array("ICC_PROFILE\0".utf8)

/// The metadata of a JPEG file in the order of the file, the first block of each kind: EXIF from its
/// byte order mark on, the XMP packet, and the ICC profile joined from its segments.
///
/// Throws where the segments before the first scan do not follow each other, or those of the profile
/// do not make a whole.
func jpegMetadata(of input: InputFile) throws -> [MetadataBlock] {
  var blocks: [MetadataBlock] = []
  var profile = ICCSegments()
  var profilePlace = 0
  var offset = 2
  while let segment = try JPEGSegment(at: offset, in: input) {
    offset = segment.end
    let isRead = segment.marker == 0xE1 || segment.marker == 0xE2
    let payload = isRead ? try segment.payload(in: input) : []
    if segment.marker == 0xE1, payload.starts(with: exifPrefix), payload.count > 6 {
      add(MetadataBlock(kind: .exif, bytes: Array(payload.dropFirst(6))))
    } else if segment.marker == 0xE1, payload.starts(with: xmpPrefix) {
      add(MetadataBlock(kind: .xmp, bytes: Array(payload.dropFirst(xmpPrefix.count))))
    } else if segment.marker == 0xE2, payload.starts(with: iccPrefix) {
      if profile.isEmpty { profilePlace = blocks.count }
      guard profile.add(Array(payload.dropFirst(iccPrefix.count))) else {
        throw MediaFileError.damaged(
          file: input.name, what: "the segments of the ICC profile contradict each other",
          offset: segment.start)
      }
    }
  }
  if !profile.isEmpty {
    guard let bytes = profile.joined() else {
      throw MediaFileError.damaged(
        file: input.name, what: "a segment of the ICC profile is missing", offset: offset)
    }
    blocks.insert(MetadataBlock(kind: .icc, bytes: bytes), at: profilePlace)
  }
  return blocks

  func add(_ block: MetadataBlock) {
    if !blocks.contains(where: { $0.kind == block.kind }) { blocks.append(block) }
  }
}

/// A marker segment before the first scan.
private struct JPEGSegment {
  /// The second byte of the marker.
  let marker: UInt8
  /// Where the segment starts, at its marker, and where the next one does.
  let start: Int
  let end: Int
  /// Where the bytes after the length start.
  private let content: Int

  /// The segment at `offset`, or nil at the first scan or the end of the picture.
  init?(at offset: Int, in input: InputFile) throws {
    var position = offset
    var head = try input.bytes(at: position, count: 2)
    // Any number of filling bytes may precede a marker.
    while head == [0xFF, 0xFF] {
      position += 1
      head = try input.bytes(at: position, count: 2)
    }
    guard head[0] == 0xFF, head[1] != 0 else {
      throw MediaFileError.damaged(
        file: input.name, what: "a marker was expected", offset: position)
    }
    marker = head[1]
    start = position
    switch marker {
    case 0xDA, 0xD9:
      return nil
    case 0x01, 0xD0...0xD8:
      content = position + 2
      end = position + 2
    default:
      let length = try input.bytes(at: position + 2, count: 2)
      content = position + 4
      end = position + 2 + (Int(length[0]) << 8 | Int(length[1]))
      guard end >= content, end <= input.size else {
        throw MediaFileError.damaged(
          file: input.name, what: "the length of a segment is wrong", offset: position)
      }
    }
  }

  func payload(in input: InputFile) throws -> [UInt8] {
    try input.bytes(at: content, count: end - content)
  }
}

/// The parts of an ICC profile: each is its number from 1 on, how many there are, and bytes.
private struct ICCSegments {
  private var parts: [Int: [UInt8]] = [:]
  private var count = 0

  var isEmpty: Bool { parts.isEmpty }

  /// Takes a part; false where it contradicts those before.
  mutating func add(_ segment: [UInt8]) -> Bool {
    guard segment.count >= 2 else { return false }
    let (number, total) = (Int(segment[0]), Int(segment[1]))
    guard number >= 1, number <= total, isEmpty || total == count, parts[number] == nil else {
      return false
    }
    count = total
    parts[number] = Array(segment.dropFirst(2))
    return true
  }

  /// The profile, or nil where a part is missing.
  func joined() -> [UInt8]? {
    guard count > 0, parts.count == count else { return nil }
    return (1...count).flatMap { parts[$0] ?? [] }
  }
}
