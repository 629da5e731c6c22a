import MediaFiles
import Signals
import TestSupport
import Testing

/// Metadata of the PNG and JPEG fixtures.
enum FixtureMetadata {
  static let exif = MetadataBlock(
    kind: .exif,
    bytes: Array("II*\0".utf8) + [8, 0, 0, 0, 1, 0, 0x12, 1, 3, 0, 1, 0, 0, 0, 6]
      + [UInt8](repeating: 0, count: 7))
  static let xmp = MetadataBlock(
    kind: .xmp, bytes: Array(#"<x:xmpmeta xmlns:x="adobe:ns:meta/"/>"#.utf8))
}

struct PNGTests {
  private let palette = [[255, 0, 0], [0, 255, 0], [0, 0, 255], [10, 20, 30]]

  @Test func palettes() throws {
    let opaque = try readImage(PNGFixtures.palette)
    #expect(opaque.format == ImageFormat(width: 5, height: 3, channels: 3))
    #expect(opaque.image == image(5, 3, 3) { palette[($2 + $1) % 4][$0] })

    let alpha = try readImage(PNGFixtures.paletteWithAlpha)
    #expect(alpha.format == ImageFormat(width: 5, height: 3, channels: 3, hasAlpha: true))
    #expect(alpha.image.planes(0..<3) == opaque.image)
    #expect(
      alpha.image.planes(3..<4) == image(5, 3, 1) { [0, 128, 255, 255][($2 + $1) % 4] })
  }

  @Test func greyOfFewBits() throws {
    let one = try readImage(PNGFixtures.grey1)
    #expect(one.format == ImageFormat(width: 11, height: 3, channels: 1))
    #expect(one.image == image(11, 3, 1) { ($2 * $1 + $2) % 2 * 255 })
    let four = try readImage(PNGFixtures.grey4)
    #expect(four.image == image(5, 3, 1) { ($2 + 5 * $1) % 16 * 17 })
  }

  @Test func transparentColours() throws {
    let grey = try readImage(PNGFixtures.grey16WithTransparentColour)
    var expected = ImageFormat(
      width: 5, height: 3, channels: 1, hasAlpha: true, sampleType: .uint16)
    expected.bits = 12
    #expect(grey.format == expected)
    #expect(
      grey.image
        == image(5, 3, 2) {
          $0 == 0 ? 1000 * $2 + $1 : 1000 * $2 + $1 == 2001 ? 0 : 65535
        })
    let colour = try readImage(PNGFixtures.rgbWithTransparentColour)
    #expect(colour.format == ImageFormat(width: 5, height: 3, channels: 3, hasAlpha: true))
    #expect(
      colour.image
        == image(5, 3, 4) { plane, y, x in
          plane < 3 ? [x, y, 7][plane] : x == 2 && y == 1 ? 0 : 255
        })
  }

  @Test func interlaced() throws {
    let result = try readImage(PNGFixtures.interlaced)
    #expect(result.format == ImageFormat(width: 9, height: 7, channels: 3))
    #expect(result.image == image(9, 7, 3) { [$2, $1, 100 + $2 * $1][$0] })
  }

  @Test func metadata() throws {
    let metadata = try readImage(PNGFixtures.metadataBehindSamples).format.metadata
    // The profile of the fixture is none.
    #expect(metadata == [FixtureMetadata.exif, FixtureMetadata.xmp])
    #expect(
      try readImage(PNGFixtures.metadataAsText).format.metadata == [FixtureMetadata.xmp])
  }

  @Test func profileOfTooManyBytesIsLeftOut() throws {
    let folder = try TemporaryFolder()
    let limit = 64 << 20
    let format = ImageFormat(
      width: 1, height: 1, channels: 1,
      metadata: [MetadataBlock(kind: .icc, bytes: [UInt8](repeating: 0, count: limit + 1))])
    let image = Image(width: 1, height: 1, planes: 1)
    try writeImage(image, format: format, path: folder.file("a.png"))
    #expect(try readImage(folder.file("a.png")).format.metadata == [])
  }
}
