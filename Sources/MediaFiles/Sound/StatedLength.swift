/// How the length that the header of a sound states compares with the file.
///
/// libsndfile by itself shortens a sound whose file ends early, takes the 0 of an unknown length at
/// its word, and estimates the length of MP3.
enum StatedLength: Equatable {
  /// The header states what the file holds, or libsndfile finds out by itself.
  case plausible
  /// The file ends before what the header states.
  case endsEarly
  /// Only the end of the file tells.
  case unknown
  /// The header says 0 where its writer did not know; it reads as unknown with these bytes.
  case corrected(SoundInput.Correction)

  /// Bytes to read in place of those in the file.
  var correction: SoundInput.Correction? {
    if case .corrected(let correction) = self { correction } else { nil }
  }

  /// Looks at the file. Throws where it cannot be read.
  init(of file: InputFile, _ content: AudioContent) throws {
    switch content {
    case .wav: self = try Self.ofChunks(file, isBigEndian: false)
    case .aiff: self = try Self.ofChunks(file, isBigEndian: true)
    case .flac: self = .plausible
    case .ogg: self = try hasLastPage(file) ? .plausible : .endsEarly
    case .mpeg: self = try hasXingHeader(file) ? .plausible : .unknown
    }
  }

  /// The length of a WAV or AIFF file, by the chunk that holds its samples.
  private static func ofChunks(_ file: InputFile, isBigEndian: Bool) throws -> StatedLength {
    let head = try file.bytes(at: 0, count: 12)
    let whole = integer(head[4..<8], isBigEndian)
    var longSize: Int?
    var offset = 12
    // A limit, since a file of empty chunks would take for ever.
    for _ in 0..<4096 where offset <= file.size - 8 {
      let chunk = try file.bytes(at: offset, count: 8)
      let size = integer(chunk[4...], isBigEndian)
      let start = offset + 8
      switch String(decoding: chunk[..<4], as: UTF8.self) {
      case "ds64" where start <= file.size - 16:
        // RF64, EBU Tech 3306: the sizes of the file and of the samples, of 64 bits each.
        longSize = integer(try file.bytes(at: start + 8, count: 8)[...], isBigEndian)
      case "data", "SSND":
        if size == 0, start < file.size, whole <= start - 8 || whole == unknownSize {
          let bytes = [UInt8](repeating: 0xFF, count: 4)
          return isBigEndian ? .plausible : .corrected(.init(offset: offset + 4, bytes: bytes))
        }
        let stated = size == unknownSize ? longSize ?? 0 : soxUnknownSizes.contains(size) ? 0 : size
        return stated > file.size - start ? .endsEarly : .plausible
      default:
        break
      }
      offset = start + size + size % 2
    }
    // libsndfile will say what is missing.
    return .plausible
  }
}

/// What ffmpeg and others write for the length of a sound that goes to a pipe.
private let unknownSize = 0xFFFF_FFFF

/// What SoX writes for it: whole frames, of at most 1024 bytes, in 0x7FFFF000 bytes.
private let soxUnknownSizes = 0x7FFF_EC01...0x7FFF_F000

/// The unsigned integer of at most 8 bytes; the largest number where it does not fit.
private func integer(_ bytes: ArraySlice<UInt8>, _ isBigEndian: Bool) -> Int {
  let ordered = isBigEndian ? Array(bytes) : bytes.reversed()
  return Int(clamping: ordered.reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
}

/// Whether an Ogg file ends with a page that is marked as the last of its stream (RFC 3533).
private func hasLastPage(_ file: InputFile) throws -> Bool {
  // The largest page has a header of 27 + 255 bytes and 255 * 255 bytes of data.
  let tail = try file.bytes(
    at: max(0, file.size - 65307), count: min(file.size, 65307))
  let last = tail.indices.dropLast(27).last { tail[$0...].starts(with: "OggS\0".utf8) }
  guard let last else { return false }
  let segments = Int(tail[last + 26])
  guard tail.count - last >= 27 + segments else { return false }
  let data = tail[(last + 27)...].prefix(segments).reduce(0) { $0 + Int($1) }
  return tail[last + 5] & 4 != 0 && tail.count - last >= 27 + segments + data
}

/// Whether the first frame of an MP3 file states the number of frames, as Xing and LAME write it.
///
/// True as well where ID3 tags turn out to precede FLAC, which states its length itself.
private func hasXingHeader(_ file: InputFile) throws -> Bool {
  var offset = 0
  while offset <= file.size - 10 {
    let head = try file.bytes(at: offset, count: 10)
    guard head.starts(with: "ID3".utf8) else { break }
    // Four times seven bits, and a footer of ten bytes where the flag is set (ID3v2.4).
    let size = head[6...].reduce(0) { $0 << 7 | Int($1 & 0x7F) }
    offset += 10 + size + (head[5] & 0x10 != 0 ? 10 : 0)
  }
  guard offset < file.size else { return true }
  let start = try file.bytes(at: offset, count: min(file.size - offset, 1024))
  return start.starts(with: "fLaC".utf8)
    || start.indices.contains {
      start[$0...].starts(with: "Xing".utf8) || start[$0...].starts(with: "Info".utf8)
    }
}
