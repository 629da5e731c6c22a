import CPNGRows
import Signals

/// A chunk of a PNG file.
struct PNGChunk {
  /// Its four letters.
  var type: String
  var bytes: [UInt8]
}

private let xmpKeyword = Array("XML:com.adobe.xmp\0".utf8)

/// The metadata of a PNG file in the order of the file, the first block of each kind: iCCP, eXIf,
/// and the text chunk of XMP.
///
/// libpng is not asked for these: it would check and refuse profiles, and see what stands behind the
/// samples only after them. Throws where the chunks do not reach to IEND, one of these chunks is
/// damaged, or they take more than 64 MiB.
func pngMetadata(of input: InputFile) throws -> [MetadataBlock] {
  var blocks: [MetadataBlock] = []
  var budget = maximumMetadataBytes
  var offset = 8
  while true {
    let head = try input.bytes(at: offset, count: 8)
    let length = head[..<4].reduce(0) { $0 << 8 | Int($1) }
    let type = String(decoding: head[4...], as: UTF8.self)
    guard length <= input.size - offset - 12 else {
      throw MediaFileError.damaged(
        file: input.name, what: "a chunk reaches past the end of the file", offset: offset)
    }
    if type == "IEND" { return blocks }
    if let kind = try metadataKind(of: type, at: offset, length: length, in: input),
      !blocks.contains(where: { $0.kind == kind })
    {
      guard length <= budget else { throw tooMuchMetadata(input.name) }
      let payload = try checkedPayload(at: offset, length: length, in: input)
      guard let content = content(of: type, payload, limit: budget) else {
        throw MediaFileError.damaged(
          file: input.name, what: "the chunk \(type) cannot be decoded", offset: offset)
      }
      budget -= content.count
      blocks.append(MetadataBlock(kind: kind, bytes: content))
    }
    offset += 12 + length
  }
}

/// The chunks that hold `metadata`, which belong before the samples.
func pngChunks(of metadata: [MetadataBlock], name: String) throws -> [PNGChunk] {
  try metadata.map { block in
    switch block.kind {
    case .icc:
      guard let profile = deflate(block.bytes) else { throw noMemory(name) }
      return PNGChunk(type: "iCCP", bytes: Array("ICC profile\0\0".utf8) + profile)
    case .exif:
      return PNGChunk(type: "eXIf", bytes: block.bytes)
    case .xmp:
      // Not compressed, of no stated language, and without a translated keyword.
      return PNGChunk(type: "iTXt", bytes: xmpKeyword + [0, 0, 0, 0] + block.bytes)
    }
  }
}

/// The error of a file whose metadata is beyond the limit.
func tooMuchMetadata(_ name: String) -> MediaFileError {
  .unsupported(file: name, what: "it has more than \(maximumMetadataBytes >> 20) MiB of metadata")
}

private func metadataKind(
  of type: String, at offset: Int, length: Int, in input: InputFile
) throws -> MetadataBlock.Kind? {
  switch type {
  case "iCCP": return .icc
  case "eXIf": return .exif
  case "tEXt", "zTXt", "iTXt":
    guard length >= xmpKeyword.count else { return nil }
    return try input.bytes(at: offset + 8, count: xmpKeyword.count) == xmpKeyword ? .xmp : nil
  default: return nil
  }
}

private func checkedPayload(at offset: Int, length: Int, in input: InputFile) throws -> [UInt8] {
  var bytes = try input.bytes(at: offset + 4, count: length + 8)
  let expected = bytes.suffix(4).reduce(0) { $0 << 8 | UInt32($1) }
  bytes.removeLast(4)
  guard cpng_crc(0, bytes, bytes.count) == expected else {
    throw MediaFileError.damaged(
      file: input.name, what: "the checksum of a chunk is wrong", offset: offset)
  }
  return Array(bytes.dropFirst(4))
}

/// The metadata in the payload of a chunk, or nil where it is damaged or has more than `limit` bytes.
private func content(of type: String, _ payload: [UInt8], limit: Int) -> [UInt8]? {
  switch type {
  case "iCCP", "zTXt":
    guard let end = payload.firstIndex(of: 0), end + 1 < payload.count, payload[end + 1] == 0 else {
      return nil
    }
    return inflate(payload[(end + 2)...], limit: limit)
  case "tEXt":
    return Array(payload[xmpKeyword.count...])
  case "iTXt":
    let fields = payload[xmpKeyword.count...]
    guard fields.count >= 4, let isCompressed = fields.first, isCompressed <= 1,
      let language = fields.dropFirst(2).firstIndex(of: 0),
      let keyword = fields[(language + 1)...].firstIndex(of: 0)
    else { return nil }
    let text = fields[(keyword + 1)...]
    return isCompressed == 1 ? inflate(text, limit: limit) : Array(text)
  default:
    return payload
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

private func deflate(_ bytes: [UInt8]) -> [UInt8]? {
  var count = 0
  guard let result = cpng_deflate(bytes, bytes.count, &count) else { return nil }
  defer { cpng_free(result) }
  return Array(UnsafeBufferPointer(start: result, count: count))
}
