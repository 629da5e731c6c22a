import CSndFile
import MediaFiles
import Signals
import TestSupport
import Testing

/// Variants that libsndfile does not know, sounds that end early, and what outputs cannot hold.
struct SoundVariantTests {
  private let samples = (0..<5000).map { Int16(truncatingIfNeeded: $0 * $0) }

  @Test(arguments: [UInt64(10_000), 0, UInt64.max])
  func bw64(size: UInt64) throws {
    let plain = wav(samples, fileSize: 0xFFFF_FFFF, dataSize: 0xFFFF_FFFF)
    func little(_ value: UInt64) -> [UInt8] {
      withUnsafeBytes(of: value.littleEndian) { Array($0) }
    }
    let sizes =
      Array("ds64".utf8) + [28, 0, 0, 0] + little(10_072) + little(size) + little(5000)
      + [0, 0, 0, 0]
    for name in ["BW64", "RF64"] {
      let bytes = Array(name.utf8) + plain[4..<12] + sizes + plain[12...]
      let result = try readSound(bytes)
      #expect(result.format == AudioFormat(sampleRate: 8000, channels: 1, frames: 5000))
      #expect(result.audio.samples == samples.map { Float($0) / 32768 })
    }
  }

  @Test func flacOf32BitsIsNamed() throws {
    let folder = try TemporaryFolder()
    let format = AudioFormat(sampleRate: 8000, channels: 1, frames: 99, sampleType: .int24)
    try writeSound(randomSound(format, seed: 1), format: format, path: folder.file("a.flac"))
    var bytes = try readFile(path: folder.file("a.flac"), maximumBytes: 1 << 16)
    // Five bits of the bits a sample, less one, in STREAMINFO.
    bytes[20] |= 1
    bytes[21] |= 0xF0
    let path = try folder.write(bytes, to: "b.flac")
    let error = #expect(throws: MediaFileError.self) { try AudioFile(path: path) }
    #expect(error?.description == "\(path): FLAC of 32 bits is not supported, 24 at most")
  }

  @Test func partialWAV() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(wav(samples).dropLast(4001), to: "a.wav")
    let error = #expect(throws: MediaFileError.self) { try AudioFile(path: path) }
    #expect(
      error?.description
        == "\(path) ends early, at byte 6043, frame 2999: 4001 of the 10000 bytes of its samples "
        + "are missing")
    let warnings = WarningList()
    let result = try readSound(path, options: ReadingOptions(isPartial: true, warn: warnings.add))
    #expect(result.audio.samples == samples.prefix(2999).map { Float($0) / 32768 })
    #expect(
      warnings.all == [
        "it is read up to frame 2999: 4001 of the 10000 bytes of its samples are missing"
      ])
  }

  @Test(
    arguments: [
      (name: "Vorbis", container: SF_FORMAT_OGG, subtype: SF_FORMAT_VORBIS),
      ("Opus", SF_FORMAT_OGG, SF_FORMAT_OPUS),
      ("MP3", SF_FORMAT_MPEG, SF_FORMAT_MPEG_LAYER_III), ("FLAC", SF_FORMAT_FLAC, SF_FORMAT_PCM_16),
    ].filter { AudioFileTests.canWrite($0.1, $0.2) })
  func partialOthers(name: String, container: Int, subtype: Int) throws {
    let folder = try TemporaryFolder()
    let bytes = try #require(
      try bytesFromLibsndfile(
        testSound(frames: 96_000, channels: 2), sampleRate: 48_000, container: container,
        subtype: subtype))
    let whole = try readSound(bytes).audio
    let warnings = WarningList()
    let options = ReadingOptions(isPartial: true, warn: warnings.add)
    #expect(try readSound(bytes, options: options).audio == whole)
    #expect(warnings.all.isEmpty)
    let path = try folder.write(bytes.prefix(bytes.count * 2 / 3) + [], to: "a")
    let error = #expect(throws: MediaFileError.self) { try readSound(path) }
    if name != "FLAC" {
      #expect(
        error?.description.hasPrefix("\(path) ends early, at byte ") == true, "\(error!)")
    }
    let part = try readSound(path, options: options).audio
    #expect((40_000..<90_000).contains(part.frames), "\(name)")
    // The last frame overlaps with the missing one.
    let same = part.frames - 5000
    #expect(part.frames(0..<same) == whole.frames(0..<same))
    #expect(warnings.all.count == 1)
  }

  @Test func whatFLACDoesNotHoldIsSaid() throws {
    let folder = try TemporaryFolder()
    let warnings = WarningList()
    var format = AudioFormat(sampleRate: 8000, channels: 2, frames: 4, sampleType: .float32)
    let audio = Audio(frames: 4, channels: 2, samples: [0, 1, 1.5, -1, -1.01, 0.5, 80, -90])
    try writeSound(audio, format: format, path: folder.file("a.flac"), warn: warnings.add)
    #expect(warnings.all == ["4 samples beyond full scale were clipped to 24 bits"])
    format.sampleType = .int32
    try writeSound(audio, format: format, path: folder.file("b.flac"), warn: warnings.add)
    #expect(warnings.all.last == "samples of 32 bits are rounded to 24")
    format.sampleType = .float32
    try writeSound(audio, format: format, path: folder.file("c.wav"), warn: warnings.add)
    #expect(warnings.all.count == 2)
  }
}
