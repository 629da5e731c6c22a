import CSndFile
import MediaFiles
import Signals
import TestSupport
import Testing

/// Files that were joined, or have something before them, are read whole or refused.
struct SoundPartsTests {
  private static let kinds = [
    (name: "Vorbis", container: SF_FORMAT_OGG, subtype: SF_FORMAT_VORBIS),
    ("Opus", SF_FORMAT_OGG, SF_FORMAT_OPUS),
    ("MP3", SF_FORMAT_MPEG, SF_FORMAT_MPEG_LAYER_III), ("FLAC", SF_FORMAT_FLAC, SF_FORMAT_PCM_16),
    ("WAV", SF_FORMAT_WAV, SF_FORMAT_PCM_16), ("AIFF", SF_FORMAT_AIFF, SF_FORMAT_PCM_16),
  ].filter { AudioFileTests.canWrite($0.1, $0.2) }

  private static func file(
    _ kind: (name: String, container: Int, subtype: Int), frames: Int, channels: Int = 2,
    sampleRate: Int = 48000, title: String? = nil
  ) throws -> [UInt8] {
    try #require(
      try bytesFromLibsndfile(
        testSound(frames: frames, channels: channels), sampleRate: sampleRate,
        container: kind.container, subtype: kind.subtype, title: title))
  }

  @Test(arguments: kinds)
  func joinedFilesAreOneSound(name: String, container: Int, subtype: Int) throws {
    let kind = (name, container, subtype)
    let (first, second) = (
      try Self.file(kind, frames: 30_000), try Self.file(kind, frames: 20_001)
    )
    let parts = try [first, second].map { try readSound($0).audio }
    let result = try readSound(first + second)
    #expect(result.format.frames == 50_001)
    #expect(result.audio == parts[0].followed(by: parts[1]))
    #expect(try readSound(first + second + first).audio.frames == 80_001)
  }

  @Test(arguments: kinds)
  func joinedFilesOfOtherChannelsOrRatesAreRefused(
    name: String, container: Int, subtype: Int
  ) throws {
    let folder = try TemporaryFolder()
    let kind = (name, container, subtype)
    let first = try Self.file(kind, frames: 9000)
    for other in [
      try Self.file(kind, frames: 9000, channels: 1),
      try Self.file(kind, frames: 9000, sampleRate: 24000),
    ] {
      let path = try folder.write(first + other, to: "a")
      let error = #expect(throws: MediaFileError.self) { _ = try readSound(path) }
      // Opus always decodes to 48 kHz, where libsndfile does not say otherwise.
      if error == nil, name == "Opus" { continue }
      #expect(
        error?.description
          == "\(path): several sounds of different rates or channels were joined in it; "
          + "split it first")
    }
  }

  @Test(arguments: kinds)
  func tagsBeforeTheFile(name: String, container: Int, subtype: Int) throws {
    let file = try Self.file((name, container, subtype), frames: 9000)
    let plain = try readSound(file)
    let titled = id3("A title", room: 5000)
    for bytes in [titled + file, titled + id3("Another") + file] {
      let result = try readSound(bytes)
      #expect(result.audio == plain.audio)
      #expect(result.format.tags.contains(AudioTag(name: "TITLE", text: "A title")))
    }
  }

  @Test(.enabled(if: AudioFileTests.canWrite(SF_FORMAT_MPEG, SF_FORMAT_MPEG_LAYER_III)))
  func tagsBetweenFiles() throws {
    let file = try Self.file(
      ("MP3", SF_FORMAT_MPEG, SF_FORMAT_MPEG_LAYER_III), frames: 9000)
    let old = Array("TAGOld".utf8) + [UInt8](repeating: 0x20, count: 122)
    let result = try readSound(id3("One") + file + old + id3("Two") + file + old)
    #expect(result.format.frames == 18_000 && result.audio.frames == 18_000)
    #expect(result.format.tags.filter { $0.name == "TITLE" }.map(\.text) == ["One"])
    #expect(try readSound(file + old).format.tags.contains(AudioTag(name: "TITLE", text: "Old")))
  }

  @Test func joinedFilesWithoutALengthAreReadToTheEnd() throws {
    let samples = (0..<3000).map { Int16($0) }
    let open = wav(samples, fileSize: 0xFFFF_FFFF, dataSize: 0xFFFF_FFFF)
    #expect(try readSound(wav(samples) + open).audio.frames == 6000)
  }

  /// FLAC and others in Ogg, and several sounds side by side.
  @Test(.enabled(if: AudioFileTests.canWrite(SF_FORMAT_OGG, SF_FORMAT_VORBIS)))
  func otherSoundsInOgg() throws {
    let folder = try TemporaryFolder()
    let file = try Self.file(Self.kinds[0], frames: 9000)
    for (packet, message) in [
      ([0x7F] + Array("FLAC".utf8), "FLAC in Ogg is not supported, only Vorbis and Opus"),
      (Array("Speex   ".utf8), "Speex in Ogg is not supported, only Vorbis and Opus"),
      (Array("\u{1}video".utf8), "Ogg without Vorbis or Opus is not supported"),
    ] {
      let page =
        Array("OggS".utf8) + [0, 2] + [UInt8](repeating: 0, count: 20) + [1, UInt8(packet.count)]
        + packet
      let path = try folder.write(page, to: "a.ogg")
      let error = #expect(throws: MediaFileError.self) { try AudioFile(path: path) }
      #expect(error?.description == "\(path): \(message)")
    }
    // Another first page of Vorbis in the same link.
    let size = 28 + Int(file[27])
    var page = Array(file[..<size])
    page[14] ^= 1
    let path = try folder.write(page + file, to: "b.ogg")
    let error = #expect(throws: MediaFileError.self) { try AudioFile(path: path) }
    #expect(error?.description.hasSuffix("several sounds side by side is not supported") == true)
  }
}
