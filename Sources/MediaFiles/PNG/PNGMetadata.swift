import CPNGRows
import Signals

/// A chunk of a PNG file.
struct PNGChunk {
  /// Its four letters.
  var type: String
  var bytes: [UInt8]
}

private let xmpKeyword = "XML:com.adobe.xmp"

/// Chunks that are kept as they are.
private let plainChunks: [String: MetadataBlock.Kind] = [
  "eXIf": .exif, "pHYs": .density, "gAMA": .gamma, "cHRM": .chromaticities,
  "sRGB": .renderingIntent, "cICP": .codePoints, "sBIT": .significantBits,
  "mDCV": .masteringDisplay, "cLLI": .contentLight,
]

/// The bytes that such a chunk has; those that are not here may have any number.
private func length(of kind: MetadataBlock.Kind) -> ClosedRange<Int> {
  switch kind {
  case .density: 9...9
  case .gamma, .codePoints: 4...4
  case .chromaticities: 32...32
  case .renderingIntent: 1...1
  case .significantBits: 1...4
  case .masteringDisplay: 24...24
  case .contentLight: 8...8
  case .icc, .exif, .xmp, .iptc: 1...Int(Int32.max)
  }
}

/// The metadata of a PNG file in the order of the file, the first of each kind: what bears on the
/// colours, EXIF, XMP, IPTC, the density of pixels and their significant bits. Profiles may be in
/// text, as in old files.
///
/// libpng is not asked for these: it would check and refuse profiles, and see what stands behind the
/// samples only after them. What is damaged is left out, with a warning; of wrong checksums libpng
/// warns. Throws where the file cannot be read.
func pngMetadata(
  of input: InputFile, channels: Int, warn: @escaping (MediaFileWarning) -> Void
) throws -> FileMetadata {
  var metadata = FileMetadata(file: input.name, channels: channels, warn: warn)
  var offset = 8
  while offset <= input.size - 12 {
    let head = try input.bytes(at: offset, count: 8)
    let length = integer(head[..<4], bigEndian: true)
    let type = String(decoding: head[4...], as: UTF8.self)
    // libpng says what is wrong with a file that ends here.
    guard type != "IEND", length <= input.size - offset - 12 else {
      let rest = input.size - offset - 12
      if type == "IEND", rest > 0 { metadata.leaveOut("\(rest) bytes", because: behindTheEnd) }
      break
    }
    let isSamples = ["IHDR", "PLTE", "IDAT", "tRNS", "fcTL", "fdAT"].contains(type)
    if !isSamples {
      if length > metadata.budget {
        metadata.leaveOut(type, because: "there is more metadata than is kept")
      } else if let payload = try checkedPayload(at: offset, length: length, in: input) {
        add(payload, of: type, to: &metadata)
      } else {
        metadata.leaveOut(type)
      }
    }
    offset += 12 + length
  }
  return metadata
}

/// Takes a chunk.
private func add(_ payload: [UInt8], of type: String, to metadata: inout FileMetadata) {
  if let kind = plainChunks[type] {
    guard length(of: kind).contains(payload.count) else {
      return metadata.leaveOut(type, because: "it is damaged")
    }
    if kind == .gamma, payload == [0, 0, 0, 0] {
      return metadata.leaveOut(type, because: "it is damaged")
    }
    // Some writers leave what precedes EXIF in JPEG.
    let isPrefixed = kind == .exif && payload.starts(with: "Exif\0\0".utf8)
    return metadata.add(kind, isPrefixed ? Array(payload.dropFirst(6)) : payload)
  }
  switch type {
  case "iCCP":
    guard let end = payload.firstIndex(of: 0), end + 1 < payload.count, payload[end + 1] == 0,
      let profile = inflate(payload[(end + 2)...], limit: metadata.budget)
    else { return metadata.leaveOut("its colour profile", because: "it is damaged") }
    metadata.add(.icc, profile)
  case "acTL":
    let frames = integer(payload.prefix(4), bigEndian: true)
    guard frames > 1 else { return }
    metadata.leaveOut("animation")
    metadata.warn(
      "it is animated: of \(frames) frames the first picture is kept, the rest is left out")
  case "tEXt", "zTXt", "iTXt":
    guard let (keyword, text) = text(of: type, payload, limit: metadata.budget) else {
      return metadata.leaveOut(type, because: "it is damaged")
    }
    addText(keyword, text, to: &metadata)
  default:
    metadata.leaveOut(type)
  }
}

/// Takes a text: a profile, XMP, or one that is not kept.
private func addText(_ keyword: String, _ text: [UInt8], to metadata: inout FileMetadata) {
  if keyword == xmpKeyword { return metadata.add(.xmp, text) }
  guard keyword.hasPrefix(RawProfile.keyword) else { return metadata.leaveOut(keyword) }
  guard let bytes = RawProfile.bytes(in: text) else {
    return metadata.leaveOut(keyword, because: "it is damaged")
  }
  switch keyword.dropFirst(RawProfile.keyword.count).lowercased() {
  case "icc", "icm": metadata.add(.icc, bytes)
  case "xmp": metadata.add(.xmp, bytes)
  case "exif", "app1":
    let exif = Array("Exif\0\0".utf8)
    let xmp = Array("http://ns.adobe.com/xap/1.0/\0".utf8)
    if bytes.starts(with: xmp) {
      metadata.add(.xmp, Array(bytes.dropFirst(xmp.count)))
    } else {
      metadata.add(.exif, bytes.starts(with: exif) ? Array(bytes.dropFirst(exif.count)) : bytes)
    }
  case "iptc", "8bim":
    let prefix = PhotoshopResources.prefix
    let blocks = bytes.starts(with: prefix) ? bytes.dropFirst(prefix.count) : bytes[...]
    let (records, hasOthers) = PhotoshopResources.iptc(in: blocks)
    if let records {
      metadata.add(.iptc, records)
    } else if !hasOthers {
      metadata.add(.iptc, bytes)
    }
    if hasOthers { metadata.leaveOut("Photoshop resources") }
  default: metadata.leaveOut(keyword)
  }
}

/// The chunks that hold the metadata of a picture, which belong before the samples.
func pngChunks(of format: ImageFormat, name: String) throws -> [PNGChunk] {
  try format.metadata.compactMap { block in
    switch block.kind {
    // Of a palette that became a picture with alpha it has too few numbers.
    case .significantBits where block.bytes.count != format.planes: return nil
    case .icc:
      return PNGChunk(
        type: "iCCP", bytes: Array("ICC profile\0\0".utf8) + (try deflate(block.bytes, name)))
    case .xmp:
      // Not compressed, of no stated language, and without a translated keyword.
      return PNGChunk(type: "iTXt", bytes: Array(xmpKeyword.utf8) + [0, 0, 0, 0, 0] + block.bytes)
    case .iptc:
      let text = RawProfile.text(of: PhotoshopResources.block(iptc: block.bytes), name: "iptc")
      return PNGChunk(
        type: "zTXt",
        bytes: Array("\(RawProfile.keyword)iptc\0\0".utf8) + (try deflate(text, name)))
    default:
      let type = plainChunks.first { $0.value == block.kind }!.key
      return PNGChunk(type: type, bytes: block.bytes)
    }
  }
}

/// The payload of a chunk; nil where its checksum is wrong.
private func checkedPayload(at offset: Int, length: Int, in input: InputFile) throws -> [UInt8]? {
  var bytes = try input.bytes(at: offset + 4, count: length + 8)
  let expected = bytes.suffix(4).reduce(0) { $0 << 8 | UInt32($1) }
  bytes.removeLast(4)
  guard cpng_crc(0, bytes, bytes.count) == expected else { return nil }
  return Array(bytes.dropFirst(4))
}

/// The keyword and the text of a chunk, or nil where it is damaged or the text has more than `limit`
/// bytes.
private func text(
  of type: String, _ payload: [UInt8], limit: Int
) -> (keyword: String, text: [UInt8])? {
  guard let end = payload.firstIndex(of: 0) else { return nil }
  let keyword = String(payload[..<end].map { Character(Unicode.Scalar($0)) })
  let rest = payload[(end + 1)...]
  switch type {
  case "tEXt":
    return (keyword, Array(rest))
  case "zTXt":
    guard rest.first == 0 else { return nil }
    return inflate(rest.dropFirst(), limit: limit).map { (keyword, $0) }
  default:
    guard rest.count >= 4, let isCompressed = rest.first, isCompressed <= 1,
      let language = rest.dropFirst(2).firstIndex(of: 0),
      let translation = rest[(language + 1)...].firstIndex(of: 0)
    else { return nil }
    let text = rest[(translation + 1)...]
    return isCompressed == 1
      ? inflate(text, limit: limit).map { (keyword, $0) } : (keyword, Array(text))
  }
}

private func inflate(_ stream: ArraySlice<UInt8>, limit: Int) -> [UInt8]? {
  var count = 0
  let result = stream.withUnsafeBufferPointer {
    cpng_inflate($0.baseAddress, $0.count, limit, &count)
  }
  guard let result else { return nil }
  defer { cpng_free(result) }
  return Array(UnsafeBufferPointer(start: result, count: count))
}

private func deflate(_ bytes: [UInt8], _ name: String) throws -> [UInt8] {
  var count = 0
  guard let result = cpng_deflate(bytes, bytes.count, &count) else { throw noMemory(name) }
  defer { cpng_free(result) }
  return Array(UnsafeBufferPointer(start: result, count: count))
}
