import CSndFile
import Foundation
import MediaFiles
import Signals
import TestSupport
import Testing

/// Where channels are heard stays what it was.
struct ChannelTests {
  /// For the channels of WAV's order where they are in Vorbis', by the names in both documents.
  private static let orders = [
    3: ("L C R", "L R C"), 4: ("L R BL BR", "L R BL BR"), 5: ("L C R BL BR", "L R C BL BR"),
    6: ("L C R BL BR LFE", "L R C LFE BL BR"), 7: ("L C R SL SR BC LFE", "L R C LFE BC SL SR"),
    8: ("L C R SL SR BL BR LFE", "L R C LFE BL BR SL SR"),
  ]
  private static let masks: [Int: UInt32] = [
    3: 0x7, 4: 0x33, 5: 0x37, 6: 0x3F, 7: 0x70F, 8: 0x63F,
  ]
  private static let kinds = [
    (name: "Vorbis", subtype: SF_FORMAT_VORBIS), ("Opus", SF_FORMAT_OPUS),
  ].filter { AudioFileTests.canWrite(SF_FORMAT_OGG, $0.1) }

  /// A tone of a frequency of its own in each channel.
  private static func tones(_ channels: Int) -> Audio {
    var audio = Audio(frames: 24_000, channels: channels)
    for channel in 0..<channels {
      for frame in 0..<audio.frames {
        // Low enough for Opus' LFE.
        let angle = 2 * Double.pi * Double(40 + 10 * channel) * Double(frame) / 48_000
        audio[channel, frame] = Float(0.3 * sin(angle))
      }
    }
    return audio
  }

  /// The frequency with most energy among those of ``tones``, as an index.
  private static func tone(_ audio: Audio, _ channel: Int) -> Int {
    let powers = (0..<8).map { index in
      let (c, s) = (4800..<19_200).reduce((0.0, 0.0)) { sums, frame in
        let angle = 2 * Double.pi * Double(40 + 10 * index) * Double(frame) / 48_000
        let sample = Double(audio[channel, frame])
        return (sums.0 + sample * cos(angle), sums.1 + sample * sin(angle))
      }
      return c * c + s * s
    }
    return powers.firstIndex(of: powers.max()!)!
  }

  @Test(arguments: kinds, 3...8)
  func surroundComesInTheOrderOfWAV(kind: (name: String, subtype: Int), channels: Int) throws {
    let bytes = try #require(
      try bytesFromLibsndfile(
        Self.tones(channels), sampleRate: 48_000, container: SF_FORMAT_OGG, subtype: kind.subtype))
    let result = try readSound(bytes)
    let (file, expected) = try #require(Self.orders[channels])
    let names = file.split(separator: " ")
    let found = (0..<channels).map { names[Self.tone(result.audio, $0)] }
    #expect(found.joined(separator: " ") == expected, "\(kind.name)")
    #expect(result.format.layout == .speakers(try #require(Self.masks[channels])))
  }

  @Test(
    arguments: [
      (2, 0x3), (1, 0x4), (4, 0x107), (6, 0x3F), (6, 0x60F), (5, 0), (8, 0x63F), (2, 0x600),
    ] as [(Int, UInt32)])
  func masksComeBack(channels: Int, mask: UInt32) throws {
    let folder = try TemporaryFolder()
    for type in [AudioSampleType.int16, .int24, .float32] {
      for name in ["a.wav", "a.flac"] where name == "a.wav" || type != .float32 {
        let format = AudioFormat(
          sampleRate: 8000, channels: channels, frames: 50, sampleType: type,
          layout: .speakers(mask))
        let audio = randomSound(format, seed: 1)
        try writeSound(audio, format: format, path: folder.file(name), overwrite: true)
        let result = try readSound(folder.file(name))
        // In FLAC one and two channels are centre, and left and right, without saying it.
        var expected = format
        if name == "a.flac", (channels == 1 && mask == 4) || (channels == 2 && mask == 3) {
          expected.layout = nil
        }
        #expect(result.format == expected, "\(name)")
        #expect(result.audio == audio)
      }
    }
  }

  /// What others make of our header, and we of theirs.
  @Test func libsndfileAgreesAboutMasks() throws {
    let folder = try TemporaryFolder()
    let format = AudioFormat(
      sampleRate: 8000, channels: 4, frames: 9, layout: .speakers(0x107))
    try writeSound(randomSound(format, seed: 2), format: format, path: folder.file("a.wav"))
    var info = SF_INFO()
    let file = try #require(sf_open(folder.file("a.wav"), Int32(SFM_READ), &info))
    defer { sf_close(file) }
    #expect(Int(info.format) & SF_FORMAT_TYPEMASK == SF_FORMAT_WAVEX && info.frames == 9)
    var map = [Int32](repeating: 0, count: 4)
    #expect(sf_command(file, Int32(SFC_GET_CHANNEL_MAP_INFO), &map, 16) != 0)
    #expect(
      map
        == [
          SF_CHANNEL_MAP_LEFT, SF_CHANNEL_MAP_RIGHT, SF_CHANNEL_MAP_CENTER,
          SF_CHANNEL_MAP_REAR_CENTER,
        ].map { Int32($0) })
  }

  @Test func ambisonicStays() throws {
    let folder = try TemporaryFolder()
    let warnings = WarningList()
    let format = AudioFormat(sampleRate: 8000, channels: 4, frames: 9, layout: .ambisonic)
    let audio = randomSound(format, seed: 3)
    try writeSound(audio, format: format, path: folder.file("a.wav"))
    #expect(try readSound(folder.file("a.wav")).format == format)
    try writeSound(audio, format: format, path: folder.file("a.flac"), warn: warnings.add)
    #expect(warnings.all == ["not kept: that it is ambisonic"])
  }
}
