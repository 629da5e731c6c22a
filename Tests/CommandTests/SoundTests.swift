import Foundation
import MediaFiles
import Signals
import TestSupport
import Testing

struct SoundTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test(arguments: [AudioSampleType.int16, .int24, .float32], ["b.wav", "b.flac"])
  func whatASoundIsItStays(type: AudioSampleType, output: String) throws {
    let audio = sound(30_001, channels: 2)
    let tags = [AudioTag(name: "TITLE", text: "a title")]
    try writeSound(audio, to: folder.file("a.wav"), type, tags: tags)
    let encoded = try codec("encode", "a.wav", "-q", "90", "--tune", "snr", at: folder)
    #expect(encoded.status == 0, "\(encoded.errors)")
    let decoded = try codec("decode", "a.wlc", "-o", output, at: folder)
    #expect(decoded.status == 0, "\(decoded.errors)")
    let result = try readSound(folder.file(output))
    #expect(result.audio.frames == 30_001 && result.format.sampleRate == 48_000)
    let expected = type == .float32 && output == "b.flac" ? .int24 : type
    #expect(result.format.sampleType == expected && result.format.tags == tags)
    #expect(zip(result.audio.samples, audio.samples).allSatisfy { abs($0 - $1) < 0.02 })
  }

  @Test func namesFollowTheInput() throws {
    try writeSound(sound(5000, channels: 1), to: folder.file("a.flac"))
    #expect(try codec("encode", "a.flac", at: folder).status == 0)
    #expect(try codec("decode", "a.wlc", at: folder).status == 0)
    #expect(try readSound(folder.file("a.wav")).audio.frames == 5000)
    let again = try codec("decode", "a.wlc", at: folder)
    #expect(again.status == 1 && again.errorLines.count == 1)
    let verified = try codec("verify", "a.wlc", at: folder)
    #expect(verified.status == 0 && verified.errors == "a.wlc: fine\n")
    let info = try objects(try codec("info", "--json", "a.wlc", at: folder).text)
    #expect(info.count == 1 && info[0]["kind"] as? String == "sound")
    #expect(info[0]["frames"] as? Int == 5000 && info[0]["codec"] as? String == "music")
  }

  @Test func pipes() throws {
    try writeSound(sound(9000, channels: 2), to: folder.file("a.wav"))
    let encoded = try codec("encode", "-", input: try contents(folder.file("a.wav")))
    #expect(encoded.status == 0, "\(encoded.errors)")
    let decoded = try codec("decode", "-", input: encoded.output)
    #expect(decoded.status == 0, "\(decoded.errors)")
    _ = try folder.write(decoded.output, to: "b.wav")
    #expect(try readSound(folder.file("b.wav")).audio.frames == 9000)
  }

  @Test(arguments: [48.0, 128])
  func bitratesAreMet(bitrate: Double) throws {
    try writeSound(sound(200_000, channels: 2), to: folder.file("a.wav"))
    let run = try codec("encode", "a.wav", "--bitrate", "\(bitrate)", "--json", at: folder)
    let report = try #require(try objects(run.text).first)
    let rate = try #require(report["kilobitsPerSecond"] as? Double)
    #expect(rate <= bitrate && rate > 0.97 * bitrate)
  }

  @Test func mistakesAreSaid() throws {
    try writeSound(sound(5000, channels: 1), to: folder.file("a.wav"))
    try writePicture(picture(20, 20, 3), to: folder.file("b.png"))
    for (arguments, message) in [
      (["a.wav", "--target-bpp", "1"], "codec: a.wav: --target-bpp is for pictures"),
      (["a.wav", "--codec", "photo"], "codec: codec photo is for pictures, not for a.wav"),
      (["b.png", "--codec", "music"], "codec: codec music is for sounds, not for b.png"),
      (["b.png", "--bitrate", "64"], "codec: b.png: --bitrate is for sounds"),
      (["a.wav", "--channels", "5000"], "codec: a.wav: codec music has 1...4096 channels"),
    ] {
      let streams = try TemporaryFolder()
      let process = try Program.process(["encode"] + arguments, folder: streams, at: folder.path)
      try process.run()
      let run = try Program.result(of: process, folder: streams)
      #expect(run.status == 1 && run.errors.hasPrefix(message), "\(run.errors)")
    }
    #expect(!FileManager.default.fileExists(atPath: folder.file("a.wlc")))
  }

  @Test func cutFilesAreRefused() throws {
    try writeSound(sound(50_000, channels: 2), to: folder.file("a.wav"))
    let bytes = try contents(folder.file("a.wav"))
    _ = try folder.write(Array(bytes[..<(bytes.count / 2)]), to: "cut.wav")
    let run = try codec("encode", "cut.wav", at: folder)
    #expect(run.status == 1 && run.errorLines.count == 1, "\(run.errors)")
    #expect(run.errors.contains("cut.wav"))
  }

  @Test func whatIsThereIsEncoded() throws {
    try writeSound(sound(50_000, channels: 2), to: folder.file("a.wav"))
    let bytes = try contents(folder.file("a.wav"))
    _ = try folder.write(Array(bytes[..<100_044]), to: "cut.wav")
    let refused = try codec("encode", "cut.wav", at: folder)
    #expect(refused.status == 1 && refused.errors.contains("ends early, at byte 100044"))
    let run = try codec("encode", "cut.wav", "--partial", at: folder)
    #expect(run.status == 0 && run.errorLines.count == 2, "\(run.errors)")
    #expect(try codec("decode", "cut.wlc", "-o", "b.wav", at: folder).status == 0)
    #expect(try readSound(folder.file("b.wav")).audio.frames == 25_000)
  }

  @Test(arguments: [85.0, 32_768] as [Float])
  func floatsBeyondFullScale(peak: Float) throws {
    var audio = sound(30_001, channels: 2)
    for index in audio.samples.indices { audio.samples[index] *= peak }
    try writeSound(audio, to: folder.file("a.wav"), .float32)
    let run = try codec("encode", "a.wav", "-q", "85", "--tune", "snr", at: folder)
    #expect(run.status == 0 && run.errorLines.count == 1, "\(run.errors)")
    #expect(try codec("decode", "a.wlc", "-o", "b.wav", at: folder).status == 0)
    let decoded = try readSound(folder.file("b.wav")).audio
    let pairs = zip(audio.samples, decoded.samples)
    let energy = pairs.reduce(0.0) { $0 + Double($1.0 * $1.0) }
    let error = pairs.reduce(0.0) { $0 + Double(($1.0 - $1.1) * ($1.0 - $1.1)) }
    #expect(10 * log10(energy / error) > 40)
    let clipped = try codec("decode", "a.wlc", "-o", "b.flac", at: folder)
    #expect(clipped.status == 0 && clipped.errors.contains("were clipped to 24 bits"))
    // A pipe is read once, so that its loudest sample comes too late.
    mkfifo(folder.file("pipe"), 0o600)
    let bytes = try contents(folder.file("a.wav"))
    let piped = try encodePipe(bytes)
    #expect(piped.status == 1 && piped.errors.contains("save it as a file first"))
  }

  /// Encodes what comes from a pipe to pipe.wlc, with no place for temporary files.
  private func encodePipe(_ bytes: [UInt8], _ options: String...) throws -> Run {
    let pipe = folder.file("pipe")
    mkfifo(pipe, 0o600)
    Thread.detachNewThread {
      signal(SIGPIPE, SIG_IGN)
      let file = FileHandle(forWritingAtPath: pipe)
      try? file?.write(contentsOf: Data(bytes))
      try? file?.close()
    }
    let streams = try TemporaryFolder()
    let process = try Program.process(
      ["encode", "pipe", "-o", "pipe.wlc", "-f"] + options, folder: streams, at: folder.path,
      environment: ["TMPDIR": folder.file("missing")])
    try process.run()
    return try Program.result(of: process, folder: streams)
  }

  @Test func pipesAreNotCopied() throws {
    try writeSound(sound(90_000, channels: 2), to: folder.file("a.wav"))
    let run = try encodePipe(try contents(folder.file("a.wav")))
    #expect(run.status == 0, "\(run.errors)")
    #expect(try codec("encode", "a.wav", at: folder).status == 0)
    #expect(try contents(folder.file("pipe.wlc")) == contents(folder.file("a.wlc")))
    // A target takes several passes.
    let target = try encodePipe(try contents(folder.file("a.wav")), "--bitrate", "64")
    #expect(target.status == 1 && target.errors.contains("cannot create a temporary file"))
  }

  @Test func qualityAndTargetsExcludeEachOther() throws {
    try writeSound(sound(5000, channels: 1), to: folder.file("a.wav"))
    for target in [["--bitrate", "64"], ["--target-size", "900"], ["--target-psnr", "40"]] {
      let streams = try TemporaryFolder()
      let process = try Program.process(
        ["encode", "a.wav", "-q", "60"] + target, folder: streams, at: folder.path)
      try process.run()
      let run = try Program.result(of: process, folder: streams)
      #expect(run.status == 2 && run.errors.contains("exclude each other"), "\(run.errors)")
    }
  }

  @Test func sizesAreNeverAboveTheTarget() throws {
    try writeSound(sound(100_000, channels: 2), to: folder.file("a.wav"))
    for size in [3001, 9000, 20_011] {
      let run = try codec("encode", "a.wav", "-f", "--target-size", "\(size)", at: folder)
      #expect(run.status == 0, "\(run.errors)")
      #expect(try contents(folder.file("a.wlc")).count <= size)
    }
    let most = try codec("encode", "a.wav", "-f", "--target-size", "9000000", at: folder)
    #expect(most.status == 0 && most.errors.contains("at the highest quality it takes"))
    let before = try contents(folder.file("a.wlc"))
    let least = try codec("encode", "a.wav", "-f", "--target-size", "100", at: folder)
    #expect(least.status == 1 && least.errors.contains("no quality gives 100 bytes"))
    #expect(try contents(folder.file("a.wlc")) == before)
  }

  @Test func soundsThatCannotBeLearnedFromAreNamed() throws {
    try FileManager.default.createDirectory(
      atPath: folder.file("data"), withIntermediateDirectories: false)
    var audio = sound(60_000, channels: 1)
    try writeSound(audio, to: folder.file("data/good.wav"), .float32)
    for (name, value) in [("nan", Float.nan), ("infinite", .infinity)] {
      audio[0, 30_000] = value
      try writeSound(audio, to: folder.file("data/\(name).wav"), .float32)
    }
    audio = sound(60_000, channels: 1)
    for index in audio.samples.indices { audio.samples[index] *= 9000 }
    try writeSound(audio, to: folder.file("data/loud.wav"), .float32)
    let bytes = try contents(folder.file("data/good.wav"))
    _ = try folder.write(Array(bytes.dropLast(999)), to: "data/short.wav")
    let run = try codec("train", "--fit", "sound", "--data", "data", "--out", "new", at: folder)
    #expect(run.status == 0, "\(run.errors)")
    for name in ["nan", "infinite", "short"] {
      #expect(
        run.errors.contains("left out: data/\(name).wav") || run.errors.contains("\(name).wav"))
    }
    #expect(run.errors.contains("fitted to 2 files (3 left out)"))
  }

  @Test func tagsAndMasksComeBack() throws {
    let tags = [("TITLE", "One"), ("ARTIST", "First"), ("ARTIST", "Second"), ("COMPOSER", "Me")]
      .map { AudioTag(name: $0, text: $1) }
    var format = AudioFormat(
      sampleRate: 48_000, channels: 4, frames: 9000, layout: .speakers(0x107), tags: tags,
      blocks: [
        AudioBlock(kind: .chunk, bytes: Array("bext".utf8) + [UInt8](repeating: 1, count: 602))
      ])
    let sink = try createAudio(path: folder.file("a.wav"), format: format, overwrite: false)
    try sink.write(sound(9000, channels: 4))
    try sink.finish()
    #expect(try codec("encode", "a.wav", at: folder).errorLines.count == 1)
    let wav = try codec("decode", "a.wlc", "-o", "b.wav", at: folder)
    #expect(wav.status == 0 && wav.errorLines.count == 1, "\(wav.errors)")
    var found = try readSound(folder.file("b.wav")).format
    found.tags.sort { ($0.name, $0.text) < ($1.name, $1.text) }
    format.tags.sort { ($0.name, $0.text) < ($1.name, $1.text) }
    #expect(found == format)
    let flac = try codec("decode", "a.wlc", "-o", "b.flac", at: folder)
    #expect(flac.status == 0 && flac.errors.contains("b.flac: not kept: chunk bext"))
    #expect(try readSound(folder.file("b.flac")).format.layout == .speakers(0x107))
  }

  /// Two files of half a second with headers of Xing, of which libmpg123 has much to say.
  @Test func librariesAreSilent() throws {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("Fixtures/joined.mp3").path
    let run = try codec("encode", file, "-o", "a.wlc", at: folder)
    #expect(run.status == 0 && run.errorLines.count == 1, "\(run.errors)")
    #expect(try codec("decode", "a.wlc", at: folder).status == 0)
    #expect(try readSound(folder.file("a.wav")).audio.frames == 24_000)
  }
}
