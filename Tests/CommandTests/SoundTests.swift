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
    let tags = [AudioTag(kind: .title, text: "a title")]
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
}
