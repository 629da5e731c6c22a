import Foundation
import MediaFiles
import Signals
import TestSupport
import Testing

/// `codec latents` of sounds, and `codec decode` of their arrays.
struct SoundLatentsTests {
  let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    let samples = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../../samples")
    for name in ["strings", "drums"] {
      try FileManager.default.copyItem(
        atPath: samples.appendingPathComponent("\(name).flac").path,
        toPath: folder.file("\(name).flac"))
    }
  }

  private func encode(_ name: String, _ options: String...) throws {
    let streams = try TemporaryFolder()
    let process = try Program.process(
      ["encode", "\(name).flac"] + options, folder: streams, at: folder.path)
    try process.run()
    #expect(try Program.result(of: process, folder: streams).status == 0)
  }

  /// The largest difference of the samples of two sounds of one length.
  private func difference(_ a: String, _ b: String) throws -> Float {
    let (a, b) = (try readSound(folder.file(a)), try readSound(folder.file(b)))
    #expect(a.audio.frames == b.audio.frames && a.audio.channels == b.audio.channels)
    #expect(a.format.sampleRate == b.format.sampleRate)
    #expect(a.format.sampleType == b.format.sampleType)
    return zip(a.audio.samples, b.audio.samples).reduce(0) { max($0, abs($1.0 - $1.1)) }
  }

  @Test(arguments: [2, 16]) func arraysGiveTheSoundBack(blocks: Int) throws {
    try encode("strings", "-q", "70", "--tune", "snr", "--blocks", "\(blocks)")
    #expect(try codec("decode", "strings.wlc", "-o", "expected.wav", at: folder).status == 0)
    for kind in ["npz", "safetensors", "npy"] {
      let plain = try codec(
        "latents", "strings.flac", "-q", "70", "--blocks", "\(blocks)", "-o", "plain.\(kind)",
        at: folder)
      #expect(plain.status == 0, "\(plain.errors)")
      let coded = try codec("latents", "strings.wlc", "-o", "coded.\(kind)", at: folder)
      #expect(coded.status == 0 && coded.errors.contains(" x \(4096 / blocks) frequencies\n"))
      #expect(try contents(folder.file("plain.\(kind)")) == contents(folder.file("coded.\(kind)")))
      guard kind != "npy" else { continue }
      let decoded = try codec("decode", "coded.\(kind)", "-o", "\(kind).wav", at: folder)
      #expect(decoded.status == 0, "\(decoded.errors)")
      // The rotation to mid and side and back rounds: at most to the next of 2^16 values.
      #expect(try difference("\(kind).wav", "expected.wav") <= 1 / 32768)
    }
  }

  @Test func lowFrequenciesAreALowSound() throws {
    let run = try codec("latents", "strings.flac", "-o", "low.npz", "--channels", "64", at: folder)
    #expect(run.status == 0 && run.errors.hasSuffix(" x 64 frequencies\n"), "\(run.errors)")
    let decoded = try codec("decode", "low.npz", at: folder)
    #expect(decoded.status == 0, "\(decoded.errors)")
    // What is left is what the codec keeps of the lowest 64 of 2048 frequencies.
    try encode("strings", "--tune", "snr", "--blocks", "2", "--channels", "128")
    #expect(try codec("decode", "strings.wlc", "-o", "cut.wav", at: folder).status == 0)
    #expect(try difference("low.wav", "cut.wav") <= 1 / 32768)
    let beyond = try codec("latents", "strings.flac", "--channels", "2049", at: folder)
    #expect(beyond.status == 1 && beyond.errors.contains("1...2048 channels to keep, not 2049"))
    #expect(try codec("latents", "strings.flac", "--blocks", "3", at: folder).status == 2)
  }

  @Test func foldersMayHoldPicturesToo() throws {
    try writePicture(picture(20, 20, 3), to: folder.file("a.png"))
    try encode("drums", "--blocks", "4")
    try encode("strings")
    let run = try codec("latents", ".", "-o", "out", "--format", "npz", at: folder)
    // The .wlc files collide with the sounds that they were made of.
    #expect(run.status == 1 && run.errors.hasSuffix("3 of 5 files done, 2 failed\n"))
    let changing = try codec("latents", "strings.wlc", at: folder)
    #expect(changing.status == 1)
    #expect(
      changing.errors.hasPrefix("codec: strings.wlc has blocks that change from patch to patch"))
    #expect(!FileManager.default.fileExists(atPath: folder.file("strings.npy")))
  }
}
