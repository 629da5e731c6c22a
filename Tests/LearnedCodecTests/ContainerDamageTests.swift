import EntropyCoding
@testable import LearnedCodec
import Signals
import Testing

struct ContainerDamageTests {
  static let codec = TinyCodec.grey

  /// A small picture with metadata and alpha in three strips.
  static func container() async throws -> PictureContainer {
    let picture = naturalPicture(width: 20, height: 90, planes: 2, seed: 3)
    var format = ImageFormat(of: picture, hasAlpha: true)
    format.metadata = [MetadataBlock(kind: .exif, bytes: [1, 2, 3, 4, 5])]
    return try await codec.encode(
      picture, as: format, .init(quality: Quality(30), stripRows: 32))
  }

  @Test func truncationAtEveryByte() async throws {
    let bytes = try await Self.container().serialized()
    for length in bytes.indices {
      let error = #expect(throws: ContainerError.self, "\(length)") {
        try PictureContainer(parsing: Array(bytes[..<length]), file: "photo.wlc")
      }
      let text = error?.description ?? ""
      if length == 0 {
        #expect(error == .notAContainer(file: "photo.wlc"))
      } else {
        #expect(text.hasPrefix("photo.wlc is cut off in its ") && text.hasSuffix(" \(length)"))
      }
    }
  }

  @Test func flippedBits() async throws {
    let bytes = try await Self.container().serialized()
    var generator = SeededGenerator(seed: 8)
    for _ in 0..<300 {
      var damaged = bytes
      let (place, bit) = (
        Int.random(in: bytes.indices, using: &generator), Int.random(in: 0..<8, using: &generator)
      )
      damaged[place] ^= 1 << bit
      // The checksums find every single bit, wherever it is.
      let error = #expect(throws: ContainerError.self, "bit \(bit) of byte \(place)") {
        try PictureContainer(parsing: damaged, file: "photo.wlc")
      }
      let text = error?.description ?? ""
      #expect(text.hasPrefix("photo.wlc "))
      // Byte 9 says whether it is a picture or a sound.
      if place > 9 { #expect(text.contains(" offset "), "\(text)") }
    }
  }

  @Test func sectionsAndOffsetsAreNamed() async throws {
    let container = try await Self.container()
    let bytes = container.serialized()
    let payload = 47 + 9 + 3 * 12 + 4
    let secondStrip =
      payload + 5 + container.strips[0].symbols.count + container.strips[0].alpha.count
    for (place, error) in [
      (20, ContainerError.damaged(file: "a", section: "header", offset: payload - 4)),
      (payload + 2, .damaged(file: "a", section: "metadata block 0", offset: payload)),
      (payload + 7, .damaged(file: "a", section: "strip 0", offset: payload + 5)),
      (secondStrip, .damaged(file: "a", section: "strip 1", offset: secondStrip)),
    ] {
      var damaged = bytes
      damaged[place] ^= 4
      #expect(throws: error) { try PictureContainer(parsing: damaged, file: "a") }
    }
  }

  @Test func damagedStripsAreMarkedWhereAllowed() async throws {
    let container = try await Self.container()
    var bytes = container.serialized()
    bytes[47 + 9 + 3 * 12 + 4 + 5] ^= 1
    bytes.removeLast()
    let parsed = try PictureContainer(parsing: bytes, file: "a", allowingDamage: true)
    #expect(parsed.strips.map(\.isIntact) == [false, true, false])
    #expect(parsed.strips[1] == container.strips[1])
    // Without its header a file is nothing.
    bytes[21] ^= 1
    #expect(throws: ContainerError.self) {
      try PictureContainer(parsing: bytes, file: "a", allowingDamage: true)
    }
  }

  @Test(arguments: [false, true]) func randomHeaders(allowingDamage: Bool) async throws {
    let bytes = try await Self.container().serialized()
    var generator = SeededGenerator(seed: allowingDamage ? 1 : 2)
    var (parsed, decoded) = (0, 0)
    for round in 0..<1500 {
      var header = bytes
      for _ in 0...round % 3 {
        // The codec hash stays, so that what can be parsed is decoded too.
        let place = [9, 10, 11].randomElement(using: &generator)!
        let other = Int.random(in: 20..<47 + 9 + 36, using: &generator)
        header[round % 5 == 0 ? place : other] = UInt8.random(in: 0...255, using: &generator)
      }
      correctHeaderChecksum(&header)
      do {
        let container = try PictureContainer(
          parsing: header, file: "a", maximumPixels: 1 << 14, allowingDamage: allowingDamage)
        parsed += 1
        let image = try await Self.codec.decode(container)
        #expect(image.width == container.format.width && image.height == container.format.height)
        decoded += 1
      } catch let error as ContainerError {
        #expect(error.description.hasPrefix("a ") || error.description.hasPrefix("the file "))
      }
    }
    // Some headers are possible, such as those of another quality.
    #expect(parsed > 30 && decoded > 20)
  }

  @Test func countsThatTheFileCannotHold() {
    for (offset, bytes) in [(34, 2), (40, 4), (48, 4), (65, 4), (69, 4)] {
      var header = ContainerTests.sampleBytes
      for index in 0..<bytes { header[offset + index] = 0xFF }
      correctHeaderChecksum(&header)
      #expect(throws: ContainerError.self) { try PictureContainer(parsing: header, file: "a") }
    }
  }
}

/// Puts the right checksum behind a header, where the file is long enough for what it states.
func correctHeaderChecksum(_ bytes: inout [UInt8]) {
  func integer(_ offset: Int, _ count: Int) -> Int {
    (0..<count).reduce(0) { $0 | Int(bytes[offset + $1]) << (8 * $1) }
  }
  let end = 47 + 9 * integer(34, 2) + 12 * integer(40, 4)
  guard end + 4 <= bytes.count else { return }
  let checksum = crc32c(bytes[..<end])
  for index in 0..<4 { bytes[end + index] = UInt8(truncatingIfNeeded: checksum >> (8 * index)) }
}

/// The bytes that hexadecimal digits state; blanks do not count.
func bytes(hex: String) -> [UInt8] {
  let digits = hex.filter { !$0.isWhitespace }.map { UInt8($0.hexDigitValue!) }
  return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
}
