/// XMP that did not fit one segment of JPEG (Adobe, "XMP Specification Part 3", section 1.1.3.1): its
/// parts follow `http://ns.adobe.com/xmp/extension/`, each with the name of the whole (32 letters),
/// the length of the whole (4 bytes) and its own place in it (4 bytes).
struct ExtendedXMP {
  static let prefix = Array("http://ns.adobe.com/xmp/extension/\0".utf8)
  private static let mark = "HasExtendedXMP"

  /// By names of wholes: their length and their parts by place.
  private var wholes: [String: (length: Int, parts: [Int: ArraySlice<UInt8>])] = [:]

  var isEmpty: Bool { wholes.isEmpty }

  /// Takes the payload of a segment behind the prefix.
  mutating func add(_ segment: ArraySlice<UInt8>) {
    guard segment.count > 40 else { return }
    let start = segment.startIndex
    func number(_ offset: Int) -> Int {
      segment[start + offset..<start + offset + 4].reduce(0) { $0 << 8 | Int($1) }
    }
    let name = String(decoding: segment[start..<start + 32], as: UTF8.self)
    wholes[name, default: (number(32), [:])].parts[number(36)] = segment[(start + 40)...]
  }

  /// The packet that says all that `packet` and the whole that it names say; nil where that is not
  /// there from end to end, or is not written as other programs write it.
  func joined(to packet: [UInt8]) -> [UInt8]? {
    let main = String(decoding: packet, as: UTF8.self)
    guard let name = wholes.keys.first(where: { main.contains($0) && main.contains(Self.mark) }),
      let whole = wholes[name]
    else { return nil }
    var bytes: [UInt8] = []
    while bytes.count < whole.length, let part = whole.parts[bytes.count], !part.isEmpty {
      bytes += part
    }
    guard bytes.count == whole.length else { return nil }
    return Self.merged(main, String(decoding: bytes, as: UTF8.self)).map { Array($0.utf8) }
  }

  /// `main` with the descriptions of `extension` behind its own, and without its mark.
  private static func merged(_ main: String, _ extension: String) -> String? {
    let end = "</rdf:RDF>"
    guard let head = `extension`.firstRange(of: "<rdf:RDF"),
      let headEnd = `extension`[head.upperBound...].firstIndex(of: ">"),
      let tail = `extension`.ranges(of: end).last, headEnd < tail.lowerBound,
      let place = main.ranges(of: end).last
    else { return nil }
    // Prefixes that are declared outside of the descriptions come with them.
    let outer = `extension`[..<headEnd].matches(of: /xmlns:(\w+)="[^"]*"/)
      .filter { $0.output.1 != "rdf" && $0.output.1 != "x" }
    var descriptions = String(`extension`[`extension`.index(after: headEnd)..<tail.lowerBound])
    for declaration in outer where !descriptions.contains("xmlns:\(declaration.output.1)=") {
      descriptions.replace("<rdf:Description", with: "<rdf:Description \(declaration.output.0)")
    }
    let joined = main[..<place.lowerBound] + descriptions + main[place.lowerBound...]
    return String(joined).replacing(/\s*\w+:HasExtendedXMP="[^"]*"/, with: "")
  }
}
