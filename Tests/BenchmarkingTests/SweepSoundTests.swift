import Foundation
import MediaFiles
import Signals
import TestSupport
import Testing

@testable import Benchmarking

struct SweepSoundTests {
  let folder: TemporaryFolder
  let sounds: [SweepSound]

  init() throws {
    let folder = try TemporaryFolder()
    let stereo = folder.file("stereo.wav")
    try Self.write(Sounds.noise(frames: 4000, channels: 2), rate: 8000, to: stereo)
    let mono = folder.file("mono.wav")
    try Self.write(Sounds.noise(frames: 1), rate: 44_100, to: mono)
    self.folder = folder
    sounds = try SweepSound.named([stereo, mono]).map {
      try SweepSound(name: $0.name, path: $0.path)
    }
  }

  @Test func copiesAreWithoutLoss() async throws {
    let results = try await run(codec("cp {input} {output}", "cp {input} {output}"))
    #expect(results.kind == .audio)
    let one = results.measurements[0]
    #expect(one.failure == nil && one.file == "stereo.wav" && one.sampleCount == 4000)
    // Half a second of 16 bits and two channels, and a header of 44 bytes.
    #expect(one.byteCount == 16_044 && abs(one.rate - 16_044 * 8 / 500) < 1e-9)
    #expect(abs(one.duration - 0.5) < 1e-9 && one.encodeSeconds != nil)
    #expect(
      one.metrics == [
        "snr": .infinity, "si_sdr": .infinity, "psnr": .infinity, "log_mel": 0,
        "nmr": -.infinity, "disturbed": 0,
      ])
    #expect(results.measurements[2].file == "mono.wav" && results.failureLines.isEmpty)
    #expect(results.metrics.map(\.name).sorted() == one.metrics.keys.sorted())
    // Of one sample spectra show nothing.
    #expect(
      results.measurements[2].metrics
        == ["snr": .infinity, "si_sdr": .infinity, "psnr": .infinity])
    #expect(
      results.undefinedLines
        == ["Noise-to-mask ratio", "Disturbed frames", "Log-mel distance"].map {
          "means and BD-rates by \($0) leave out mono.wav, for want of a finite value"
        })
    // Speed is sound a second.
    let mean = results.means(of: "copy")[0]
    #expect(
      abs(try #require(mean.encodeSpeed) * (one.encodeSeconds ?? 0) - 0.5) < 1e-9)
    #expect(results.filesCSV.contains("file,codec,setting,frames,bytes,kbps,snr,nmr,"))
  }

  /// Nothing is a ratio to silence, and no mean becomes infinite by it.
  @Test func silence() async throws {
    let path = folder.file("silence.wav")
    try Self.write(Audio(frames: 4000, channels: 1), rate: 8000, to: path)
    let sound = try SweepSound(name: "silence", path: path)
    let results = try await run(codec("cp {input} {output}", "cp {input} {output}"), of: [sound])
    #expect(results.measurements[0].metrics == ["log_mel": 0, "disturbed": 0])
  }

  @Test(arguments: [
    ("cp /dev/null {output}", "what cp wrote is no sound"),
    ("cp RATE {output}", "it came back with 16000 Hz, not 8000 Hz"),
    ("cp CHANNELS {output}", "it came back with 1 channels, not 2"),
    ("cp LENGTH {output}", "it came back with 3999 frames, not 4000"),
    ("cp FINITE {output}", "it came back with samples that are not finite"),
    ("head -c 99 {input}", "head wrote no file"),
  ])
  func failures(decode: String, reason: String) async throws {
    let noise = Sounds.noise(frames: 4000, channels: 2)
    var decode = decode
    for (name, audio, rate) in [
      ("RATE", noise, 16_000), ("CHANNELS", Sounds.noise(frames: 4000), 8000),
      ("LENGTH", noise.frames(0..<3999), 8000),
    ] {
      let path = folder.file("\(name).wav")
      try Self.write(audio, rate: rate, to: path)
      decode = decode.replacing(name, with: path)
    }
    let infinite = try folder.write(
      Self.wave(
        coding: 3, (0..<8000).flatMap { _ in Self.bytes(Float.infinity.bitPattern) }, bits: 32,
        channels: 2), to: "infinite.wav")
    decode = decode.replacing("FINITE", with: infinite)
    let results = try await run(codec("cp {input} {output}", decode), of: [sounds[0]])
    #expect(results.measurements.map(\.failure) == [reason, reason])
  }

  @Test func commandsKnowRateAndLength() async throws {
    let path = folder.file("log")
    let log = "sh -c 'echo {rate} {frames} > \(path); cp {input} {output}'"
    _ = try await run(codec(log, "cp {input} {output}"), of: [sounds[0]])
    #expect(try readFile(path: path, maximumBytes: 99) == Array("8000 4000\n".utf8))
  }

  /// Samples become those of 16 bits, whatever the file has.
  @Test func samples() throws {
    let values: [Float] = [0.5, -2, .nan, 1.6 / 32_768, .infinity]
    let float = try folder.write(
      Self.wave(coding: 3, values.flatMap { Self.bytes($0.bitPattern) }, bits: 32), to: "f.wav")
    #expect(
      try SweepSound(name: "f", path: float).samples().samples
        == [0.5, -1, 0, 2 / 32_768, 32_767 / 32_768])
    let bits24 = try folder.write(
      Self.wave(coding: 1, [0, 0, 0x40, 0, 0, 0x80, 0xFF, 0xFF, 0xFF], bits: 24), to: "24.wav")
    #expect(
      try readSound(path: bits24, maximumSamples: 3).audio.samples == [0.5, -1, -1 / 8_388_608])
    #expect(throws: MediaFileError.self) { try readSound(path: bits24, maximumSamples: 2) }
    let empty = try folder.write(Self.wave(coding: 1, [], bits: 16), to: "empty.wav")
    #expect(
      throws: MediaFileError.unsupported(file: empty, what: "a sound without samples is not read")
    ) { try SweepSound(name: "x", path: empty) }
    let text = try folder.write(Array("RIFF no sound".utf8), to: "text.wav")
    #expect(throws: MediaFileError.self) { try SweepSound(name: "x", path: text) }
  }

  /// Every rival that is installed gives sounds back in time: with a delay of one sample, the ratio
  /// would be under 13 dB.
  @Test(arguments: [44_100, 48_000]) func rivalsAreInTime(rate: Int) async throws {
    var audio = Sounds.sines(
      [200, 1500, 3000], frames: rate, sampleRate: rate, amplitude: 0.2)
    for frame in 0..<rate / 2 { audio.samples[frame] *= Float(frame) / Float(rate) }
    let path = folder.file("tones.wav")
    try Self.write(
      Audio(frames: rate, channels: 2, samples: audio.samples + audio.samples),
      rate: rate, to: path)
    for rival in Rival.ofSounds where rival.missingPrograms.isEmpty {
      var codec = rival.codec
      codec.settings = [rival.codec.name == "flac" ? "5" : "128"]
      let results = try await run(codec, of: [SweepSound(name: "tones", path: path)])
      let one = results.measurements[0]
      #expect(one.failure == nil, "\(codec.name)")
      #expect(one.metrics["snr"] ?? 0 > 20, "\(codec.name)")
    }
  }

  private func codec(_ encode: String, _ decode: String) -> CommandCodec {
    CommandCodec(
      name: "copy", settings: ["1", "2"], encode: words(encode), decode: words(decode),
      inputExtension: "wav", codedExtension: "bin", outputExtension: "wav")
  }

  /// Words with quoted ones kept together.
  private func words(_ command: String) -> [String] {
    command.split(separator: "'").enumerated().flatMap { index, part in
      index % 2 == 1 ? [String(part)] : part.split(separator: " ").map(String.init)
    }
  }

  private func run(
    _ codec: CommandCodec, of sounds: [SweepSound]? = nil
  ) async throws -> SweepResults {
    let sweep = Sweep(
      files: sounds ?? self.sounds, codecs: [codec], jobs: 2, timedFiles: 1, limit: 86_400,
      cache: try SweepCache(folder: folder.file("cache")))
    return try await sweep.results(
      corpus: "sounds",
      provenance: .init(commit: "c0ffee", date: "2026-01-02", machine: "m", command: "x")
    ) { _ in }
  }

  private static func write(_ audio: Audio, rate: Int, to path: String) throws {
    try writeSound(
      audio,
      format: AudioFormat(sampleRate: rate, channels: audio.channels, frames: audio.frames),
      path: path)
  }

  private static func bytes(_ number: UInt32) -> [UInt8] {
    (0..<4).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
  }

  /// A WAV file at 8 kHz.
  private static func wave(
    coding: UInt8, _ samples: [UInt8], bits: UInt8, channels: UInt8 = 1
  ) -> [UInt8] {
    let format: [UInt8] =
      [coding, 0, channels, 0] + bytes(8000) + bytes(0) + [bits / 8, 0, bits, 0]
    return Array("RIFF".utf8) + bytes(0) + Array("WAVEfmt ".utf8) + bytes(16) + format
      + Array("data".utf8) + bytes(UInt32(samples.count)) + samples
  }
}
