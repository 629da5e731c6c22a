import MediaFiles
import Signals
import Testing

struct JPEGTests {
  @Test func grey() throws {
    let result = try readImage(JPEGFixtures.grey)
    #expect(result.format == ImageFormat(width: 24, height: 17, channels: 1))
    #expect(largestDifference(result.image, image(24, 17, 1) { 5 * $2 + 8 * $1 }) <= 6)
  }

  @Test func colour() throws {
    let expected = image(24, 17, 3) { [10 * $2, 14 * $1, 128][$0] }
    let baseline = try readImage(JPEGFixtures.colour)
    #expect(baseline.format == ImageFormat(width: 24, height: 17, channels: 3))
    #expect(largestDifference(baseline.image, expected) <= 8)
    let progressive = try readImage(JPEGFixtures.progressive)
    #expect(progressive.format == baseline.format)
    #expect(largestDifference(progressive.image, expected) <= 30)
  }

  @Test func metadata() throws {
    let plain = try readImage(JPEGFixtures.colour)
    // The profile of the fixture is none.
    let result = try readImage(JPEGFixtures.withMetadata)
    #expect(result.format.metadata == [FixtureMetadata.exif, FixtureMetadata.xmp])
    #expect(result.image == plain.image)
  }

  @Test func profileInTwoSegments() throws {
    let icc = profile("RGB ")
    let name = Array("ICC_PROFILE\0".utf8)
    let result = try readImage(
      jpeg(
        JPEGFixtures.colour,
        segments: [(0xE2, name + [2, 2] + icc[90...]), (0xE2, name + [1, 2] + icc[..<90])]))
    #expect(result.format.metadata == [MetadataBlock(kind: .icc, bytes: icc)])
  }

  @Test func cmykIsRefused() throws {
    let error = #expect(throws: MediaFileError.self) { try readImage(JPEGFixtures.cmyk) }
    #expect(error?.description.contains("CMYK") == true)
  }

  @Test func damageThrows() throws {
    // The last bytes before the end of the picture are entropy coded.
    var bytes = JPEGFixtures.colour
    bytes.removeSubrange((bytes.count - 30)..<(bytes.count - 2))
    #expect(throws: MediaFileError.self) { try readImage(bytes) }
  }

  private func largestDifference(_ a: Image, _ b: Image) -> Float {
    zip(a.samples, b.samples).map { abs($0 - $1) }.max() ?? .infinity
  }
}
