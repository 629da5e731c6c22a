import EntropyCoding
@testable import LearnedCodec
import Signals
import Testing

/// Sounds of floating point beyond full scale, what headers hold, and limits of size.
struct SoundScaleTests {
  private static func loud(_ factor: Float) -> Audio {
    var audio = sound(60_000, channels: 2)
    for index in audio.samples.indices { audio.samples[index] *= factor }
    return audio
  }

  @Test(arguments: [0x1p7, 0x1p15, 0x1p60] as [Float])
  func loudSoundsAreCodedAsAtFullScale(factor: Float) async throws {
    let (plain, loud) = (Self.loud(1), Self.loud(factor))
    let options = SoundOptions(quality: Quality(70))
    await #expect(throws: CodingError.beyondFullScale(frame: 0, scale: 0)) {
      try await plainSoundCodec.file(loud, options)
    }
    var scaled = options
    scaled.scale = try SoundScale.scale(of: ShortFrames(loud))
    #expect(
      (factor / 2...factor).contains(Float(sign: .plus, exponent: scaled.scale, significand: 1)))
    // One that gives the same numbers.
    scaled.scale = Int(factor.exponent)
    let bytes = try await plainSoundCodec.file(loud, scaled)
    let container = try SoundContainer(parsing: bytes, file: "f")
    #expect(container.scale == scaled.scale)
    let decoded = try await plainSoundCodec.sound(of: container)
    let same = try await plainSoundCodec.sound(
      of: SoundContainer(parsing: try await plainSoundCodec.file(plain, options), file: "f"))
    #expect(decoded.samples == same.samples.map { $0 * factor })
  }

  @Test func scalesOfPeaks() throws {
    #expect(
      try [0, 1, 2, 2.01, 4, 85, 32_768].map { try SoundScale.scale(peak: $0) } == [
        0, 0, 0, 2, 2, 7, 15,
      ])
    #expect(throws: CodingError.self) { try SoundScale.scale(peak: .greatestFiniteMagnitude) }
    #expect(throws: CodingError.notFiniteSound(frame: 0)) {
      try SoundScale.scale(of: ShortFrames(Audio(frames: 2, channels: 1, samples: [1, .nan])))
    }
  }

  private static func container() -> SoundContainer {
    SoundContainer(
      format: AudioFormat(
        sampleRate: 48_000, channels: 4, frames: 0, sampleType: .float32,
        layout: .speakers(0x107),
        tags: [
          AudioTag(name: "ARTIST", text: "First"),
          AudioTag(name: "ARTIST", text: String(repeating: "long ", count: 20_000)),
        ],
        blocks: [
          AudioBlock(kind: .picture, bytes: [UInt8](repeating: 7, count: 70_000)),
          AudioBlock(kind: .chunk, bytes: Array("bext!".utf8)),
        ]),
      codecHash: 5, quality: Quality(50), hasBandSteps: true, coefficients: 4096,
      segmentPatches: 12,
      scale: 9)
  }

  @Test func headersHoldAllOfAFormat() async throws {
    let format = Self.container().format
    var bytes: [UInt8] = []
    try await plainSoundCodec.encode(
      FormattedFrames(sound(5000, channels: 4), format), options: .init(quality: Quality(30))
    ) { bytes += $0 }
    var expected = format
    expected.frames = 5000
    #expect(try SoundContainer(parsing: bytes, file: "f").format == expected)
    for layout in [nil, .ambisonic, .speakers(0)] as [ChannelLayout?] {
      expected.layout = layout
      bytes = []
      try await plainSoundCodec.encode(
        FormattedFrames(sound(5000, channels: 4), expected), options: .init(quality: Quality(30))
      ) { bytes += $0 }
      #expect(try SoundContainer(parsing: bytes, file: "f").format == expected)
    }
    expected.tags = [AudioTag(name: "A=B", text: "")]
    await #expect(throws: CodingError.metadata) {
      try await plainSoundCodec.encode(
        FormattedFrames(sound(5000, channels: 4), expected), options: .init(quality: Quality(30))
      ) { _ in }
    }
  }

  @Test func impossibleHeadersAreRefused() throws {
    for (offset, value, field) in [
      (32, 101, "scale"), (33, 3, "layout of channels"), (34, 1, "loudspeakers"),
    ] as [(Int, UInt8, String)] {
      var container = Self.container()
      container.format.tags = []
      container.format.blocks = []
      container.format.layout = nil
      var header = container.header
      header[offset] = value
      let crc = withUnsafeBytes(of: crc32c(header.dropLast(4)).littleEndian) { Array($0) }
      header.replaceSubrange(header.count - 4..<header.count, with: crc)
      let error = #expect(throws: ContainerError.self) {
        try SoundContainer(parsing: header, file: "f")
      }
      #expect(error?.description.contains(field) == true, "\(field)")
    }
  }

  @Test(arguments: [4000, 9000, 20_000, 20_001, 60_000])
  func noFileIsLargerThanItsLimit(limit: Int) async throws {
    let audio = sound(200_000, channels: 2)
    var bytes: [UInt8] = []
    let result = try await plainSoundCodec.encode(
      toBytes: limit, options: .init(quality: Quality(0)), frames: audio.frames,
      open: { ShortFrames(audio) }
    ) {
      bytes = []
      return { bytes += $0 }
    }
    #expect(bytes.count == result.bytes && bytes.count <= limit)
    #expect(bytes.count > limit * 97 / 100 || result.container.quality == .highest)
    #expect(try SoundContainer(parsing: bytes, file: "f").quality == result.container.quality)
  }

  /// Of a long sound the search sees a part; here the part that it does not see is louder.
  @Test func segmentsThatTheSearchDoesNotSee() async throws {
    var audio = sound(48_000 * 70, channels: 1)
    let patch = 4096 * 12
    for frame in 0..<audio.frames where frame / patch % 3 == 1 { audio[0, frame] *= 0.001 }
    let limit = 120_000
    let result = try await plainSoundCodec.encode(
      toBytes: limit, options: .init(quality: Quality(0)), frames: audio.frames,
      open: { ShortFrames(audio) }, begin: { { _ in } })
    #expect(result.bytes <= limit)
  }

  @Test func limitsThatCannotBeMet() async throws {
    let audio = sound(50_000, channels: 1)
    let smallest = try await plainSoundCodec.file(audio, .init(quality: .lowest)).count
    await #expect(throws: CodingError.unreachableSize(limit: 60, smallest: smallest)) {
      try await plainSoundCodec.encode(
        toBytes: 60, options: .init(quality: Quality(0)), frames: audio.frames,
        open: { ShortFrames(audio) }, begin: { { _ in } })
    }
  }
}

/// Frames of a given format.
private final class FormattedFrames: AudioSource {
  let format: AudioFormat
  private let frames: ShortFrames

  init(_ audio: Audio, _ format: AudioFormat) {
    self.format = format
    frames = ShortFrames(audio)
  }

  func nextFrames(_ count: Int) -> Audio { frames.nextFrames(count) }
}
