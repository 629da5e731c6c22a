import CSndFile
import Foundation
import MediaFiles
import Signals
import TestSupport
import Testing

/// Sounds that are read from a pipe once, in order.
struct SoundPipeTests {
  /// Writes to a pipe, since both ends wait for each other, from a thread.
  private static func pipe(_ parts: [[UInt8]], _ folder: TemporaryFolder) -> String {
    let path = folder.file("pipe")
    mkfifo(path, 0o600)
    Thread.detachNewThread {
      // Whoever reads may go away early.
      signal(SIGPIPE, SIG_IGN)
      guard let file = FileHandle(forWritingAtPath: path) else { return }
      for part in parts { try? file.write(contentsOf: Data(part)) }
      try? file.close()
    }
    return path
  }

  private static let options = ReadingOptions(isReadOnce: true)

  private static func readOnce(
    _ path: String, _ options: ReadingOptions
  ) throws -> (format: AudioFormat, audio: Audio) {
    let file = try AudioFile(path: path, options: options)
    let source = try file.open()
    var audio = Audio(frames: 0, channels: source.format.channels)
    while case let more = try source.nextFrames(5000), more.frames > 0 {
      audio = audio.followed(by: more)
    }
    #expect(throws: MediaFileError.self) { try file.open() }
    return (source.format, audio)
  }

  @Test(
    arguments: [
      (name: "WAV", container: SF_FORMAT_WAV, subtype: SF_FORMAT_PCM_24),
      ("AIFF", SF_FORMAT_AIFF, SF_FORMAT_PCM_16), ("FLAC", SF_FORMAT_FLAC, SF_FORMAT_PCM_16),
      ("MP3", SF_FORMAT_MPEG, SF_FORMAT_MPEG_LAYER_III), ("RF64", SF_FORMAT_RF64, SF_FORMAT_FLOAT),
    ].filter { AudioFileTests.canWrite($0.1, $0.2) })
  func kindsThatComeInOrder(name: String, container: Int, subtype: Int) throws {
    let folder = try TemporaryFolder()
    let bytes = try #require(
      try bytesFromLibsndfile(
        testSound(frames: 300_001, channels: 2), sampleRate: 48_000, container: container,
        subtype: subtype))
    let whole = try readSound(bytes).audio
    let result = try Self.readOnce(Self.pipe([bytes], folder), Self.options)
    if name == "MP3" {
      // The end of the last frame is not known before it comes.
      #expect(result.audio.frames >= whole.frames && result.format.frames == nil)
      #expect(result.audio.frames(0..<whole.frames) == whole)
    } else {
      #expect(result.audio == whole)
    }
  }

  @Test func lengthsThatOnlyTheEndTells() throws {
    let samples = (0..<70_000).map { Int16(truncatingIfNeeded: $0 * 7) }
    for bytes in [
      wav(samples, fileSize: 0xFFFF_FFFF, dataSize: 0xFFFF_FFFF),
      wav(samples, fileSize: 0, dataSize: 0),
      wav(samples, dataSize: 0x7FFF_F000), aiff(samples, soundSize: 0x7F00_0008),
      id3("A title", room: 9000) + wav(samples, dataSize: 0x8000_0000),
    ] {
      let folder = try TemporaryFolder()
      let result = try Self.readOnce(Self.pipe([bytes], folder), Self.options)
      #expect(result.format.frames == nil)
      #expect(result.audio.samples == samples.map { Float($0) / 32768 })
    }
  }

  @Test func whatEndsEarlyOrGoesOn() throws {
    let samples = (0..<70_000).map { Int16(truncatingIfNeeded: $0 * 7) }
    let cut = Array(wav(samples).dropLast(9001))
    var folder = try TemporaryFolder()
    #expect(throws: MediaFileError.self) {
      try Self.readOnce(Self.pipe([cut], folder), Self.options)
    }
    folder = try TemporaryFolder()
    let warnings = WarningList()
    var options = ReadingOptions(isPartial: true, isReadOnce: true, warn: warnings.add)
    #expect(try Self.readOnce(Self.pipe([cut], folder), options).audio.frames == 65_499)
    #expect(warnings.all == ["it is read up to frame 65499, where it ends early"])
    options.isPartial = false
    folder = try TemporaryFolder()
    let more = wav(samples) + Array("LIST\u{4}\0\0\0INFO".utf8)
    #expect(try Self.readOnce(Self.pipe([more], folder), options).audio.frames == 70_000)
    #expect(
      warnings.all.last == "what follows the samples is left out: a pipe is read only once")
  }

  /// The first frames come while the pipe is open: the rest is written once they are there.
  @Test func framesComeWhileThePipeIsOpen() throws {
    let folder = try TemporaryFolder()
    let samples = (0..<400_000).map { Int16(truncatingIfNeeded: $0 * 7) }
    let bytes = wav(samples, dataSize: 0xFFFF_FFFF)
    let path = folder.file("pipe")
    mkfifo(path, 0o600)
    let read = DispatchSemaphore(value: 0)
    Thread.detachNewThread {
      guard let file = FileHandle(forWritingAtPath: path) else { return }
      try? file.write(contentsOf: Data(bytes.prefix(300_044)))
      read.wait()
      try? file.write(contentsOf: Data(bytes.dropFirst(300_044)))
      try? file.close()
    }
    let source = try AudioFile(path: path, options: Self.options).open()
    var audio = try source.nextFrames(50_000)
    #expect(audio.frames == 50_000)
    read.signal()
    audio = audio.followed(by: try source.nextFrames(1 << 20))
    #expect(audio.samples == samples.map { Float($0) / 32768 })
  }
}
