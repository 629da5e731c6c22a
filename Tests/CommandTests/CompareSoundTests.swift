import Foundation
import Signals
import TestSupport
import Testing

/// `codec compare` of sounds.
struct CompareSoundTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func compare(_ original: String, _ compressed: String, _ options: String...) throws -> Run
  {
    let streams = try TemporaryFolder()
    let process = try Program.process(
      ["compare", original, compressed] + options, folder: streams, at: folder.path)
    try process.run()
    return try Program.result(of: process, folder: streams)
  }

  /// The ratio is that of the file which `decode` writes, whatever is the kind of the original.
  @Test(arguments: ["a.wav", "a.flac"]) func whatIsMeasured(name: String) throws {
    // Of several segments.
    let audio = sound(150_000, channels: 2)
    try writeSound(audio, to: folder.file(name))
    #expect(try codec("encode", name, "-q", "30", at: folder).status == 0)
    #expect(try codec("decode", "a.wlc", "-o", "b.wav", at: folder).status == 0)
    let original = try readSound(folder.file(name)).audio
    let decoded = try readSound(folder.file("b.wav")).audio
    let (signal, error) = zip(original.samples, decoded.samples).reduce((0.0, 0.0)) {
      let (sample, copy) = (Double($1.0), Double($1.1))
      return ($0.0 + sample * sample, $0.1 + (sample - copy) * (sample - copy))
    }
    let decibels = 10 * log10(signal / error)
    let bytes = try contents(folder.file("a.wlc")).count
    let rate = Double(bytes * 8 * 48) / 150_000
    let run = try compare(name, "a.wlc")
    #expect(run.status == 0 && run.errors.isEmpty, "\(run.errors)")
    #expect(
      run.text.hasPrefix(
        "\(name): \(bytes) bytes, \(String(format: "%.1f", rate)) kbit/s, "
          + "SNR \(String(format: "%.2f", decibels)) dB, noise-to-mask ratio -"))
    let report = try objects(compare(name, "a.wlc", "--json", "-j", "1").text)[0]
    #expect(report["bytes"] as? Int == bytes)
    #expect(abs(try #require(report["kilobitsPerSecond"] as? Double) - rate) < 1e-9)
    #expect(abs(try #require(report["snr"] as? Double) - decibels) < 1e-6)
    #expect(try #require(report["noiseToMask"] as? Double) < 0)
    #expect((0...1).contains(try #require(report["disturbedFrames"] as? Double)))
    #expect((report["undefined"] as? [String: String])?.isEmpty ?? false)
  }

  @Test func measuresThatSayNothing() throws {
    try writeSound(Audio(frames: 5000, channels: 1), to: folder.file("silent.wav"))
    try writeSound(sound(100, channels: 1), to: folder.file("short.wav"))
    for name in ["silent", "short"] {
      #expect(try codec("encode", "\(name).wav", at: folder).status == 0)
    }
    let silent = try compare("silent.wav", "silent.wlc")
    #expect(silent.status == 0)
    #expect(
      silent.text.hasSuffix(
        " kbit/s, SNR undefined, because the original is silent, noise-to-mask ratio undefined, "
          + "because the original is silent\n"))
    let short = try compare("short.wav", "short.wlc", "--json")
    let report = try objects(short.text)[0]
    #expect(report["snr"] is Double && report["noiseToMask"] == nil)
    #expect(
      report["undefined"] as? [String: String] == ["noiseToMask": "it takes 2048 frames or more"])
  }

  @Test func otherShapesAreRefused() throws {
    try writeSound(sound(5000, channels: 1), to: folder.file("a.wav"))
    try writeSound(sound(5000, channels: 2), to: folder.file("stereo.wav"))
    try writeSound(sound(4999, channels: 1), to: folder.file("short.wav"))
    try writeSound(sound(5001, channels: 1), to: folder.file("long.wav"))
    // FLAC from a pipe does not state its length.
    var flac = sound(5001, channels: 1)
    flac.samples[0] = 0
    try writeSound(flac, to: folder.file("long.flac"))
    var bytes = try contents(folder.file("long.flac"))
    for place in 22..<26 { bytes[place] = 0 }
    bytes[21] &= 0xF0
    _ = try folder.write(bytes, to: "stream.flac")
    // The rate is in bytes 24 to 27 of WAV.
    var slow = try contents(folder.file("a.wav"))
    (slow[24], slow[25]) = (0x80, 0x3E)
    _ = try folder.write(slow, to: "slow.wav")
    try writePicture(picture(8, 8, 3), to: folder.file("p.png"))
    #expect(try codec("encode", "a.wav", at: folder).status == 0)
    #expect(try codec("encode", "p.png", at: folder).status == 0)
    for (original, compressed, message) in [
      ("stereo.wav", "a.wlc", "stereo.wav has 2 channels, but a.wlc has 1"),
      ("short.wav", "a.wlc", "short.wav has 4999 frames, but a.wlc has 5000"),
      ("long.wav", "a.wlc", "long.wav has 5001 frames, but a.wlc has 5000"),
      ("stream.flac", "a.wlc", "stream.flac has more frames, but a.wlc has 5000"),
      ("slow.wav", "a.wlc", "slow.wav has 16000 Hz, but a.wlc has 48000"),
      ("p.png", "a.wlc", "a.wlc is a sound, but p.png is a picture"),
      ("a.wav", "p.wlc", "p.wlc is a picture, but a.wav is a sound"),
    ] {
      let run = try compare(original, compressed)
      #expect(
        run.status == 1 && run.output.isEmpty && run.errors == "codec: \(message)\n",
        "\(run.errors)")
    }
  }
}
