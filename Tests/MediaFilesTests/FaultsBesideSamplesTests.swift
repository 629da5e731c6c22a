import MediaFiles
import Signals
import TestSupport
import Testing

/// Faults that do not bear on the samples are warnings; damage of samples is an error.
struct FaultsBesideSamplesTests {
  private static let scan = JPEGFixtures.colour

  /// Where a marker of JPEG starts.
  private func place(of marker: UInt8, in file: [UInt8]) throws -> Int {
    try #require(file.indices.dropLast().last { file[$0] == 0xFF && file[$0 + 1] == marker })
  }

  private func inserted(_ bytes: [UInt8], before marker: UInt8) throws -> [UInt8] {
    var file = Self.scan
    file.insert(contentsOf: bytes, at: try place(of: marker, in: file))
    return file
  }

  @Test func bytesBetweenTheSegmentsOfJPEG() throws {
    let plain = try ReadPicture(Self.scan)
    let files: [[UInt8]] = [
      try inserted([1, 2, 3], before: 0xDB), try inserted([9], before: 0xDA),
      try inserted([UInt8](repeating: 0, count: 600), before: 0xD9), Array(Self.scan.dropLast(2)),
    ]
    for file in files {
      let read = try ReadPicture(file)
      #expect(read.image == plain.image && read.warnings.count == 1)
    }
    // What follows the picture is none of it.
    let followed = try ReadPicture(Self.scan + [1, 2, 3])
    #expect(followed.image == plain.image && followed.warnings.count == 1)
    let behindTheStart = try ReadPicture(Self.scan[..<2] + [0, 7, 0] + Self.scan[2...])
    #expect(behindTheStart.image == plain.image && behindTheStart.warnings.count == 1)
  }

  @Test(arguments: [[0], [0, 0, 0, 0, 0], [1, 2, 3]] as [[UInt8]])
  func bytesBeforeALaterScan(bytes: [UInt8]) throws {
    // A table of codes stands before the last scan.
    var file = JPEGFixtures.progressive
    file.insert(contentsOf: bytes, at: try place(of: 0xDA, in: file))
    let read = try ReadPicture(file)
    #expect(try read.image == ReadPicture(JPEGFixtures.progressive).image)
    #expect(read.warnings.count == 1)
  }

  @Test func muchFillingIsPassedOver() throws {
    let filling = [UInt8](repeating: 0, count: 1 << 22)
    let read = try ReadPicture(Self.scan[..<2] + filling + Self.scan[2...])
    #expect(try read.image == ReadPicture(Self.scan).image && read.warnings.count == 1)
  }

  @Test func bytesBehindRows() throws {
    let pgm = Array("P5 2 1 255\n".utf8) + [1, 2]
    #expect(try ReadPicture(pgm).warnings == [])
    let read = try ReadPicture(pgm + pgm)
    #expect(read.image.samples == [1, 2] && read.warnings.count == 1)
  }

  @Test func parametersOfAScan() throws {
    var file = Self.scan
    let scan = try place(of: 0xDA, in: file)
    // The last three bytes of the header: Ss, Se, Ah and Al.
    file[scan + 2 + 12 - 3 + 1] = 0
    let read = try ReadPicture(file)
    #expect(try read.image == ReadPicture(Self.scan).image && read.warnings.count == 1)
  }

  @Test func damageOfJPEGSamples() throws {
    let plain = try ReadPicture(Self.scan)
    let end = Self.scan.count - 2
    // Fewer samples than there should be, more than there should be, and no end.
    let files: [[UInt8]] = [
      Array(Self.scan[..<(end - 30)] + Self.scan[end...]),
      try inserted([1, 2, 3, 4, 5, 6], before: 0xD9), Array(Self.scan[..<(end - 30)]),
    ]
    for file in files {
      #expect(throws: MediaFileError.self) { try ReadPicture(file) }
      let read = try ReadPicture(file, isLenient: true)
      #expect(read.image.height == plain.image.height && !read.warnings.isEmpty)
      // The first rows come before the damage.
      #expect(read.image.rows(0..<4) == plain.image.rows(0..<4))
    }
  }

  @Test func progressiveJPEGThatEndsBetweenScans() throws {
    let file = JPEGFixtures.progressive
    let last = try place(of: 0xDA, in: file)
    #expect(throws: MediaFileError.self) { try ReadPicture(Array(file[..<last])) }
    let whole = try ReadPicture(Array(file.dropLast(2)))
    #expect(try whole.image == ReadPicture(file).image && whole.warnings.count == 1)
  }

  @Test func chunksOfPNG() throws {
    let file = PNGFixtures.interlaced
    let plain = try ReadPicture(file)
    var wrongChecksum = png(file, chunks: [("gAMA", [0, 1, 0, 0])])
    wrongChecksum[33 + 8] ^= 1
    let cases: [(file: [UInt8], isSaid: Bool)] = [
      (png(file, chunks: [("tRNS", [0, 0])]), true), (wrongChecksum, true),
      (Array(file.dropLast(12)), true), (file + [1, 2, 3], true),
      (png(file, chunks: [("eXIf", [])]), true),
    ]
    for (faulty, isSaid) in cases {
      let read = try ReadPicture(faulty)
      #expect(read.image == plain.image && read.format == plain.format)
      #expect(read.warnings.isEmpty != isSaid, "\(read.warnings)")
    }
  }

  @Test func damageOfPNGSamples() throws {
    var format = ImageFormat(width: 40, height: 30, channels: 3)
    format.sampleType = .uint8
    let folder = try TemporaryFolder()
    let image = randomImage(format, seed: 8)
    try writeImage(image, format: format, path: folder.file("a.png"))
    let file = try readFile(path: folder.file("a.png"), maximumBytes: 1 << 20)
    // One byte in the middle, the checksum of the samples, and a file that ends among them.
    var flipped = file
    flipped[file.count / 2] ^= 0x10
    var wrongChecksum = file
    wrongChecksum[file.count - 13] ^= 1
    let files: [[UInt8]] = [flipped, wrongChecksum, Array(file[..<(file.count / 2)])]
    for faulty in files {
      #expect(throws: MediaFileError.self) { try ReadPicture(faulty) }
      let read = try ReadPicture(faulty, isLenient: true)
      #expect(read.image.rows(0..<8) == image.rows(0..<8) && !read.warnings.isEmpty)
    }
  }
}
