/// Named byte strings in a zip archive, as `numpy.savez` and `numpy.savez_compressed` write it.
///
/// PKWARE, "APPNOTE.TXT - .ZIP File Format Specification", 6.3.10; sections in comments.
package struct ZipArchive: Sendable, Equatable {
  /// A file in the archive.
  package struct Member: Sendable, Equatable {
    /// Its name.
    package let name: String
    /// Its bytes.
    package let bytes: [UInt8]
    /// Where they lie in the archive that was read; 0 for one in memory or compressed.
    package let offset: Int
    /// Whether they are compressed in the archive.
    package let isDeflated: Bool

    /// A member of these bytes.
    package init(name: String, bytes: [UInt8], isDeflated: Bool = false, offset: Int = 0) {
      self.name = name
      self.bytes = bytes
      self.isDeflated = isDeflated
      self.offset = offset
    }
  }

  /// The files in their order.
  package let members: [Member]

  /// An archive of members, of which no name or size is beyond what zip holds without extensions.
  package init(_ members: [Member]) { self.members = members }

  /// The bytes of the file.
  package func serialized() -> [UInt8] {
    var (bytes, directory): ([UInt8], [UInt8]) = ([], [])
    for member in members {
      // What the local header (4.3.7) and the central directory (4.3.12) have in common: version
      // 2.0, names in UTF-8, method, the first day of 1980.
      let name = Array(member.name.utf8)
      let content = member.isDeflated ? deflated(member.bytes) : member.bytes
      let method = member.isDeflated ? Self.deflateMethod : Self.storedMethod
      let common =
        little(20, 2) + little(1 << 11, 2) + little(method, 2) + little(0, 2) + little(0x21, 2)
        + little(Int(crc32(member.bytes)), 4) + little(content.count, 4)
        + little(member.bytes.count, 4) + little(name.count, 2) + little(0, 2)
      directory += little(Self.directoryMark, 4) + little(20, 2) + common
      directory += little(0, 2) + little(0, 2) + little(0, 2) + little(0, 4)
      directory += little(bytes.count, 4) + name
      bytes += little(Self.localMark, 4) + common + name + content
    }
    // End of central directory record (4.3.16).
    return bytes + directory + little(Self.endMark, 4) + little(0, 4)
      + little(members.count, 2) + little(members.count, 2) + little(directory.count, 4)
      + little(bytes.count, 4) + little(0, 2)
  }

  // Compression methods (4.4.5).
  private static let storedMethod = 0
  private static let deflateMethod = 8
  private static let localMark = 0x0403_4b50
  private static let directoryMark = 0x0201_4b50
  private static let endMark = 0x0605_4b50

  /// Reads the bytes of a whole file. `name` is what errors call it.
  ///
  /// - Throws: ``MediaFileError`` where it is damaged, or a member is compressed in another way.
  package init(parsing bytes: [UInt8], name: String) throws {
    func number(_ offset: Int, _ count: Int) throws -> Int {
      guard offset >= 0, offset + count <= bytes.count else {
        throw MediaFileError.damaged(file: name, what: "the zip archive ends early", offset: offset)
      }
      return bytes[offset..<offset + count].reversed().reduce(0) { $0 << 8 | Int($1) }
    }
    func damaged(_ what: String, _ offset: Int) -> MediaFileError {
      .damaged(file: name, what: what, offset: offset)
    }
    // The record may be followed by a comment of up to 65535 bytes.
    let last = bytes.count - 22
    guard last >= 0,
      let end = try stride(from: last, through: max(last - 65535, 0), by: -1)
        .first(where: { try number($0, 4) == Self.endMark })
    else { throw damaged("it is no zip archive", 0) }
    var entry = try number(end + 16, 4)
    var (members, total): ([Member], Int) = ([], 0)
    for _ in 0..<(try number(end + 10, 2)) {
      guard try number(entry, 4) == Self.directoryMark else {
        throw damaged("a directory entry of the zip archive is missing", entry)
      }
      let isDeflated = try number(entry + 10, 2) == Self.deflateMethod
      guard try isDeflated || number(entry + 10, 2) == Self.storedMethod else {
        throw MediaFileError.unsupported(
          file: name, what: "its members are compressed in another way than numpy does")
      }
      let (packed, size) = (try number(entry + 20, 4), try number(entry + 24, 4))
      let (nameLength, local) = (try number(entry + 28, 2), try number(entry + 42, 4))
      guard entry + 46 + nameLength <= bytes.count, try number(local, 4) == Self.localMark else {
        throw damaged("a header of the zip archive is missing", local)
      }
      let start = local + 30 + (try number(local + 26, 2)) + (try number(local + 28, 2))
      // Members do not overlap, so that they take no more memory than the file, or what it unpacks to.
      total += packed
      guard start + packed <= bytes.count, total <= bytes.count, isDeflated || packed == size else {
        throw damaged("a member ends after the zip archive", start)
      }
      let range = start..<start + packed
      guard let content = isDeflated ? inflated(bytes[range], size: size) : Array(bytes[range])
      else { throw damaged("a member cannot be unpacked", start) }
      guard Int(crc32(content)) == (try number(entry + 16, 4)) else {
        throw damaged("a checksum of the zip archive is wrong", start)
      }
      members.append(
        Member(
          name: String(decoding: bytes[entry + 46..<entry + 46 + nameLength], as: UTF8.self),
          bytes: content, isDeflated: isDeflated, offset: isDeflated ? 0 : start))
      entry += 46 + nameLength + (try number(entry + 30, 2)) + (try number(entry + 32, 2))
    }
    self.members = members
  }

  /// The member of this name.
  package subscript(name: String) -> Member? { members.first { $0.name == name } }
}

private func little(_ value: Int, _ count: Int) -> [UInt8] {
  (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
}
