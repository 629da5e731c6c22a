import LearnedCodec
import Signals
import Testing

/// A picture read as a sound, and the reverse, is called what it is, not damaged.
struct OtherKindTests {
  @Test func picturesAndSoundsAreToldApart() async throws {
    let sounds = try await plainSoundCodec.file(
      sound(5000, channels: 1), tags: [], .init(quality: Quality(20)))
    let pictures = try await ContainerDamageTests.container().serialized()
    #expect(throws: ContainerError.otherKind(file: "f", isSound: true)) {
      try PictureContainer(parsing: sounds, file: "f")
    }
    #expect(throws: ContainerError.otherKind(file: "f", isSound: false)) {
      try SoundContainer(parsing: pictures, file: "f")
    }
    #expect(
      "\(ContainerError.otherKind(file: "f", isSound: true))" == "f is a sound, not a picture")
  }
}
