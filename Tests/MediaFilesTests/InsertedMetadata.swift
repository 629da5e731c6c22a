import MediaFiles
import Signals
import TestSupport

/// A PNG file with further chunks before its samples, or behind them.
func png(_ file: [UInt8], chunks: [(type: String, bytes: [UInt8])], isBehind: Bool = false)
  -> [UInt8]
{
  // The signature has 8 bytes, IHDR 25, IEND 12.
  let place = isBehind ? file.count - 12 : 33
  return file[..<place] + chunks.flatMap { chunk($0, $1) } + file[place...]
}

/// A chunk of PNG with its checksum.
func chunk(_ type: String, _ bytes: [UInt8]) -> [UInt8] {
  let body = Array(type.utf8) + bytes
  return bigEndian(bytes.count, 4) + body + bigEndian(Int(crc32(body)), 4)
}

/// A JPEG file with further segments behind its first two bytes.
func jpeg(_ file: [UInt8], segments: [(marker: UInt8, bytes: [UInt8])]) -> [UInt8] {
  file[..<2]
    + segments.flatMap { [0xFF, $0.marker] + bigEndian($0.bytes.count + 2, 2) + $0.bytes }
    + file[2...]
}

/// A number in `count` bytes, the most significant first.
func bigEndian(_ number: Int, _ count: Int) -> [UInt8] {
  (0..<count).map { UInt8(truncatingIfNeeded: number >> (8 * (count - 1 - $0))) }
}

/// A colour profile that is one by its header, and nothing but noise otherwise.
func profile(_ space: String) -> [UInt8] {
  var bytes = bigEndian(200, 4) + (4..<200).map { UInt8(7 * $0 % 251) }
  bytes.replaceSubrange(16..<20, with: space.utf8)
  bytes.replaceSubrange(36..<40, with: "acsp".utf8)
  return bytes
}

/// EXIF that says how a picture lies.
func exif(orientation: UInt8) -> [UInt8] {
  Array("II*\0".utf8) + [8, 0, 0, 0, 1, 0, 0x12, 1, 3, 0, 1, 0, 0, 0, orientation]
    + [UInt8](repeating: 0, count: 7)
}

/// A picture, its metadata, and all that was said of it while it was read.
struct ReadPicture {
  var format: ImageFormat
  var image: Image
  var leftOut: [String]
  var warnings: [String]

  /// What is kept of a kind.
  func metadata(_ kind: MetadataBlock.Kind) -> [UInt8]? {
    format.metadata.first { $0.kind == kind }?.bytes
  }

  init(_ bytes: [UInt8], isLenient: Bool = false, bits: Int? = nil) throws {
    let folder = try TemporaryFolder()
    let heard = Warnings()
    let file = try ImageFile(
      path: folder.write(bytes, to: "a"),
      options: ReadingOptions(isLenient: isLenient, bits: bits, warn: heard.add))
    image = try file.open().nextRows(file.format.height)
    (format, leftOut, warnings) = (file.format, file.leftOut, heard.all)
  }
}

/// Collects warnings.
final class Warnings: Sendable {
  private let texts = Locked<[String]>([])

  var all: [String] { texts.value }

  var add: @Sendable (MediaFileWarning) -> Void {
    { warning in self.texts.change { $0.append(warning.what) } }
  }
}

private func crc32(_ bytes: [UInt8]) -> UInt32 {
  var crc = UInt32.max
  for byte in bytes {
    crc ^= UInt32(byte)
    for _ in 0..<8 { crc = crc >> 1 ^ (crc & 1 == 1 ? 0xEDB8_8320 : 0) }
  }
  return ~crc
}
