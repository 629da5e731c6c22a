/// Blocks of Adobe's "Photoshop File Formats Specification", section "Image Resource Blocks", which
/// JPEG carries in APP13 and PNG as "Raw profile type 8bim": `8BIM`, a number (2 bytes), a name with
/// its length (1 byte) up to an even count, a length (4 bytes), and as many bytes up to an even count.
enum PhotoshopResources {
  /// What precedes the blocks in JPEG.
  static let prefix = Array("Photoshop 3.0\0".utf8)
  /// The number of the block of IPTC.
  private static let iptcNumber = 0x0404
  private static let signature = Array("8BIM".utf8)

  /// The IPTC-IIM records in some blocks, and whether there are other blocks.
  static func iptc(in bytes: ArraySlice<UInt8>) -> (records: [UInt8]?, hasOthers: Bool) {
    var records: [UInt8]?
    var hasOthers = false
    var rest = bytes
    while rest.starts(with: signature), rest.count >= 12 {
      let start = rest.startIndex
      let number = integer(rest[(start + 4)..<(start + 6)], bigEndian: true)
      let name = Int(rest[start + 6]) + 1
      let content = start + 6 + name + name % 2 + 4
      guard content <= rest.endIndex else { break }
      let length = integer(rest[content - 4..<content], bigEndian: true)
      guard length <= rest.endIndex - content else { break }
      if number == iptcNumber {
        records = records ?? Array(rest[content..<content + length])
      } else {
        hasOthers = true
      }
      rest = rest[min(content + length + length % 2, rest.endIndex)...]
    }
    return (records, hasOthers)
  }

  /// The block of IPTC-IIM records.
  static func block(iptc records: [UInt8]) -> [UInt8] {
    let length = withUnsafeBytes(of: UInt32(records.count).bigEndian) { Array($0) }
    return signature + [0x04, 0x04, 0, 0] + length + records
      + [UInt8](repeating: 0, count: records.count % 2)
  }
}
