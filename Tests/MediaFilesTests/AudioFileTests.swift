import CSndFile
import Foundation
import MediaFiles
import Signals
import TestSupport
import Testing

struct AudioFileTests {
  /// Formats that we read and do not write.
  static let others = [
    (
      name: "AIFF", container: SF_FORMAT_AIFF, subtype: SF_FORMAT_PCM_16,
      type: AudioSampleType.int16
    ),
    ("AIFF float", SF_FORMAT_AIFF, SF_FORMAT_FLOAT, .float32),
    ("u-law", SF_FORMAT_WAV, SF_FORMAT_ULAW, .int16),
    ("RF64", SF_FORMAT_RF64, SF_FORMAT_PCM_24, .int24),
    ("Vorbis", SF_FORMAT_OGG, SF_FORMAT_VORBIS, .float32),
    ("Opus", SF_FORMAT_OGG, SF_FORMAT_OPUS, .float32),
    ("MP3", SF_FORMAT_MPEG, SF_FORMAT_MPEG_LAYER_III, .float32),
  ]

  /// Those of `others` that this libsndfile writes.
  static let writable = others.filter { canWrite($0.container, $0.subtype) }

  static func canWrite(_ container: Int, _ subtype: Int) -> Bool {
    var info = SF_INFO()
    info.samplerate = 48000
    info.channels = 2
    info.format = Int32(container | subtype)
    return sf_format_check(&info) != 0
  }

  @Test(arguments: others)
  func otherFormats(name: String, container: Int, subtype: Int, type: AudioSampleType) throws {
    let audio = testSound(frames: 48000, channels: 2)
    guard
      let bytes = try bytesFromLibsndfile(
        audio, sampleRate: 48000, container: container, subtype: subtype, title: "A title")
    else {
      print("skipped: this libsndfile does not write \(name)")
      return
    }
    let result = try readSound(bytes)
    var format = AudioFormat(sampleRate: 48000, channels: 2, frames: 48000, sampleType: type)
    // libsndfile's RF64 says where its channels are, and its Ogg what has made it.
    if name == "RF64" { format.layout = .speakers(0x3) }
    format.tags = result.format.tags
    #expect(result.format == format)
    let titles = format.tags.filter { $0.name == "TITLE" }.map(\.text)
    #expect(titles == ["A title"] || name == "u-law" && titles.isEmpty)
    // The soft tone comes back nearly as it was; noise is what lossy formats throw away.
    let difference = zip(result.audio.frames(0..<20000).samples, audio.frames(0..<20000).samples)
      .map { abs($0 - $1) }
    #expect(difference.reduce(0, +) / Float(difference.count) < 0.005)
  }

  @Test func moreChannelsThanTheLimitAreRefused() throws {
    #expect(try readSound(wav([Int16](repeating: 1, count: 256), channels: 256)).audio.frames == 1)
    #expect(throws: MediaFileError.self) {
      try readSound(wav([Int16](repeating: 1, count: 257), channels: 257))
    }
  }

  @Test func soundsWithoutSamplesAreRefused() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(wav([]), to: "a.wav")
    let error = #expect(throws: MediaFileError.self) { try AudioFile(path: path) }
    #expect(error?.description == "\(path): a sound without samples is not read")
  }

  @Test func tagsInLatin1() throws {
    let folder = try TemporaryFolder()
    let format = AudioFormat(
      sampleRate: 8000, channels: 1, frames: 1, tags: [AudioTag(name: "TITLE", text: "a\u{1}b")])
    try writeSound(Audio(frames: 1, channels: 1), format: format, path: folder.file("a.wav"))
    var bytes = try readFile(path: folder.file("a.wav"), maximumBytes: 1 << 10)
    bytes[try #require(bytes.firstRange(of: [0x61, 1, 0x62])).lowerBound + 1] = 0xE9
    #expect(try readSound(bytes).format.tags == [AudioTag(name: "TITLE", text: "a\u{E9}b")])
  }

  @Test func sourcesOfOneFileDoNotDisturbEachOther() throws {
    let folder = try TemporaryFolder()
    let format = AudioFormat(sampleRate: 8000, channels: 2, frames: 10000)
    let audio = randomSound(format, seed: 2)
    for name in ["a.wav", "a.flac"] {
      try writeSound(audio, format: format, path: folder.file(name))
      let file = try AudioFile(path: folder.file(name))
      let (first, second) = (try file.open(), try file.open())
      for frame in stride(from: 0, to: 10000, by: 2500) {
        #expect(try first.nextFrames(2500) == audio.frames(frame..<frame + 2500))
        #expect(try second.nextFrames(2500) == audio.frames(frame..<frame + 2500))
      }
      #expect(try first.nextFrames(1).frames == 0)
    }
  }

  @Test func contentTellsPicturesFromSounds() throws {
    let folder = try TemporaryFolder()
    let sound = try folder.write(wav([1, 2]), to: "a.png")
    let picture = try folder.write(Array("P5\n1 1\n255\na".utf8), to: "a.wav")
    guard
      case .audio(let audio) = try MediaFile(path: sound, options: ReadingOptions(maximumPixels: 9)),
      case .image(let image) = try MediaFile(
        path: picture, options: ReadingOptions(maximumPixels: 9))
    else {
      Issue.record("taken for the other kind")
      return
    }
    #expect(audio.format.frames == 2 && image.format.width == 1)
    let wrongs: [(any Error)?] = [
      #expect(throws: MediaFileError.self) {
        try ImageFile(path: sound, options: ReadingOptions(maximumPixels: 9))
      },
      #expect(throws: MediaFileError.self) { try AudioFile(path: picture) },
    ]
    #expect(
      wrongs.map { "\($0!)" } == [
        "\(sound): it is a sound, not a picture", "\(picture): it is a picture, not a sound",
      ])
    for text in ["", "RIFF", "RIFF1234AVI ", "\u{7F}ELF", "hello"] {
      let path = try folder.write(Array(text.utf8), to: "a.wav")
      #expect(throws: MediaFileError.unknownContent(file: path)) {
        try MediaFile(path: path, options: ReadingOptions(maximumPixels: 9))
      }
      #expect(throws: MediaFileError.unknownContent(file: path)) { try AudioFile(path: path) }
    }
  }

  @Test func pipes() throws {
    let folder = try TemporaryFolder()
    for type in AudioFileType.allCases {
      let format = AudioFormat(sampleRate: 8000, channels: 2, frames: 70_001)
      let audio = randomSound(format, seed: 8)
      let pipe = folder.file("\(type)")
      mkfifo(pipe, 0o600)
      // A thread, since both ends wait for each other.
      Thread.detachNewThread {
        do {
          let sink = try createAudio(path: pipe, type: type, format: format, overwrite: false)
          try sink.write(audio)
          try sink.finish()
        } catch {
          fatalError("\(error)")
        }
      }
      let result = try readSound(pipe)
      #expect(result.format == format)
      #expect(result.audio == audio)
    }
  }
}
