import EntropyCoding
import Foundation
@testable import LearnedCodec
import Signals
import Testing

struct SoundContainerDamageTests {
  private static func file() async throws -> [UInt8] {
    try await plainSoundCodec.file(
      sound(110_000, channels: 2), tags: [AudioTag(name: "TITLE", text: "a title")],
      .init(quality: Quality(20)))
  }

  @Test func everyCutIsSeen() async throws {
    let bytes = try await Self.file()
    for count in 0..<bytes.count where count < 120 || count % 97 == 0 || count > bytes.count - 30 {
      #expect(throws: ContainerError.self, "\(count) bytes") {
        try SoundContainer(parsing: Array(bytes[..<count]), file: "f")
      }
    }
    #expect(throws: ContainerError.trailingBytes(file: "f", offset: bytes.count, count: 1)) {
      try SoundContainer(parsing: bytes + [0], file: "f")
    }
  }

  @Test func everyFlippedBitIsSeen() async throws {
    let bytes = try await Self.file()
    var generator = SeededGenerator(seed: 4)
    for _ in 0..<300 {
      var damaged = bytes
      damaged[Int.random(in: 0..<bytes.count, using: &generator)] ^=
        1 << UInt8.random(in: 0..<8, using: &generator)
      #expect(throws: ContainerError.self) { try SoundContainer(parsing: damaged, file: "f") }
    }
  }

  /// 64 bits hold more frames than any number of the program.
  @Test(arguments: [false, true]) func anyNumberOfFrames(allowingDamage: Bool) async throws {
    var bytes = try await Self.file()
    for frames in [UInt64.max, 1 << 63, UInt64(Int64.max), 0] {
      let field = withUnsafeBytes(of: frames.littleEndian) { Array($0) }
      let checksum = withUnsafeBytes(of: crc32c(field).littleEndian) { Array($0) }
      bytes.replaceSubrange((bytes.count - 12)..., with: field + checksum)
      #expect(throws: ContainerError.self) {
        try SoundContainer(parsing: bytes, file: "f", allowingDamage: allowingDamage)
      }
      bytes[bytes.count - 1] ^= 1
      #expect(throws: ContainerError.self) { try SoundContainer(parsing: bytes, file: "f") }
    }
  }

  /// What is left of a damaged file has its length; damaged segments are silent.
  @Test func partsAreKept() async throws {
    let bytes = try await Self.file()
    let whole = try SoundContainer(parsing: bytes, file: "f")
    let decoded = try await plainSoundCodec.sound(of: whole)
    var damaged = bytes
    damaged[bytes.count - 16 - whole.segments[2].symbols.count / 2] ^= 4
    let container = try SoundContainer(parsing: damaged, file: "f", allowingDamage: true)
    #expect(container.segments.map(\.isIntact) == [true, true, false])
    let partial = try await plainSoundCodec.sound(of: container)
    #expect(partial.frames == decoded.frames)
    #expect(partial.frames(0..<80_000) == decoded.frames(0..<80_000))
    #expect(partial.frames(103_000..<110_000).samples.allSatisfy { $0 == 0 })
  }

  /// Bytes that no encoder wrote decode to some sound, and do not trap.
  @Test func anySymbolsDecode() async throws {
    var generator = SeededGenerator(seed: 9)
    var container = try SoundContainer(parsing: try await Self.file(), file: "f")
    for _ in 0..<5 {
      for index in container.segments.indices {
        container.segments[index].symbols = (0..<3000).map { _ in
          UInt8.random(in: 0...255, using: &generator)
        }
      }
      let audio = try await plainSoundCodec.sound(of: container)
      #expect(audio.frames == 110_000)
    }
  }

  @Test func otherCodecsAreRefused() async throws {
    let container = try SoundContainer(parsing: try await Self.file(), file: "f")
    var other = plainSoundCodec
    other.hash = 6
    await #expect(throws: ContainerError.otherCodec(file: "f", made: 5, given: "plain", hash: 6)) {
      try await other.decode(container, to: AudioCollector(channels: 2), file: "f")
    }
    #expect(throws: ContainerError.self) {
      try PictureContainer(parsing: container.serialized(), file: "f")
    }
  }
}
