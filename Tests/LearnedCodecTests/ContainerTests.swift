@testable import LearnedCodec
import Signals
import Testing

struct ContainerTests {
  /// A container with something in every section.
  static let sample = PictureContainer(
    format: ImageFormat(
      width: 5, height: 9, channels: 1, hasAlpha: true, sampleType: .uint16,
      metadata: [
        MetadataBlock(kind: .icc, bytes: [1, 2, 3]),
        MetadataBlock(kind: .xmp, bytes: Array("<x/>".utf8)),
      ]),
    codecHash: 0x0123_4567_89AB_CDEF, channels: 2, quality: Quality(50), stripPatchRows: 4,
    strips: [.init(symbols: [1, 2, 3], alpha: [9]), .init(symbols: [], alpha: [8, 7])])

  /// Its bytes by the table of fields in `PictureContainer`, put together by a program of its own.
  static let sampleBytes = bytes(
    hex: """
      89574c430d0a1a0a02000101efcdab8967452301050000000900000001000200
      003202000400000002000000ffff1001030000001ef230f103040000008f9bfb
      91030000000100000027c01896000000000200000081d0bfb821049f34010203
      3c782f3e010203090807
      """)

  @Test func bytesAreThoseOfTheFormat() throws {
    #expect(Self.sample.serialized() == Self.sampleBytes)
    #expect(Self.sample.byteCount == Self.sampleBytes.count)
    #expect(try PictureContainer(parsing: Self.sampleBytes, file: "a") == Self.sample)
  }

  @Test(arguments: SampleType.allCases, [ImageFormat.Kind.image, .array])
  func roundTrip(type: SampleType, kind: ImageFormat.Kind) throws {
    for blocks in [[], MetadataBlock.Kind.allCases, [.exif, .exif, .icc]] {
      for (width, height, channels) in [(1, 1, 1), (1 << 20, 3, 3), (7, 1 << 20, 4096)] {
        let format = ImageFormat(
          kind: kind, width: width, height: height, channels: channels,
          hasAlpha: channels == 3, sampleType: type,
          metadata: blocks.enumerated().map {
            MetadataBlock(kind: $1, bytes: [UInt8](repeating: 7, count: $0 * 1000))
          })
        let container = PictureContainer(
          format: format, codecHash: .max, channels: 65535, quality: Quality(units: 12345),
          stripPatchRows: 1 << 31,
          strips: (0..<blocks.count * 5).map {
            .init(
              symbols: ArraySlice(repeating: 3, count: $0 * 99),
              alpha: ArraySlice(repeating: 5, count: $0))
          })
        let bytes = container.serialized()
        #expect(bytes.count == container.byteCount)
        #expect(try PictureContainer(parsing: bytes, file: "a") == container)
      }
    }
  }

  @Test func limitOfPixels() throws {
    let bytes = Self.sampleBytes
    _ = try PictureContainer(parsing: bytes, file: "a", maximumPixels: 45)
    #expect(throws: ContainerError.tooManyPixels(file: "a", width: 5, height: 9, limit: 44)) {
      try PictureContainer(parsing: bytes, file: "a", maximumPixels: 44)
    }
  }

  @Test func trailingBytes() throws {
    #expect(throws: ContainerError.trailingBytes(file: "a", offset: 106, count: 2)) {
      try PictureContainer(parsing: Self.sampleBytes + [0, 0], file: "a")
    }
  }

  @Test func otherFilesAndVersions() throws {
    for bytes in [[], [0x89], Array("P6 1 1 255 abc".utf8), [0x89] + Array("PNG\r\n\u{1A}\n".utf8)]
    {
      #expect(throws: ContainerError.self) { try PictureContainer(parsing: bytes, file: "a") }
    }
    #expect(throws: ContainerError.notAContainer(file: "a")) {
      try PictureContainer(parsing: [1] + Self.sampleBytes.dropFirst(), file: "a")
    }
    var bytes = Self.sampleBytes
    bytes[8] = 3
    #expect(throws: ContainerError.unknownVersion(file: "a", version: 3)) {
      try PictureContainer(parsing: bytes, file: "a")
    }
  }

  @Test func impossibleFieldsAreNamed() {
    let fields: [(offset: Int, value: UInt8, name: String)] = [
      (9, 3, "kind"), (10, 3, "sample type"), (11, 8, "flags"), (20, 0, "width"),
      (27, 1, "height"), (28, 0, "channels"), (30, 0, "latent channels"), (33, 255, "quality"),
      (36, 0, "strip height"), (46, 17, "bits"), (46, 0, "bits"),
      (47, 13, "metadata kind"),
    ]
    for (offset, value, name) in fields {
      var bytes = Self.sampleBytes
      bytes[offset] = value
      correctHeaderChecksum(&bytes)
      let error = #expect(throws: ContainerError.self, "\(name)") {
        try PictureContainer(parsing: bytes, file: "photo.wlc")
      }
      #expect(error?.description.hasPrefix("photo.wlc ") ?? false)
      #expect(error?.description.contains("\(name) at offset") ?? false, "\(name)")
    }
  }
}
