import Signals

private let jfifPrefix = Array("JFIF\0".utf8)
private let exifPrefix = Array("Exif\0".utf8)
private let xmpPrefix = Array("http://ns.adobe.com/xap/1.0/\0".utf8)
private let iccPrefix = Array("ICC_PROFILE\0".utf8)

/// The metadata of a JPEG file, the first of each kind: EXIF from its byte order mark on, the XMP
/// packet with what was too long for one segment, the ICC profile joined from its segments, the
/// records of IPTC, and the density of pixels.
///
/// What is damaged is left out, with a warning. Throws where the file cannot be read.
func jpegMetadata(
  of input: InputFile, channels: Int, warn: @escaping (MediaFileWarning) -> Void
) throws -> FileMetadata {
  var metadata = FileMetadata(file: input.name, channels: channels, warn: warn)
  var profile = ICCSegments()
  var exif: [UInt8] = []
  var packet: [UInt8]?
  var extensions = ExtendedXMP()
  var resources: [UInt8] = []
  var bytesRead = 0
  var offset = 2
  while let segment = try JPEGSegment(at: offset, in: input) {
    offset = segment.end
    guard segment.isMetadata else { continue }
    bytesRead += segment.end - segment.start
    guard bytesRead <= metadata.budget else {
      metadata.leaveOut("metadata", because: "there is more than is kept")
      break
    }
    let payload = try segment.payload(in: input)
    func rest(_ prefix: [UInt8]) -> ArraySlice<UInt8>? {
      payload.starts(with: prefix) ? payload.dropFirst(prefix.count) : nil
    }
    switch segment.marker {
    case 0xE0:
      if let rest = rest(jfifPrefix), let density = density(jfif: rest) {
        metadata.add(.density, density)
      }
    case 0xE1:
      if let part = rest(exifPrefix), part.count > 1 {
        // A byte of filling precedes the byte order mark. What is too long for one segment goes on in
        // the next, as exiftool writes it.
        let isStart = ["II*\0", "MM\0*"].contains { part.dropFirst().starts(with: $0.utf8) }
        if exif.isEmpty || !isStart { exif += part.dropFirst() }
      } else if let xmp = rest(xmpPrefix) {
        packet = packet ?? Array(xmp)
      } else if let part = rest(ExtendedXMP.prefix) {
        extensions.add(part)
      } else {
        metadata.leaveOut("APP1")
      }
    case 0xE2:
      if let part = rest(iccPrefix) {
        profile.add(Array(part))
      } else {
        metadata.leaveOut(rest(Array("MPF\0".utf8)) == nil ? "APP2" : "further pictures")
      }
    case 0xED:
      if let part = rest(PhotoshopResources.prefix) {
        resources += part
      } else {
        metadata.leaveOut("APP13")
      }
    case 0xEE: break  // Adobe's word on the colours of the samples, which libjpeg has heeded.
    case 0xFE: metadata.leaveOut("comment")
    default: metadata.leaveOut("APP\(segment.marker - 0xE0)")
    }
  }
  if !exif.isEmpty { metadata.add(.exif, exif) }
  if let packet {
    let whole = extensions.joined(to: packet)
    metadata.add(.xmp, whole ?? packet)
    if whole == nil, !extensions.isEmpty {
      metadata.leaveOut("extended XMP", because: "it is not whole")
    }
  }
  if !profile.isEmpty {
    if let bytes = profile.joined() {
      metadata.add(.icc, bytes)
    } else {
      metadata.leaveOut("its colour profile", because: "its parts do not make a whole")
    }
  }
  let (records, hasOthers) = PhotoshopResources.iptc(in: resources[...])
  if let records { metadata.add(.iptc, records) }
  if hasOthers { metadata.leaveOut("Photoshop resources") }
  return metadata
}

/// The density of JFIF (ITU-T T.871, section 10.1) as PNG has it; nil where it says nothing.
private func density(jfif: ArraySlice<UInt8>) -> [UInt8]? {
  guard jfif.count >= 7 else { return nil }
  let fields = Array(jfif)
  let sides = [3, 5].map { Double(fields[$0]) * 256 + Double(fields[$0 + 1]) }
  // No unit, dots an inch of 2.54 cm, or dots a centimetre.
  let scale: Double = fields[2] == 1 ? 100 / 2.54 : fields[2] == 2 ? 100 : 1
  guard sides[0] > 0, sides[1] > 0, fields[2] <= 2, fields[2] > 0 || sides[0] != sides[1] else {
    return nil
  }
  var chunk: [UInt8] = []
  for side in sides {
    withUnsafeBytes(of: UInt32((side * scale).rounded()).bigEndian) { chunk += $0 }
  }
  return chunk + [fields[2] > 0 ? 1 : 0]
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

  /// The first segment from `offset` on, or nil at the first scan, at the end of the picture, and
  /// where the file has no further one. Bytes that are no marker are passed over, as libjpeg does,
  /// which warns of them.
  init?(at offset: Int, in input: InputFile) throws {
    var position = offset
    var found: UInt8?
    while found == nil {
      guard position <= input.size - 2 else { return nil }
      // Two bytes are nearly always enough, filling may be long.
      let count = position == offset ? 2 : 1 << 16
      let part = try input.bytes(at: position, count: min(count, input.size - position))
      let index = part.indices.dropLast().first {
        part[$0] == 0xFF && part[$0 + 1] != 0 && part[$0 + 1] != 0xFF
      }
      found = index.map { part[$0 + 1] }
      position += index ?? part.count - 1
    }
    marker = found!
    start = position
    switch marker {
    case 0xDA, 0xD9:
      return nil
    case 0x01, 0xD0...0xD8:
      content = position + 2
      end = position + 2
    default:
      guard position <= input.size - 4 else { return nil }
      let length = try input.bytes(at: position + 2, count: 2)
      content = position + 4
      end = position + 2 + (Int(length[0]) << 8 | Int(length[1]))
      guard end >= content, end <= input.size else { return nil }
    }
  }

  /// Whether it holds a comment or what applications store.
  var isMetadata: Bool { marker == 0xFE || (0xE0...0xEF).contains(marker) }

  func payload(in input: InputFile) throws -> [UInt8] {
    try input.bytes(at: content, count: end - content)
  }
}

/// The parts of an ICC profile: each is its number from 1 on, how many there are, and bytes.
private struct ICCSegments {
  private var parts: [Int: [UInt8]] = [:]
  private var count = 0
  private var isContradictory = false

  var isEmpty: Bool { parts.isEmpty && !isContradictory }

  /// Takes a part.
  mutating func add(_ segment: [UInt8]) {
    guard segment.count >= 2, segment[0] >= 1, segment[0] <= segment[1],
      parts.isEmpty || Int(segment[1]) == count, parts[Int(segment[0])] == nil
    else {
      isContradictory = true
      return
    }
    count = Int(segment[1])
    parts[Int(segment[0])] = Array(segment.dropFirst(2))
  }

  /// The profile, or nil where a part is missing or they contradict each other.
  func joined() -> [UInt8]? {
    guard !isContradictory, count > 0, parts.count == count else { return nil }
    return (1...count).flatMap { parts[$0] ?? [] }
  }
}
