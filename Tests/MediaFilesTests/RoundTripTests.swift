import MediaFiles
import Signals
import TestSupport
import Testing

struct RoundTripTests {
  static let sizes = [(1, 1), (1, 7), (13, 1), (17, 9), (64, 33)]

  @Test(arguments: ["png", "ppm", "pnm", "npy"], [SampleType.uint8, .uint16])
  func integers(name: String, type: SampleType) throws {
    let folder = try TemporaryFolder()
    for (width, height) in Self.sizes {
      // Grey in .ppm becomes three channels.
      for channels in name == "ppm" ? [3] : [1, 3] {
        for hasAlpha in name == "png" ? [false, true] : [false] {
          let format = ImageFormat(
            kind: name == "npy" ? .array : .image, width: width, height: height,
            channels: channels, hasAlpha: hasAlpha, sampleType: type)
          let image = randomImage(format, seed: UInt64(width * channels))
          try writeImage(image, format: format, path: folder.file("a.\(name)"), overwrite: true)
          let result = try readImage(folder.file("a.\(name)"))
          #expect(result.format == format.with(bits: result.format.bits))
          #expect(result.image == image)
        }
      }
    }
  }

  @Test(arguments: SampleType.allCases)
  func arrays(type: SampleType) throws {
    let folder = try TemporaryFolder()
    for channels in [1, 2, 5, 193] {
      let format = ImageFormat(
        kind: .array, width: 11, height: 6, channels: channels, sampleType: type)
      let image = randomImage(format, seed: UInt64(channels))
      try writeImage(image, format: format, path: folder.file("a.npy"), overwrite: true)
      let result = try readImage(folder.file("a.npy"))
      #expect(result.format == format.with(bits: result.format.bits))
      #expect(result.image == image)
    }
  }

  @Test func largerThanTheBuffers() throws {
    let folder = try TemporaryFolder()
    let format = ImageFormat(width: 531, height: 217, channels: 3, sampleType: .uint16)
    let image = randomImage(format, seed: 1)
    for name in ["a.png", "a.ppm", "a.npy"] {
      try writeImage(image, format: format, path: folder.file(name), step: 150)
      #expect(try readImage(folder.file(name), step: 217).image == image)
    }
  }

  @Test func metadataOfPNG() throws {
    let folder = try TemporaryFolder()
    let noise = randomImage(ImageFormat(width: 999, height: 301, channels: 1), seed: 2).samples
    let metadata = [
      MetadataBlock(kind: .exif, bytes: Array("MM\0*".utf8)),
      MetadataBlock(kind: .icc, bytes: profile("GRAY") + noise.map { UInt8($0) }),
      MetadataBlock(kind: .xmp, bytes: Array("<x:xmpmeta/> \u{E9}".utf8)),
    ]
    let format = ImageFormat(
      width: 3, height: 2, channels: 1, sampleType: .uint16, metadata: metadata)
    try writeImage(randomImage(format, seed: 3), format: format, path: folder.file("a.png"))
    let result = try readImage(folder.file("a.png")).format
    #expect(result == format.with(bits: result.bits))
  }

  @Test func samplesBeyondTheRangeAreClamped() throws {
    let folder = try TemporaryFolder()
    let format = ImageFormat(width: 5, height: 1, channels: 1)
    let image = Image(width: 5, height: 1, planes: 1, samples: [-3, 300, .nan, 1.6, .infinity])
    try writeImage(image, format: format, path: folder.file("a.png"))
    #expect(try readImage(folder.file("a.png")).image.samples == [0, 255, 0, 2, 255])
  }

  @Test func formatsThatAFileCannotHold() throws {
    let folder = try TemporaryFolder()
    let float = ImageFormat(width: 1, height: 1, channels: 3, sampleType: .float32)
    let alpha = ImageFormat(width: 1, height: 1, channels: 3, hasAlpha: true)
    let two = ImageFormat(kind: .array, width: 1, height: 1, channels: 2)
    let huge = ImageFormat(width: 1 << 31, height: 1, channels: 1)
    let empty = ImageFormat(width: 0, height: 1, channels: 1)
    for (name, format) in [
      ("a.png", float), ("a.png", two), ("a.png", huge), ("a.ppm", float), ("a.ppm", alpha),
      ("a.ppm", two), ("a.npy", empty), ("a.jpg", alpha), ("a", alpha),
    ] {
      #expect(throws: MediaFileError.self) {
        try createImage(path: folder.file(name), format: format, overwrite: false)
      }
    }
    #expect(try folder.contents() == [])
  }

  @Test func kindsOfFiles() {
    #expect(ImageFileType(path: "a/b.PNG") == .png)
    #expect(ImageFileType(path: "b.pgm") == .pgm)
    #expect(ImageFileType(path: "a.png/b") == nil)
    #expect(ImageFileType(path: "png") == nil)
    #expect(ImageFileType(for: ImageFormat(width: 1, height: 1, channels: 3)) == .png)
    #expect(
      ImageFileType(for: ImageFormat(kind: .array, width: 1, height: 1, channels: 3)) == .npy)
    #expect(
      ImageFileType(for: ImageFormat(width: 1, height: 1, channels: 1, sampleType: .float32))
        == .npy)
    #expect(ImageFileType.allCases.map(\.fileExtension) == ["png", "pnm", "pgm", "ppm", "npy"])
  }
}

extension ImageFormat {
  /// This format, where samples happen to have fewer bits.
  fileprivate func with(bits: Int) -> ImageFormat {
    var format = self
    format.bits = bits
    return format
  }
}
