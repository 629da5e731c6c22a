import Foundation
import TestSupport
import Testing

/// `codec learn colorize`
struct ColorizeTests {
  let folder: TemporaryFolder

  /// Pictures whose colour follows from their brightness.
  init() throws {
    folder = try TemporaryFolder()
    try FileManager.default.createDirectory(
      atPath: folder.file("data"), withIntermediateDirectories: false)
    for seed in 0..<12 as Range<UInt64> {
      var image = picture(32, 24, 3, seed: seed)
      let size = 32 * 24
      for pixel in 0..<size {
        let light = image.samples[pixel]
        image.samples[size + pixel] = (light / 2).rounded()
        image.samples[2 * size + pixel] = 255 - light
      }
      try writePicture(image, to: folder.file("data/\(10 + seed).png"))
    }
  }

  private func colorize(_ arguments: [String]) throws -> Run {
    let streams = try TemporaryFolder()
    let process = try Program.process(
      ["learn", "colorize"] + arguments, folder: streams, at: folder.path)
    try process.run()
    return try Program.result(of: process, folder: streams)
  }

  @Test func trainAndApply() throws {
    let train = [
      "train", "--data", "data", "--codec", "photo", "--side", "32", "--epochs", "12",
      "--variants", "0", "--out", "run", "--share", "0.5", "1",
    ]
    let run = try colorize(train)
    #expect(run.status == 0, "\(run.errors)")
    let report =
      try JSONSerialization.jsonObject(
        with: Data(contents(folder.file("run/report.json")))) as? [String: Any]
    let trainings = try #require(report?["trainings"] as? [[String: Any]])
    #expect(trainings.map { $0["pictures"] as? Int } == [6, 11])
    #expect(trainings.map { $0["heldOut"] as? Int } == [1, 1])
    func psnr(_ name: String) -> Double {
      (trainings[1][name] as? [String: Double])?["psnr"] ?? 0
    }
    #expect(psnr("network") > psnr("grey") + 3 && psnr("trueColours") > psnr("network"))
    let page = String(decoding: try contents(folder.file("run/report.html")), as: UTF8.self)
    #expect(page.contains("data:image/png;base64,") && page.contains("15.png"))

    let model = "run/model-11.safetensors"
    let applied = try colorize(["apply", "--model", model, "data/15.png", "-o", "x.png"])
    #expect(applied.status == 0 && applied.errors == "data/15.png -> x.png: 32 x 24\n")
    #expect(try readPicture(folder.file("x.png")).image.planes == 3)
    let again = try colorize(["apply", "--model", model, "data/15.png", "-o", "x.png"])
    #expect(again.status == 1 && again.errors.contains("x.png exists"))
    #expect(try colorize(train).errors.hasPrefix("codec: run exists; --resume goes on"))
    #expect(try colorize(train + ["--resume"]).status == 0)
    // Smaller shares are seen more often: 2 epochs more are 4.
    let longer = try colorize(train + ["--resume", "--epochs", "14"])
    #expect(
      longer.errorLines.filter { $0.contains(", epoch ") }.map { $0.prefix { $0 != ":" } }
        == (25...28).map { "6 pictures, epoch \($0) of 28" }
        + (13...14).map { "11 pictures, epoch \($0) of 14" })
    try writeSound(sound(5000, channels: 1), to: folder.file("a.wav"))
    let sounds = try colorize(["apply", "--model", model, "a.wav", "-o", "y.png"])
    #expect(
      sounds.status == 1 && sounds.errors == "codec: a.wav: it is a sound, not a picture\n")
  }

  @Test func mistakes() throws {
    #expect(try colorize(["train", "--help"]).text.contains("--share"))
    #expect(try colorize(["apply", "--help"]).text.contains("--model"))
    #expect(try colorize(["train", "--data", "data", "--out", "x", "--share", "0"]).status == 2)
    let other = try colorize(["train", "--data", "data", "--out", "x", "--codec", "klt-grey"])
    #expect(other.status == 1 && other.errors.contains("is for 1 channel, not 3"))
    let none = try colorize(["train", "--data", "none", "--out", "x", "--codec", "photo"])
    #expect(none.status == 1 && none.errors == "codec: none is no folder that can be read\n")
    let model = try colorize(["apply", "--model", "data/10.png", "data/10.png", "-o", "x.png"])
    #expect(model.status == 1 && model.errors.contains("no valid safetensors file"))
  }
}
