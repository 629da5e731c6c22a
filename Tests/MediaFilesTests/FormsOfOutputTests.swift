import MediaFiles
import Signals
import TestSupport
import Testing

/// What a kind of file cannot say is done to the picture, refused, or said.
struct FormsOfOutputTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// Where the corners of the upright picture lie in one of an orientation, as EXIF names them: its
  /// first row and its first column.
  private static let sides = [
    1: ("top", "left"), 2: ("top", "right"), 3: ("bottom", "right"), 4: ("bottom", "left"),
    5: ("left", "top"), 6: ("right", "top"), 7: ("right", "bottom"), 8: ("left", "bottom"),
  ]

  @Test(arguments: 1...8, ["ppm", "npy"]) func turnedUpright(number: Int, name: String) throws {
    // Three rows of two columns: the first row is brighter, and so is the first column.
    let lying = image(2, 3, 3) { plane, y, x in (y == 0 ? 100 : 0) + (x == 0 ? 10 : 0) + plane }
    var format = ImageFormat(width: 2, height: 3, channels: 3)
    format.metadata = [MetadataBlock(kind: .exif, bytes: exif(orientation: UInt8(number)))]
    let path = folder.file("\(number).\(name)")
    try writeImage(lying, format: format, path: path)
    let upright = try readImage(path).image
    #expect(upright.width == (number < 5 ? 2 : 3) && upright.height == (number < 5 ? 3 : 2))
    func isBright(_ side: String, _ y: Int, _ x: Int) -> Bool {
      switch side {
      case "top": y == 0
      case "bottom": y == upright.height - 1
      case "left": x == 0
      default: x == upright.width - 1
      }
    }
    let (row, column) = Self.sides[number]!
    for y in 0..<upright.height {
      for x in 0..<upright.width {
        let value = (isBright(row, y, x) ? 100 : 0) + (isBright(column, y, x) ? 10 : 0)
        #expect(upright[0, y, x] == Float(value) && upright[2, y, x] == Float(value + 2))
      }
    }
  }

  @Test func orientationAsALongNumber() throws {
    var format = ImageFormat(width: 2, height: 3, channels: 3)
    let long = Array("MM\0*".utf8) + [0, 0, 0, 8, 0, 1, 1, 0x12, 0, 4, 0, 0, 0, 1, 0, 0, 0, 6]
    format.metadata = [MetadataBlock(kind: .exif, bytes: long + [0, 0, 0, 0])]
    try writeImage(randomImage(format, seed: 1), format: format, path: folder.file("a.ppm"))
    #expect(try readImage(folder.file("a.ppm")).format.width == 3)
  }

  @Test func orientationStaysInPNG() throws {
    var format = ImageFormat(width: 2, height: 3, channels: 3)
    format.metadata = [MetadataBlock(kind: .exif, bytes: exif(orientation: 6))]
    let lying = randomImage(format, seed: 1)
    try writeImage(lying, format: format, path: folder.file("a.png"))
    let result = try readImage(folder.file("a.png"))
    #expect(result.image == lying && result.format == format)
  }

  @Test func oddEXIFTurnsNothing() throws {
    var bytes = exif(orientation: 9)
    for length in [0, 4, 9, 20] {
      var format = ImageFormat(width: 2, height: 3, channels: 3)
      format.metadata = [MetadataBlock(kind: .exif, bytes: Array(bytes.prefix(length)))]
      try writeImage(
        randomImage(format, seed: 1), format: format, path: folder.file("a.ppm"), overwrite: true)
      #expect(try readImage(folder.file("a.ppm")).format.width == 2)
    }
    bytes[4] = 0xFF
    var format = ImageFormat(width: 2, height: 3, channels: 3)
    format.metadata = [MetadataBlock(kind: .exif, bytes: bytes)]
    try writeImage(randomImage(format, seed: 1), format: format, path: folder.file("b.ppm"))
    #expect(try readImage(folder.file("b.ppm")).format.width == 2)
  }

  @Test func endingsOfPNM() throws {
    let grey = ImageFormat(width: 4, height: 2, channels: 1)
    let colour = ImageFormat(width: 4, height: 2, channels: 3)
    #expect(throws: MediaFileError.self) {
      try createImage(path: folder.file("a.pgm"), format: colour, overwrite: false)
    }
    let sample = randomImage(grey, seed: 2)
    try writeImage(sample, format: grey, path: folder.file("a.ppm"))
    let result = try readImage(folder.file("a.ppm"))
    #expect(result.format == colour)
    #expect(result.image.samples == sample.samples + sample.samples + sample.samples)
    try writeImage(sample, format: grey, path: folder.file("a.pnm"))
    #expect(try readImage(folder.file("a.pnm")).format == grey)
  }

  @Test func coloursThatAreLostAreSaid() throws {
    for (kind, isSaid) in [
      (MetadataBlock.Kind.icc, true), (.gamma, true), (.codePoints, true), (.xmp, false),
      (.density, false), (.renderingIntent, false),
    ] {
      var format = ImageFormat(width: 1, height: 1, channels: 3)
      format.metadata = [MetadataBlock(kind: kind, bytes: [1, 2, 3, 4])]
      for (name, loses) in [("a.ppm", true), ("a.npy", true), ("a.png", false)] {
        let heard = Warnings()
        _ = try createImage(
          path: folder.file(name), format: format, overwrite: false, warn: heard.add)
        #expect(heard.all.count == (isSaid && loses ? 1 : 0), "\(kind) \(name)")
      }
    }
  }
}
