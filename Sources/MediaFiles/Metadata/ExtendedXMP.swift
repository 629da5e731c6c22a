/// XMP that did not fit one segment of JPEG (Adobe, "XMP Specification Part 3", section 1.1.3.1): its
/// parts follow `http://ns.adobe.com/xmp/extension/`, each with the name of the whole (32 letters),
/// the length of the whole (4 bytes) and its own place in it (4 bytes).
struct ExtendedXMP {
  static let prefix = Array("http://ns.adobe.com/xmp/extension/\0".utf8)
  private static let mark = Array("HasExtendedXMP".utf8)

  /// By names of wholes: their length and their parts by place.
  private var wholes: [String: (length: Int, parts: [Int: ArraySlice<UInt8>])] = [:]

  var isEmpty: Bool { wholes.isEmpty }

  /// Takes the payload of a segment behind the prefix.
  mutating func add(_ segment: ArraySlice<UInt8>) {
    guard segment.count > 40 else { return }
    let start = segment.startIndex
    func number(_ offset: Int) -> Int {
      integer(segment[start + offset..<start + offset + 4], bigEndian: true)
    }
    let name = String(decoding: segment[start..<start + 32], as: UTF8.self)
    wholes[name, default: (number(32), [:])].parts[number(36)] = segment[(start + 40)...]
  }

  /// The packet that says all that `packet` and the whole that it names say; nil where that is not
  /// there from end to end, or is not written as other programs write it.
  func joined(to packet: [UInt8]) -> [UInt8]? {
    guard let mark = packet.firstRange(of: Self.mark),
      let name = wholes.keys.first(where: { packet.firstRange(of: Array($0.utf8)) != nil }),
      let whole = wholes[name]
    else { return nil }
    var bytes: [UInt8] = []
    while bytes.count < whole.length, let part = whole.parts[bytes.count], !part.isEmpty {
      bytes += part
    }
    guard bytes.count == whole.length, let main = Self.unmarked(packet, mark, name) else {
      return nil
    }
    return Self.merged(main, bytes)
  }

  /// `packet` without the attribute or the element that names the whole.
  private static func unmarked(
    _ packet: [UInt8], _ mark: Range<Int>, _ name: String
  ) -> [UInt8]? {
    let isBorder = { (byte: UInt8) in byte <= 0x20 || byte == UInt8(ascii: "<") }
    guard let border = packet[..<mark.lowerBound].lastIndex(where: isBorder),
      let value = packet[mark.upperBound...].firstRange(of: Array(name.utf8))
    else { return nil }
    guard packet[border] == UInt8(ascii: "<") else {
      // An attribute, which a quotation mark ends.
      return Array(packet[..<border]) + packet[(value.upperBound + 1)...]
    }
    guard let end = packet[value.upperBound...].firstIndex(of: UInt8(ascii: ">")) else {
      return nil
    }
    return Array(packet[..<border]) + packet[(end + 1)...]
  }

  /// `main` with the descriptions of `more` behind its own.
  private static func merged(_ main: [UInt8], _ more: [UInt8]) -> [UInt8]? {
    let end = Array("</rdf:RDF>".utf8)
    guard let head = more.firstRange(of: Array("<rdf:RDF".utf8)),
      let headEnd = more[head.upperBound...].firstIndex(of: UInt8(ascii: ">")),
      let tail = more.lastRange(of: end), headEnd < tail.lowerBound,
      let closing = main.lastRange(of: end)
    else { return nil }
    var descriptions = more[(headEnd + 1)..<tail.lowerBound]
    // Prefixes that are declared outside of the descriptions come with the first of them.
    let outer = String(decoding: more[..<headEnd], as: UTF8.self)
      .matches(of: /xmlns:(\w+)="[^"]*"/)
      .filter { $0.output.1 != "rdf" && $0.output.1 != "x" }
    let opening = Array("<rdf:Description".utf8)
    if !outer.isEmpty, let first = descriptions.firstRange(of: opening),
      let firstEnd = descriptions[first.upperBound...].firstIndex(of: UInt8(ascii: ">"))
    {
      let own = String(decoding: descriptions[first.lowerBound..<firstEnd], as: UTF8.self)
      let missing = outer.filter { !own.contains("xmlns:\($0.output.1)=") }
        .map { " \($0.output.0)" }.joined()
      descriptions.insert(contentsOf: Array(missing.utf8), at: first.upperBound)
    }
    return Array(main[..<closing.lowerBound]) + descriptions + main[closing.lowerBound...]
  }
}

extension RandomAccessCollection<UInt8> where Index == Int {
  /// Where `bytes` first are.
  fileprivate func firstRange(of bytes: [UInt8]) -> Range<Int>? {
    guard let first = bytes.first, count >= bytes.count else { return nil }
    return (startIndex...endIndex - bytes.count)
      .first { self[$0] == first && self[$0..<$0 + bytes.count].elementsEqual(bytes) }
      .map { $0..<$0 + bytes.count }
  }

  /// Where `bytes` last are.
  fileprivate func lastRange(of bytes: [UInt8]) -> Range<Int>? {
    guard let first = bytes.first, count >= bytes.count else { return nil }
    return (startIndex...endIndex - bytes.count)
      .last { self[$0] == first && self[$0..<$0 + bytes.count].elementsEqual(bytes) }
      .map { $0..<$0 + bytes.count }
  }
}
