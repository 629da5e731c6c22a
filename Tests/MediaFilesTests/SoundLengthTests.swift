import CSndFile
import MediaFiles
import Signals
import TestSupport
import Testing

/// Files that state no length, or another than they have.
struct SoundLengthTests {
  private let samples = (0..<100).map { Int16($0 * $0) }

  @Test(
    arguments: [
      // As ffmpeg writes to a pipe; as others do; SoX; a program that was killed.
      (0xFFFF_FFFF, 0xFFFF_FFFF), (0, 0), (0xFFFF_FFFF, 0), (36, 0), (0x7FFF_F024, 0x7FFF_F000),
      (0x7FFF_F022, 0x7FFF_EFFE), (8, 0),
      // 2^31 and 2^32 less nothing, one, or a header; whole frames below them.
      (0x8000_0023, 0x7FFF_FFFF), (0x8000_0024, 0x8000_0000), (0xFFFF_FFFF, 0xFFFF_FFDB),
      (0xFFFF_FFFF, 0xFFFF_FFD3), (0x7FFF_FFFF, 0x7FFF_FFDB), (0x7FFF_FFFF, 0x7FFF_FFD8),
      (0xFFFF_FFFE, 0xFFFF_FFFE),
    ] as [(UInt32, UInt32)])
  func wavOfUnknownLength(fileSize: UInt32, dataSize: UInt32) throws {
    let result = try readSound(wav(samples, fileSize: fileSize, dataSize: dataSize))
    #expect(result.format == AudioFormat(sampleRate: 8000, channels: 1, frames: 100))
    #expect(result.audio.samples == samples.map { Float($0) / 32768 })
  }

  /// As SoX and others write to a pipe: a size near 0x7F000000 or 2^31, and frames that fit it.
  @Test(arguments: [0x7F00_0008, 0x7F00_0004, 0x7FFF_FFFF, 0xFFFF_FFFF, 0, 8] as [UInt32])
  func aiffOfUnknownLength(size: UInt32) throws {
    let whole = size < 9 ? 0 : size &+ 0x48
    let result = try readSound(aiff(samples, formSize: whole, soundSize: size))
    #expect(result.format == AudioFormat(sampleRate: 8000, channels: 1, frames: 100))
    #expect(result.audio.samples == samples.map { Float($0) / 32768 })
  }

  @Test func aiffShorterThanItsHeader() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(aiff(samples).dropLast(10), to: "a.aiff")
    let error = #expect(throws: MediaFileError.self) { try AudioFile(path: path) }
    #expect(
      error?.description
        == "\(path) ends early, at byte 244, frame 95: 10 of the 208 bytes of its samples are missing"
    )
  }

  @Test func wavShorterThanItsHeader() throws {
    let folder = try TemporaryFolder()
    for missing in [1, 2, 3, 77, 150, 199, 200] {
      let path = try folder.write(wav(samples).dropLast(missing), to: "a.wav")
      let frames = (200 - missing) / 2
      #expect(
        throws: MediaFileError.endsEarly(
          file: path, frame: frames, offset: 244 - missing,
          what: "\(missing) of the 200 bytes of its samples are missing")
      ) { try AudioFile(path: path) }
    }
    let error = MediaFileError.endsEarly(file: "a", frame: 9, offset: 20, what: "it is cut")
    #expect(error.description == "a ends early, at byte 20, frame 9: it is cut")
  }

  @Test func longerWavStopsWhereItsHeaderSays() throws {
    let result = try readSound(wav(samples, dataSize: 60))
    #expect(result.audio.samples == samples.prefix(30).map { Float($0) / 32768 })
  }

  @Test func flacOfUnknownLength() throws {
    let folder = try TemporaryFolder()
    let format = AudioFormat(sampleRate: 8000, channels: 1, frames: 20_000)
    let audio = randomSound(format, seed: 3)
    try writeSound(audio, format: format, path: folder.file("a.flac"))
    var bytes = try readFile(path: folder.file("a.flac"), maximumBytes: 1 << 20)
    // The number of samples in STREAMINFO: 36 bits that end 18 bytes into it, RFC 9639, 8.2.
    bytes.replaceSubrange(22..<26, with: [0, 0, 0, 0])
    let result = try readSound(bytes)
    #expect(result.format.frames == nil)
    #expect(result.audio == audio)
  }

  @Test(.enabled(if: AudioFileTests.canWrite(SF_FORMAT_MPEG, SF_FORMAT_MPEG_LAYER_III)))
  func mp3WithoutHeaderOfLengthIsReadToItsEnd() throws {
    let audio = testSound(frames: 48000, channels: 2)
    var bytes = try #require(
      try bytesFromLibsndfile(
        audio, sampleRate: 48000, container: SF_FORMAT_MPEG, subtype: SF_FORMAT_MPEG_LAYER_III))
    #expect(try readSound(bytes).format.frames == 48000)
    let mark = try #require(
      bytes.firstRange(of: Array("Xing".utf8)) ?? bytes.firstRange(of: Array("Info".utf8)))
    bytes.replaceSubrange(mark, with: [0, 0, 0, 0])
    let result = try readSound(bytes)
    #expect(result.format.frames == nil)
    // Whole frames of 1152, with the delay of encoder and decoder at both ends.
    #expect((48000...53000).contains(result.audio.frames) && result.audio.frames % 1152 == 0)
  }
}
