import EntropyCoding
import LearnedCodec
import Signals

/// What is known of the layout of a file, to damage it where it hurts.
struct FileSections {
  /// Offsets where a field or section ends and the next begins, in order.
  let borders: [Int]
  /// Bytes of the header at the start.
  let headerCount: Int
  /// The container in the file, where it is one.
  let container: CodedFile.Container?
  private let chunks: [Range<Int>]

  /// Whether the file has checksums that can be corrected.
  var hasChecksums: Bool { container != nil || !chunks.isEmpty }

  /// Looks at an intact file: containers, PNG and JPEG are known, of others only that they start
  /// with a header.
  init(of bytes: [UInt8], name: String) throws {
    if SoundContainer.isSound(bytes) {
      let container = try SoundContainer(parsing: bytes, file: name)
      headerCount = container.header.count - 4
      // The fields of the header, as `SoundContainer` documents them, and each segment's.
      var borders = [8, 9, 10, 11, 12, 20, 24, 26, 28, 30, 32, 33, 34, 38, 40, 42]
      borders += [headerCount, headerCount + 4]
      for segment in container.segments {
        for count in [4, 4, segment.symbols.count] {
          borders.append(borders[borders.count - 1] + count)
        }
      }
      borders += [4, 12, 16].map { bytes.count - 16 + $0 }
      (self.borders, self.container, chunks) = (borders, .sound(container), [])
    } else if bytes.starts(with: Self.containerSignature) {
      let container = try PictureContainer(parsing: bytes, file: name)
      // The fields of the header, as `PictureContainer` documents them.
      var borders = [8, 9, 10, 11, 12, 20, 24, 28, 30, 32, 34, 36, 40, 44, 46, Self.tablesOffset]
      for _ in container.format.metadata { borders.append(borders[borders.count - 1] + 9) }
      for _ in container.strips {
        borders.append(borders[borders.count - 1] + (container.hasGraphics ? 16 : 12))
      }
      headerCount = borders[borders.count - 1]
      borders.append(headerCount + 4)
      for count in container.format.metadata.map(\.bytes.count)
        + container.strips.flatMap({ [$0.symbols.count, $0.alpha.count, $0.graphics.count] })
      {
        borders.append(borders[borders.count - 1] + count)
      }
      (self.borders, self.container, chunks) = (borders, .picture(container), [])
    } else {
      chunks = bytes.starts(with: [0x89] + "PNG".utf8) ? Self.pngChunks(bytes) : []
      borders =
        bytes.starts(with: [0xFF, 0xD8])
        ? Self.jpegBorders(bytes) : chunks.flatMap { [$0.lowerBound, $0.upperBound] }
      headerCount = min(bytes.count, 128)
      container = nil
    }
  }

  /// Corrects the checksum of the header of a damaged container, or of a damaged PNG those of all
  /// chunks, so that reading goes on behind it; false where there is none to correct.
  func repair(_ bytes: inout [UInt8]) -> Bool {
    guard container != nil else {
      for chunk in chunks where chunk.upperBound <= bytes.count {
        let end = chunk.upperBound - 4
        Self.put(pngChecksum(bytes[chunk.lowerBound + 4..<end]).byteSwapped, in: &bytes, at: end)
      }
      return !chunks.isEmpty
    }
    if case .sound = container {
      guard bytes.count >= headerCount + 4 else { return false }
      Self.put(crc32c(bytes[..<headerCount]), in: &bytes, at: headerCount)
      return true
    }
    guard bytes.count >= Self.tablesOffset else { return false }
    let blocks = Int(bytes[34]) | Int(bytes[35]) << 8
    let strips = (0..<4).reduce(0) { $0 | Int(bytes[40 + $1]) << (8 * $1) }
    let end = Self.tablesOffset + 9 * blocks + 12 * strips
    guard end + 4 <= bytes.count else { return false }
    Self.put(crc32c(bytes[..<end]), in: &bytes, at: end)
    return true
  }

  private static let containerSignature: [UInt8] = [0x89] + "WLC\r\n\u{1A}\n".utf8
  private static let tablesOffset = 47

  private static func put(_ value: UInt32, in bytes: inout [UInt8], at offset: Int) {
    for index in 0..<4 { bytes[offset + index] = UInt8(truncatingIfNeeded: value >> (8 * index)) }
  }

  /// Chunks of a PNG with their length and checksum.
  private static func pngChunks(_ bytes: [UInt8]) -> [Range<Int>] {
    var chunks: [Range<Int>] = []
    var start = 8
    while start + 12 <= bytes.count {
      let end = start + 12 + (0..<4).reduce(0) { $0 << 8 | Int(bytes[start + $1]) }
      if end > bytes.count { break }
      chunks.append(start..<end)
      start = end
    }
    return chunks
  }

  /// Segments of a JPEG up to the first scan's data.
  private static func jpegBorders(_ bytes: [UInt8]) -> [Int] {
    var borders = [2]
    while let start = borders.last, start + 4 <= bytes.count, bytes[start] == 0xFF {
      borders.append(start + 2 + Int(bytes[start + 2]) << 8 + Int(bytes[start + 3]))
      if bytes[start + 1] == 0xDA { break }
    }
    return borders
  }
}

/// The checksum of PNG's chunks: CRC-32 of ISO 3309.
private func pngChecksum(_ bytes: some Sequence<UInt8>) -> UInt32 {
  ~bytes.reduce(.max) { (checksum: UInt32, byte) in
    (0..<8).reduce(checksum ^ UInt32(byte)) { value, _ in
      value & 1 == 1 ? value >> 1 ^ 0xEDB8_8320 : value >> 1
    }
  }
}
