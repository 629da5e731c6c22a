import CSndFile
import MediaFiles
import Signals
import TestSupport
import Testing

/// Damaged files give an error or a sound of the stated length, and nothing worse.
struct SoundDamageTests {
  /// A file of each kind, a name for messages before it.
  static func files() throws -> [(name: String, bytes: [UInt8])] {
    let folder = try TemporaryFolder()
    let format = AudioFormat(
      sampleRate: 44100, channels: 2, frames: 300, tags: [AudioTag(name: "TITLE", text: "Title")])
    let audio = randomSound(format, seed: 1)
    var files = try ["wav", "flac"].map { name in
      let path = folder.file("a.\(name)")
      try writeSound(audio, format: format, path: path)
      return (name, try readFile(path: path, maximumBytes: 1 << 20))
    }
    for other in AudioFileTests.writable {
      let bytes = try bytesFromLibsndfile(
        testSound(frames: 3000, channels: 2), sampleRate: 48000, container: other.container,
        subtype: other.subtype)
      files.append((other.name, try #require(bytes)))
    }
    return files
  }

  @Test func truncatedFilesThrow() throws {
    let folder = try TemporaryFolder()
    for (name, bytes) in try Self.files() {
      let whole = try readSound(try folder.write(bytes, to: "a"))
      let step = max(1, bytes.count / 200)
      for count in stride(from: 0, to: bytes.count, by: step) {
        let path = try folder.write(Array(bytes[..<count]), to: "a")
        do {
          let result = try readSound(path)
          // The last bytes of MP3 and of a FLAC frame's padding hold no samples.
          #expect(result.audio == whole.audio, "\(name): \(count) of \(bytes.count) bytes")
          #expect(count > bytes.count * 9 / 10)
        } catch let error as MediaFileError {
          #expect(error.description.hasPrefix(path))
        }
      }
    }
  }

  @Test func flippedBitsNeverTrap() throws {
    let folder = try TemporaryFolder()
    var generator = SeededGenerator(seed: 7)
    for (name, file) in try Self.files() {
      let whole = try readSound(try folder.write(file, to: "a"))
      for _ in 0..<60 {
        var bytes = file
        for _ in 0..<Int.random(in: 1...3, using: &generator) {
          let bit = Int.random(in: 0..<8 * bytes.count, using: &generator)
          bytes[bit / 8] ^= 1 << (bit % 8)
        }
        let path = try folder.write(bytes, to: "a")
        do {
          let result = try readSound(path)
          #expect(result.audio.frames == result.format.frames ?? result.audio.frames, "\(name)")
          // FLAC has a checksum in every frame.
          if name == "flac", result.format == whole.format { #expect(result.audio == whole.audio) }
        } catch let error as MediaFileError {
          #expect(error.description.hasPrefix(path))
        }
      }
    }
  }

  @Test func failuresLast() throws {
    let folder = try TemporaryFolder()
    let format = AudioFormat(sampleRate: 44100, channels: 1, frames: 20_000)
    try writeSound(randomSound(format, seed: 9), format: format, path: folder.file("a.flac"))
    let bytes = try readFile(path: folder.file("a.flac"), maximumBytes: 1 << 20)
    let source = try AudioFile(path: folder.write(Array(bytes.prefix(bytes.count / 2)), to: "b"))
      .open()
    #expect(try source.nextFrames(1000).frames == 1000)
    for _ in 0..<2 {
      let error = #expect(throws: MediaFileError.self) { try source.nextFrames(19_000) }
      #expect(error?.description.contains("is damaged near frame ") == true)
    }
  }
}
