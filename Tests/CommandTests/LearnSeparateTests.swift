import Foundation
import Signals
import TestSupport
import Testing

/// `codec learn separate`
struct LearnSeparateTests {
  let folder: TemporaryFolder

  /// Two stems of three seconds.
  init() throws {
    folder = try TemporaryFolder()
    try FileManager.default.createDirectory(
      atPath: folder.file("stems"), withIntermediateDirectories: true)
    try writeSound(stem(0.02), to: folder.file("stems/low.wav"))
    try writeSound(stem(0.15), to: folder.file("stems/tone.flac"))
  }

  private func stem(_ step: Double, frames: Int = 144_000) -> Audio {
    var audio = Audio(frames: frames, channels: 2)
    for frame in 0..<frames {
      let value = Float(0.3 * sin(Double(frame) * step) * sin(Double(frame) / 9000 + step * 9))
      (audio[0, frame], audio[1, frame]) = (value, value / 2)
    }
    return audio
  }

  private func learn(_ arguments: [String]) throws -> Run {
    let streams = try TemporaryFolder()
    let process = try Program.process(
      ["learn", "separate"] + arguments, folder: streams, at: folder.path)
    try process.run()
    return try Program.result(of: process, folder: streams)
  }

  private func train(_ options: String...) throws -> Run {
    try learn(
      [
        "train", "--data", "stems", "--train", "1.5", "--validation", "0.5", "--epochs", "2",
        "--width", "8", "--depth", "1",
      ] + options)
  }

  @Test func trainAndPredict() throws {
    let run = try train("--out", "run", "--input", "latents", "audio")
    #expect(run.status == 0, "\(run.errors)")
    let report = try #require(
      JSONSerialization.jsonObject(with: Data(contents(folder.file("run/report.json"))))
        as? [String: Any])
    let result = try #require(report["result"] as? [String: Any])
    #expect(result["stems"] as? [String] == ["low", "tone"])
    let runs = try #require(result["runs"] as? [[String: Any]])
    #expect(runs.map { $0["input"] as? String } == ["latents", "audio"])
    // As many numbers either way: 256 of a slot of 2048 frames.
    #expect(runs.map { $0["numbersASecond"] as? Double } == [6000, 6000])
    let page = String(decoding: try contents(folder.file("run/report.html")), as: UTF8.self)
    #expect(page.contains("data:audio/flac;base64,") && !page.contains("src=\"http"))

    try writeSound(sound(30_000, channels: 2), to: folder.file("mix.wav"))
    let model = "run/latents-1.safetensors"
    let split = try learn(["predict", "--model", model, "mix.wav", "-o", "parts"])
    #expect(split.status == 0, "\(split.errors)")
    let (low, format) = try readSound(folder.file("parts/mix-low.wav"))
    #expect(low.frames == 30_000 && format.sampleRate == 48_000)
    #expect(try readSound(folder.file("parts/mix-tone.wav")).audio.frames == 30_000)

    // Of a file the same comes as of the sound that it was made from.
    #expect(
      try codec(
        "encode", "mix.wav", "--tune", "snr", "--blocks", "2", "-o", "mix.wlc", at: folder
      ).status == 0)
    #expect(try learn(["predict", "--model", model, "mix.wlc", "-o", "other"]).status == 0)
    #expect(try readSound(folder.file("other/mix-low.wav")).audio == low)
    #expect(
      try codec("encode", "mix.wav", "--blocks", "4", "-o", "four.wlc", at: folder).status == 0)
    let four = try learn(["predict", "--model", model, "four.wlc", "-o", "other"])
    #expect(four.status == 1 && four.errors.contains("four.wlc has 1024 frequencies"))
    let none = try codec("encode", "mix.wav", "--blocks", "3", "-o", "three.wlc", at: folder)
    #expect(none.status == 1 && none.errors.contains("1, 2, 4, 8, 16, 32 blocks, not 3"))
  }

  /// A training that has ended goes on to more epochs.
  @Test func moreEpochs() throws {
    #expect(try train("--out", "run").status == 0)
    let again = try train("--out", "run")
    #expect(again.status == 1 && again.errors.hasPrefix("codec: run exists; --resume goes on"))
    func model() throws -> [UInt8] { try contents(folder.file("run/latents-1.safetensors")) }
    let first = try model()
    #expect(try train("--out", "run", "--resume").status == 0)
    #expect(try model() == first)
    let longer = try train("--out", "run", "--resume", "--epochs", "3")
    #expect(longer.status == 0, "\(longer.errors)")
    let text = String(
      decoding: try contents(folder.file("run/latents-1.checkpoint")), as: UTF8.self)
    #expect(text.contains(#"\"epoch\":3"#))
    #expect(try model() != first)
  }

  @Test func picturesAreNoSounds() throws {
    #expect(try train("--out", "run").status == 0)
    try writePicture(picture(16, 16, 3), to: folder.file("p.png"))
    #expect(try codec("encode", "p.png", at: folder).status == 0)
    for (file, message) in [
      ("p.png", "p.png: it is a picture, not a sound"),
      ("p.wlc", "p.wlc is a picture, not a sound"),
    ] {
      let run = try learn([
        "predict", "--model", "run/latents-1.safetensors", file, "-o", "parts",
      ])
      #expect(run.status == 1 && run.errors == "codec: \(message)\n")
    }
  }

  @Test func stemsThatDoNotFitAreRefused() throws {
    try writeSound(stem(0.05, frames: 100_000), to: folder.file("stems/mid.wav"))
    let run = try train("--out", "run")
    #expect(run.status == 1)
    #expect(run.errors.contains("stems/mid.wav has 100000 frames, but the other stems have 144000"))
    try FileManager.default.removeItem(atPath: folder.file("stems/mid.wav"))
    try FileManager.default.removeItem(atPath: folder.file("stems/low.wav"))
    #expect(try train("--out", "run").errors.contains("stems has 1 sounds"))
    #expect(!FileManager.default.fileExists(atPath: folder.file("run")))
  }

  @Test func samplesThatAreNoNumbersAreRefused() throws {
    var bad = stem(0.05)
    bad.samples[70_000] = .nan
    try writeSound(bad, to: folder.file("stems/bad.wav"), .float32)
    let run = try train("--out", "run")
    #expect(run.status == 1 && run.errors.contains("stems/bad.wav: the sample at frame 70000"))
  }

  @Test func songsThatAreTooShortAreRefused() throws {
    let run = try learn(["train", "--data", "stems", "--out", "run"])
    #expect(run.status == 1 && run.errors.contains("stems: of 3 s nothing is left"))
  }

  @Test(arguments: [
    ["--reduction", "3"], ["--blocks", "4"], ["--width", "9"], ["--validation", "5"],
    ["--input", "audio", "audio"],
  ])
  func optionsThatDoNotGoTogether(options: [String]) throws {
    let run = try learn(["train", "--data", "stems", "--out", "x", "--train", "2"] + options)
    #expect(run.status == 2)
  }
}
