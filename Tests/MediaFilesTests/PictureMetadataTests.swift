import MediaFiles
import Signals
import TestSupport
import Testing

/// What files carry beside their samples comes back, or is said to be left out.
struct PictureMetadataTests {
  private static let colour = PNGFixtures.interlaced

  private static let kinds: [(chunk: String, kind: MetadataBlock.Kind, bytes: Int)] = [
    ("gAMA", .gamma, 4), ("cHRM", .chromaticities, 32), ("sRGB", .renderingIntent, 1),
    ("cICP", .codePoints, 4), ("pHYs", .density, 9), ("sBIT", .significantBits, 3),
    ("mDCV", .masteringDisplay, 24), ("cLLI", .contentLight, 8), ("eXIf", .exif, 26),
  ]

  @Test(arguments: kinds)
  func chunksComeBack(chunk: String, kind: MetadataBlock.Kind, bytes: Int) throws {
    let content = (0..<bytes).map { UInt8($0 + 1) }
    let folder = try TemporaryFolder()
    for isBehind in [false, true] {
      let read = try ReadPicture(
        png(Self.colour, chunks: [(chunk, content)], isBehind: isBehind))
      #expect(read.format.metadata == [MetadataBlock(kind: kind, bytes: content)])
      #expect(read.warnings == [] && read.leftOut == [])
      try writeImage(
        read.image, format: read.format, path: folder.file("a.png"), overwrite: true)
      let again = try ReadPicture(readFile(path: folder.file("a.png"), maximumBytes: 1 << 16))
      #expect(again.format == read.format)
    }
  }

  @Test func chunksOfOtherLengthsAreLeftOut() throws {
    for (chunk, _, bytes) in Self.kinds where chunk != "eXIf" && chunk != "sBIT" {
      let read = try ReadPicture(
        png(Self.colour, chunks: [(chunk, [UInt8](repeating: 0, count: bytes + 1))]))
      #expect(read.format.metadata == [] && read.leftOut == [chunk] && read.warnings.count == 1)
    }
  }

  /// The hexadecimal text in which programs stored metadata before there were chunks for it.
  private static func rawProfile(_ name: String, _ bytes: [UInt8]) -> [UInt8] {
    let digits = bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }
    let lines = stride(from: 0, to: digits.count, by: 36).map {
      digits[$0..<min($0 + 36, digits.count)].joined()
    }
    return Array(
      "Raw profile type \(name)\0\n\(name)\n   \(bytes.count)\n\(lines.joined(separator: "\n"))\n"
        .utf8)
  }

  @Test func profilesInText() throws {
    let icc = profile("RGB ")
    let exif = exif(orientation: 6)
    let records: [UInt8] = [0x1C, 2, 5, 0, 3] + Array("abc".utf8)
    let resources =
      Array("8BIM".utf8) + [4, 4, 0, 0] + bigEndian(records.count, 4) + records
    let xmp = Array("<x:xmpmeta/>".utf8)
    let cases: [(String, [UInt8], MetadataBlock.Kind, [UInt8])] = [
      ("icc", icc, .icc, icc), ("icm", icc, .icc, icc), ("exif", exif, .exif, exif),
      ("exif", Array("Exif\0\0".utf8) + exif, .exif, exif),
      ("APP1", Array("Exif\0\0".utf8) + exif, .exif, exif),
      ("APP1", Array("http://ns.adobe.com/xap/1.0/\0".utf8) + xmp, .xmp, xmp),
      ("xmp", xmp, .xmp, xmp), ("iptc", resources, .iptc, records),
      ("8bim", Array("Photoshop 3.0\0".utf8) + resources, .iptc, records),
      ("iptc", records, .iptc, records),
    ]
    for (name, bytes, kind, content) in cases {
      let text = Self.rawProfile(name, bytes)
      let read = try ReadPicture(png(Self.colour, chunks: [("tEXt", text)]))
      #expect(read.metadata(kind) == content, "\(name)")
      let damaged = Array(text.dropLast(2))
      let refused = try ReadPicture(png(Self.colour, chunks: [("tEXt", damaged)]))
      #expect(refused.format.metadata == [] && refused.warnings.count == 1, "\(name)")
      // Line ends of other systems, and a zero at the end.
      let odd: [UInt8] = text.flatMap { $0 == 0x0A ? [0x0D, 0x0A] as [UInt8] : [$0] } + [0]
      let oddRead = try ReadPicture(png(Self.colour, chunks: [("tEXt", odd)]))
      #expect(oddRead.metadata(kind) == content, "\(name)")
    }
  }

  @Test func iptcComesBackFromPNG() throws {
    let folder = try TemporaryFolder()
    for count in [7, 200] {
      var format = ImageFormat(width: 4, height: 3, channels: 3)
      format.metadata = [
        MetadataBlock(kind: .iptc, bytes: (0..<count).map { UInt8($0 * 5 % 256) })
      ]
      let path = folder.file("\(count).png")
      try writeImage(randomImage(format, seed: 4), format: format, path: path)
      #expect(try readImage(path).format == format)
    }
  }

  @Test func jpegSegments() throws {
    let records: [UInt8] = [0x1C, 2, 5, 0, 4] + Array("abcd".utf8)
    let iptc = Array("8BIM".utf8) + [4, 4, 0, 0] + bigEndian(records.count, 4) + records + [0]
    let other = Array("8BIM".utf8) + [3, 0xED, 1, 0x41] + bigEndian(2, 4) + [1, 2]
    let photoshop = Array("Photoshop 3.0\0".utf8)
    let read = try ReadPicture(
      jpeg(
        JPEGFixtures.colour,
        segments: [
          // The resources of Photoshop may go on in a further segment, in the middle of one.
          (0xED, photoshop + other + iptc.prefix(9)), (0xED, photoshop + iptc.dropFirst(9)),
          (0xE0, Array("JFIF\0".utf8) + [1, 2, 1, 1, 44, 0, 150, 0, 0]),
          (0xFE, Array("hello".utf8)), (0xEB, [1]), (0xE2, Array("MPF\0".utf8)), (0xE1, [1]),
        ]))
    #expect(read.metadata(.iptc) == records)
    // 300 and 150 dots an inch are 11,811 and 5,906 a metre.
    #expect(read.metadata(.density) == bigEndian(11_811, 4) + bigEndian(5_906, 4) + [1])
    #expect(
      read.leftOut == ["comment", "APP11", "further pictures", "APP1", "Photoshop resources"])
    #expect(read.warnings == [])
  }

  @Test func densityWithoutAUnit() throws {
    func density(_ unit: UInt8, _ x: UInt8, _ y: UInt8) throws -> [UInt8]? {
      try ReadPicture(
        jpeg(
          JPEGFixtures.colour,
          segments: [(0xE0, Array("JFIF\0".utf8) + [1, 2, unit, 0, x, 0, y, 0, 0])])
      ).metadata(.density)
    }
    #expect(try density(0, 1, 1) == nil)
    #expect(try density(0, 2, 1) == bigEndian(2, 4) + bigEndian(1, 4) + [0])
    #expect(try density(2, 30, 40) == bigEndian(3000, 4) + bigEndian(4000, 4) + [1])
    #expect(try density(3, 1, 2) == nil)
  }

  @Test func extendedXMP() throws {
    let name = "0123456789ABCDEF0123456789ABCDEF"
    let main = """
      <x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="r"><rdf:Description rdf:about="" \
      xmpNote:HasExtendedXMP="\(name)"/></rdf:RDF></x:xmpmeta>
      """
    let more = """
      <x:xmpmeta xmlns:x="adobe:ns:meta/" xmlns:t="t/"><rdf:RDF xmlns:rdf="r">\
      <rdf:Description rdf:about=""><t:a>one and two</t:a></rdf:Description></rdf:RDF></x:xmpmeta>
      """
    func part(_ range: Range<Int>) -> (UInt8, [UInt8]) {
      let text = Array(more.utf8)
      return (
        0xE1,
        Array("http://ns.adobe.com/xmp/extension/\0\(name)".utf8) + bigEndian(text.count, 4)
          + bigEndian(range.lowerBound, 4) + text[range]
      )
    }
    let packet = (UInt8(0xE1), Array("http://ns.adobe.com/xap/1.0/\0\(main)".utf8))
    let end = more.utf8.count
    // Parts come in any order.
    let read = try ReadPicture(
      jpeg(JPEGFixtures.colour, segments: [part(90..<end), packet, part(0..<90)]))
    #expect(
      read.metadata(.xmp).map { String(decoding: $0, as: UTF8.self) } == """
        <x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="r"><rdf:Description rdf:about=""/>\
        <rdf:Description xmlns:t="t/" rdf:about=""><t:a>one and two</t:a></rdf:Description>\
        </rdf:RDF></x:xmpmeta>
        """)
    #expect(read.warnings == [])
    let torn = try ReadPicture(
      jpeg(JPEGFixtures.colour, segments: [packet, part(0..<90), part(91..<end)]))
    #expect(torn.metadata(.xmp) == Array(main.utf8))
    #expect(torn.leftOut == ["extended XMP"] && torn.warnings.count == 1)
  }

  @Test func profilesOfOtherColoursAreLeftOut() throws {
    let grey = JPEGFixtures.grey
    let colour = JPEGFixtures.colour
    for (file, space, isKept) in [
      (grey, "GRAY", true), (grey, "RGB ", false), (colour, "RGB ", true), (colour, "GRAY", false),
      (colour, "CMYK", false),
    ] {
      let read = try ReadPicture(
        jpeg(file, segments: [(0xE2, Array("ICC_PROFILE\0".utf8) + [1, 1] + profile(space))]))
      #expect(read.metadata(.icc) == (isKept ? profile(space) : nil))
      #expect(read.warnings.count == (isKept ? 0 : 1))
    }
  }

  @Test func damagedProfilesAreLeftOut() throws {
    let plain = try ReadPicture(JPEGFixtures.colour)
    let icc = profile("RGB ")
    let name = Array("ICC_PROFILE\0".utf8)
    let whole = name + [1, 1] + icc
    for segments in [
      [name + [1, 2] + icc], [whole, whole], [name + [0, 1] + icc],
      [name + [1, 1] + icc.dropLast()],
      [name + [1, 2] + icc, name + [2, 3] + icc], [name],
    ] {
      let read = try ReadPicture(
        jpeg(JPEGFixtures.colour, segments: segments.map { (0xE2, $0) }))
      #expect(read.image == plain.image && read.format == plain.format)
      #expect(read.warnings.count == 1)
    }
    let profileOfPNG = try ReadPicture(
      png(Self.colour, chunks: [("iCCP", Array("x\0\0not deflated".utf8))]))
    #expect(profileOfPNG.format.metadata == [] && profileOfPNG.warnings.count == 1)
  }

  @Test func oddFormsOfMetadata() throws {
    // EXIF as JPEG has it, a gamma of nothing, an animation of one picture, names that are no names.
    let exif = exif(orientation: 6)
    let read = try ReadPicture(
      png(
        Self.colour,
        chunks: [
          ("eXIf", Array("Exif\0\0".utf8) + exif), ("gAMA", [0, 0, 0, 0]),
          ("acTL", bigEndian(1, 4) + bigEndian(0, 4)), ("tEXt", [0x1B, 0x5D, 0x41, 0x07, 0, 1]),
        ]))
    #expect(read.format.metadata == [MetadataBlock(kind: .exif, bytes: exif)])
    #expect(read.leftOut == ["gAMA", "]A"] && read.warnings.count == 1)
    let many = (0..<100).map { ("tEXt", Array("k\($0)\0".utf8)) }
    #expect(try ReadPicture(png(Self.colour, chunks: many)).leftOut.count == 21)
  }

  @Test func exifInTwoSegments() throws {
    let bytes = exif(orientation: 3) + [UInt8](repeating: 65, count: 70_000)
    let prefix = Array("Exif\0\0".utf8)
    let read = try ReadPicture(
      jpeg(
        JPEGFixtures.colour,
        segments: [(0xE1, prefix + bytes[..<60_000]), (0xE1, prefix + bytes[60_000...])]))
    #expect(read.metadata(.exif) == bytes)
    let twice = try ReadPicture(
      jpeg(
        JPEGFixtures.colour,
        segments: [(0xE1, prefix + bytes[..<99]), (0xE1, prefix + bytes[..<98])]))
    #expect(twice.metadata(.exif) == Array(bytes[..<99]))
  }

  @Test func runsOfLettersInXMPTakeNoTime() throws {
    // A pattern that tries every letter of a run as a start would take minutes.
    let name = "0123456789ABCDEF0123456789ABCDEF"
    let run = String(repeating: "z", count: 60_000)
    for mark in ["<n:HasExtendedXMP>\(name)</n:HasExtendedXMP>", ""] {
      let attribute = mark.isEmpty ? " n:HasExtendedXMP='\(name)'" : ""
      let main = "<x><rdf:RDF><d\(attribute)>\(mark.isEmpty ? "" : mark)</d></rdf:RDF></x>"
      let more = Array("<x><rdf:RDF><e>\(run)</e></rdf:RDF></x>".utf8)
      let read = try ReadPicture(
        jpeg(
          JPEGFixtures.colour,
          segments: [
            (0xE1, Array("http://ns.adobe.com/xap/1.0/\0\(main)".utf8)),
            (
              0xE1,
              Array("http://ns.adobe.com/xmp/extension/\0\(name)".utf8)
                + bigEndian(more.count, 4) + bigEndian(0, 4) + more
            ),
          ]))
      #expect(
        read.metadata(.xmp) == Array("<x><rdf:RDF><d></d><e>\(run)</e></rdf:RDF></x>".utf8))
    }
  }

  @Test func animations() throws {
    let plain = try ReadPicture(Self.colour)
    let control = bigEndian(3, 4) + bigEndian(0, 4)
    let read = try ReadPicture(png(Self.colour, chunks: [("acTL", control), ("fcTL", [1])]))
    #expect(read.image == plain.image && read.leftOut == ["animation"])
    #expect(read.warnings.count == 1 && read.warnings[0].contains("3 frames"))
  }

  @Test func textIsNamed() throws {
    let read = try ReadPicture(
      png(Self.colour, chunks: [("tEXt", Array("Author\0me".utf8)), ("tIME", [1])]))
    #expect(read.leftOut == ["Author", "tIME"] && read.warnings == [])
  }
}
