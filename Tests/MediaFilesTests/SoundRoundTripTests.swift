import MediaFiles
import Signals
import TestSupport
import Testing

struct SoundRoundTripTests {
  @Test(arguments: ["wav", "flac"], AudioSampleType.allCases)
  func samples(name: String, type: AudioSampleType) throws {
    // FLAC stores these as 24 bits.
    if name == "flac", type == .int32 || type == .float32 { return }
    let folder = try TemporaryFolder()
    for channels in [1, 2, 6] {
      for frames in [1, 2, 999, 4097] {
        let format = AudioFormat(
          sampleRate: 44100, channels: channels, frames: frames, sampleType: type)
        let audio = randomSound(format, seed: UInt64(frames * channels))
        try writeSound(audio, format: format, path: folder.file("a.\(name)"), overwrite: true)
        let result = try readSound(folder.file("a.\(name)"))
        var expected = format
        if name == "flac", channels == 6 { expected.layout = .speakers(0x3F) }
        #expect(result.format == expected)
        #expect(result.audio == audio)
      }
    }
  }

  @Test(arguments: ["wav", "flac"])
  func largerThanTheBuffers(name: String) throws {
    let folder = try TemporaryFolder()
    let format = AudioFormat(sampleRate: 48000, channels: 2, frames: 100_003, sampleType: .int24)
    let audio = randomSound(format, seed: 1)
    try writeSound(audio, format: format, path: folder.file("a.\(name)"), step: 90_000)
    #expect(try readSound(folder.file("a.\(name)"), step: 1 << 40).audio == audio)
  }

  @Test func sampleRatesAndChannels() throws {
    let folder = try TemporaryFolder()
    for (name, rate, channels) in [
      ("a.wav", 1, 1), ("a.flac", 1, 1), ("a.wav", 384_000, 2), ("a.flac", 384_000, 2),
      ("a.wav", 44_101, 256), ("a.flac", 655_350, 8), ("a.wav", 1_000_000_007, 1),
    ] {
      let format = AudioFormat(sampleRate: rate, channels: channels, frames: 3)
      let audio = randomSound(format, seed: UInt64(rate))
      try writeSound(audio, format: format, path: folder.file(name), overwrite: true)
      let result = try readSound(folder.file(name))
      var expected = format
      if name == "a.flac", channels == 8 { expected.layout = .speakers(0x63F) }
      #expect(result.format == expected)
      #expect(result.audio == audio)
    }
  }

  @Test func unknownLength() throws {
    let folder = try TemporaryFolder()
    for name in ["a.wav", "a.flac"] {
      var format = AudioFormat(sampleRate: 8000, channels: 2, frames: 1234)
      let audio = randomSound(format, seed: 4)
      format.frames = nil
      try writeSound(audio, format: format, path: folder.file(name))
      let result = try readSound(folder.file(name))
      #expect(result.format.frames == 1234)
      #expect(result.audio == audio)
    }
    // As far as other programs can tell, it is an ordinary WAV file.
    #expect(try readFile(path: folder.file("a.wav"), maximumBytes: 9999).starts(with: "RIFF".utf8))
  }

  @Test func roundingAndClipping() throws {
    let folder = try TemporaryFolder()
    let unit: Float = 0x1p-15
    let samples = [
      1, 2, .infinity, -1, -1.5, -.infinity, .nan, 0.4 * unit, 0.6 * unit, -0.6 * unit, 7.5 * unit,
    ]
    let audio = Audio(frames: samples.count, channels: 1, samples: samples)
    for (name, type) in [
      ("a.wav", AudioSampleType.int16), ("a.flac", .int16), ("b.flac", .float32),
    ] {
      let format = AudioFormat(
        sampleRate: 8000, channels: 1, frames: samples.count, sampleType: type)
      try writeSound(audio, format: format, path: folder.file(name))
    }
    let top = 1 - unit
    let expected = [top, top, top, -1, -1, -1, 0, 0, unit, -unit, 8 * unit]
    #expect(try readSound(folder.file("a.wav")).audio.samples == expected)
    #expect(try readSound(folder.file("a.flac")).audio.samples == expected)
    let float = try readSound(folder.file("b.flac"))
    #expect(float.format.sampleType == .int24)
    #expect(float.audio.samples.prefix(2) == [1 - 0x1p-23, 1 - 0x1p-23])
  }

  @Test func floatsAreKeptAsTheyAre() throws {
    let folder = try TemporaryFolder()
    let samples: [Float] = [0, -0.0, 1e30, .leastNonzeroMagnitude, .infinity, -.infinity, .nan]
    let format = AudioFormat(sampleRate: 8000, channels: 1, frames: 7, sampleType: .float32)
    try writeSound(
      Audio(frames: 7, channels: 1, samples: samples), format: format, path: folder.file("a.wav"))
    let result = try readSound(folder.file("a.wav")).audio.samples
    #expect(result.map(\.bitPattern) == samples.map(\.bitPattern))
  }

  @Test func sameBytesEveryTime() throws {
    let folder = try TemporaryFolder()
    for name in ["wav", "flac"] {
      for type in [AudioSampleType.int16, .float32] {
        let format = AudioFormat(sampleRate: 8000, channels: 2, frames: 500, sampleType: type)
        let files = try ["a", "b"].map {
          let path = folder.file("\($0)-\(type).\(name)")
          try writeSound(randomSound(format, seed: 6), format: format, path: path, step: 123)
          return try readFile(path: path, maximumBytes: 1 << 20)
        }
        #expect(files[0] == files[1])
      }
    }
  }

  @Test func formatsThatAFileCannotHold() throws {
    let folder = try TemporaryFolder()
    for (name, rate, channels, frames) in [
      ("a.flac", 44100, 9, 1), ("a.flac", 88_201, 1, 1), ("a.flac", 768_000, 1, 1),
      ("a.wav", 44100, 257, 1), ("a.wav", 0, 1, 1), ("a.wav", 1 << 31, 1, 1),
      ("a.wav", 44100, 1, 0),
      ("a.wav", 44100, 0, 1), ("a.mp3", 44100, 1, 1), ("a", 44100, 1, 1),
    ] {
      #expect(throws: MediaFileError.self, "\(name) \(rate) \(channels) \(frames)") {
        try createAudio(
          path: folder.file(name),
          format: AudioFormat(sampleRate: rate, channels: channels, frames: frames),
          overwrite: false)
      }
    }
    #expect(try folder.contents() == [])
  }

  @Test func unfinishedSoundsLeaveNothing() throws {
    let folder = try TemporaryFolder()
    let format = AudioFormat(sampleRate: 8000, channels: 1, frames: nil)
    for name in ["a.wav", "a.flac"] {
      do {
        let sink = try createAudio(path: folder.file(name), format: format, overwrite: false)
        try sink.write(Audio(frames: 9, channels: 1))
      }
      #expect(try folder.contents() == [])
      do {
        let sink = try createAudio(path: folder.file(name), format: format, overwrite: false)
        let error = #expect(throws: MediaFileError.self) { try sink.finish() }
        #expect(
          error?.description == "\(folder.file(name)): a sound without samples is not written")
      }
      #expect(try folder.contents() == [])
    }
    _ = try folder.write([9], to: "a.wav")
    #expect(throws: MediaFileError.exists(file: folder.file("a.wav"))) {
      try createAudio(path: folder.file("a.wav"), format: format, overwrite: false)
    }
  }

  #if os(Linux)
    @Test func fullDiskThrows() throws {
      for type in AudioFileType.allCases {
        let format = AudioFormat(sampleRate: 8000, channels: 1, frames: 9)
        let sink = try createAudio(path: "/dev/full", type: type, format: format, overwrite: true)
        try sink.write(Audio(frames: 9, channels: 1))
        let error = #expect(throws: MediaFileError.self) { try sink.finish() }
        #expect(error?.description == "/dev/full: cannot write: No space left on device")
      }
    }
  #endif

  @Test func kindsOfFiles() {
    #expect(AudioFileType(path: "a/b.WAV") == .wav)
    #expect(AudioFileType(path: "b.flac") == .flac)
    #expect(AudioFileType(path: "a.wav/b") == nil)
    #expect(AudioFileType(path: "wav") == nil)
    #expect(AudioFileType.allCases.map(\.fileExtension) == ["wav", "flac"])
  }
}
