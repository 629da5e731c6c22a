import MediaFiles
import Signals
import TestSupport
import Testing

/// Samples of 10 to 14 bits in files of 16, and PNM of any maximum.
struct SampleBitsTests {
  private func file(_ largest: Int, chunks: [(String, [UInt8])] = []) throws -> [UInt8] {
    let folder = try TemporaryFolder()
    let format = ImageFormat(width: 5, height: 4, channels: 1, sampleType: .uint16)
    try writeImage(
      image(5, 4, 1) { $1 == 2 && $2 == 3 ? largest : 10 * $2 }, format: format,
      path: folder.file("a.png"))
    return png(try readFile(path: folder.file("a.png"), maximumBytes: 1 << 16), chunks: chunks)
  }

  @Test func measured() throws {
    for (largest, bits) in [
      (0, 8), (40, 8), (256, 9), (1844, 11), (4095, 12), (16383, 14), (16384, 16), (65535, 16),
    ] {
      let format = try ReadPicture(file(largest)).format
      #expect(format.bits == bits && format.maximum == 65535, "\(largest)")
      #expect(format.scale == (bits == 16 ? 65535 : Float(1 << bits - 1)))
    }
  }

  @Test func stated() throws {
    // Bits of the upper end say nothing about the scale, bits of the lower end do.
    #expect(try ReadPicture(file(65520, chunks: [("sBIT", [12])])).format.bits == 16)
    #expect(try ReadPicture(file(900, chunks: [("sBIT", [12])])).format.bits == 12)
    #expect(try ReadPicture(file(900), bits: 13).format.bits == 13)
    #expect(try ReadPicture(file(900), bits: 16).format.bits == 16)
    #expect(throws: MediaFileError.self) { try ReadPicture(file(1024), bits: 10) }
    #expect(try ReadPicture(file(1023), bits: 10).format.bits == 10)
  }

  @Test func hiddenSamplesHaveNoSay() throws {
    let folder = try TemporaryFolder()
    let format = ImageFormat(
      width: 3, height: 2, channels: 3, hasAlpha: true, sampleType: .uint16)
    try writeImage(
      image(3, 2, 4) { plane, _, x in plane == 3 ? (x == 0 ? 0 : 65535) : x == 0 ? 65535 : 900 },
      format: format, path: folder.file("a.png"))
    let path = folder.file("a.png")
    #expect(try ImageFile(path: path).format.bits == 10)
    #expect(try ImageFile(path: path, options: ReadingOptions(bits: 10)).format.bits == 10)
    #expect(
      try ImageFile(path: path, options: ReadingOptions(keepsHidden: true)).format.bits == 16)
  }

  @Test func alphaHasNoSay() throws {
    let folder = try TemporaryFolder()
    let format = ImageFormat(
      width: 3, height: 2, channels: 1, hasAlpha: true, sampleType: .uint16)
    try writeImage(
      image(3, 2, 2) { plane, _, x in plane == 0 ? 300 * x : 65535 }, format: format,
      path: folder.file("a.png"))
    #expect(try readImage(folder.file("a.png")).format.bits == 10)
  }

  @Test func maximaOfPNM() throws {
    let folder = try TemporaryFolder()
    for maximum in [1, 15, 100, 255, 256, 1000, 4095, 65535] {
      let big = maximum > 255
      let samples = [0, maximum / 2, maximum].flatMap { bigEndian($0, big ? 2 : 1) }
      let bytes = Array("P5\n3 1\n\(maximum)\n".utf8) + samples
      let read = try ReadPicture(bytes)
      #expect(read.format.maximum == Float(maximum))
      #expect(read.image.samples == [0, Float(maximum / 2), Float(maximum)])
      try writeImage(
        read.image, format: read.format, path: folder.file("a.pgm"), overwrite: true)
      #expect(try readFile(path: folder.file("a.pgm"), maximumBytes: 99) == bytes)
      // PNG has no maximum but that of its bits.
      try writeImage(
        read.image, format: read.format, path: folder.file("a.png"), overwrite: true)
      let scaled = try ReadPicture(readFile(path: folder.file("a.png"), maximumBytes: 999))
      let whole: Float = big ? 65535 : 255
      #expect(scaled.image.samples[2] == whole && scaled.format.maximum == whole)
      #expect(abs(scaled.image.samples[1] - whole * Float(maximum / 2) / Float(maximum)) <= 0.5)
    }
    #expect(throws: MediaFileError.self) { try ReadPicture(Array("P5 1 1 15\n".utf8) + [16]) }
    #expect(throws: MediaFileError.self) { try ReadPicture(Array("P5 1 1 0\n".utf8) + [0]) }
    #expect(throws: MediaFileError.self) { try ReadPicture(Array("P5 1 1 65536\n".utf8) + [0, 0]) }
  }
}
