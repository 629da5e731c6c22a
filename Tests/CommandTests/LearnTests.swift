import Foundation
import TestSupport
import Testing

/// `codec learn classify`
struct LearnTests {
  let folder: TemporaryFolder

  /// Two classes: dark and bright pictures.
  init() throws {
    folder = try TemporaryFolder()
    for (label, peak) in [("bright", 255), ("dark", 90)] as [(String, Float)] {
      try FileManager.default.createDirectory(
        atPath: folder.file("data/\(label)"), withIntermediateDirectories: true)
      for seed in 0..<5 as Range<UInt64> {
        try writePicture(
          picture(24, 24, 3, seed: seed, peak: peak), to: folder.file("data/\(label)/\(seed).png"))
      }
    }
  }

  private func learn(_ arguments: String...) throws -> Run {
    let streams = try TemporaryFolder()
    let process = try Program.process(
      ["learn", "classify"] + arguments, folder: streams, at: folder.path)
    try process.run()
    return try Program.result(of: process, folder: streams)
  }

  private func train(_ out: String, _ options: String...) throws -> Run {
    let streams = try TemporaryFolder()
    let process = try Program.process(
      [
        "learn", "classify", "train", "--data", "data", "--codec", "photo", "--channels", "12",
        "--out", out, "--epochs", "8", "--batch", "2", "--variants", "1",
      ] + options, folder: streams, at: folder.path)
    try process.run()
    return try Program.result(of: process, folder: streams)
  }

  @Test func trainEvaluatePredict() throws {
    let run = try train("run", "--input", "latents", "pixels", "full", "--seeds", "2")
    #expect(run.status == 0, "\(run.errors)")
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.file("run")).sorted()
    #expect(
      names
        == (["full", "latents", "pixels"].flatMap { name in
          ["1", "2"].flatMap { ["\(name)-\($0).checkpoint", "\(name)-\($0).safetensors"] }
        } + ["report.html", "report.json"]))
    let report =
      try JSONSerialization.jsonObject(
        with: Data(contents(folder.file("run/report.json")))) as? [String: Any]
    let inputs = try #require(report?["inputs"] as? [[String: Any]])
    #expect(inputs.map { $0["name"] as? String } == ["latents", "pixels", "full"])
    #expect(inputs.map { $0["valuesPerImage"] as? Int } == [432, 432, 1728])
    #expect((inputs[0]["accuracies"] as? [Double])?.count == 2)
    #expect(inputs[0]["testFiles"] as? Int == 2 && inputs[0]["trainedFiles"] as? Int == 8)
    let page = String(decoding: try contents(folder.file("run/report.html")), as: UTF8.self)
    #expect(page.contains("<h2>Accuracy</h2>") && page.contains("data:image/png;base64,"))
    #expect(!page.contains("src=\"http"))

    // Pictures and their .wlc files are the same to the model.
    let model = "run/latents-1.safetensors"
    let evaluation = try learn("evaluate", "--model", model, "--data", "data", "--json")
    #expect(evaluation.status == 0)
    let matrix = try objects(evaluation.text)[0]
    #expect(matrix["labels"] as? [String] == ["bright", "dark"])
    let counts = try #require(matrix["counts"] as? [[Int]])
    #expect(counts[0][0] + counts[1][1] >= 8)
    #expect(
      try codec(
        "encode", "data/dark/0.png", "--codec", "photo", "-q", "80", "-o", "x.wlc", at: folder
      ).status == 0)
    let first = try learn("predict", "--model", model, "data/dark/0.png", "--json")
    let second = try learn("predict", "--model", model, "x.wlc", "--json")
    #expect(first.status == 0 && second.status == 0)
    #expect(
      (try objects(first.text)[0]["probabilities"] as? [String: Double])
        == (try objects(second.text)[0]["probabilities"] as? [String: Double]))
  }

  @Test func trainingGoesOnWhereItStopped() throws {
    #expect(try train("whole").status == 0)
    let streams = try TemporaryFolder()
    let process = try Program.process(
      [
        "learn", "classify", "train", "--data", "data", "--codec", "photo", "--channels", "12",
        "--out", "part", "--epochs", "8", "--batch", "2", "--variants", "1",
      ], folder: streams, at: folder.path)
    try process.run()
    // Somewhere on its way, or after its end, which changes nothing either.
    let checkpoint = folder.file("part/latents-1.checkpoint")
    for _ in 0..<2000 where !FileManager.default.fileExists(atPath: checkpoint) { usleep(2000) }
    process.interrupt()
    let stopped = try Program.result(of: process, folder: streams)
    #expect(stopped.status == 0 || (stopped.status == 1 && stopped.errors.contains("--resume")))
    #expect(try train("part", "--resume").status == 0)
    for name in ["latents-1.safetensors", "latents-1.checkpoint"] {
      #expect(try contents(folder.file("part/" + name)) == contents(folder.file("whole/" + name)))
    }
  }

  @Test func badDataIsNamed() throws {
    #expect(try train("run", "--head", "linear").status == 0)
    let again = try train("run")
    #expect(again.status == 1 && again.errors == "codec: run exists; use -f to overwrite\n")
    _ = try folder.write([1, 2, 3], to: "data/dark/0.png")
    let damaged = try train("other", "--head", "linear")
    #expect(damaged.status == 0)
    #expect(damaged.errors.contains("codec: left out: data/dark/0.png "))
    #expect(damaged.errors.contains("codec: 1 of 10 files were left out"))
    let unseen = try learn("evaluate", "--model", "run/latents-1.safetensors", "--data", "run")
    #expect(unseen.status == 1)
    let model = try learn("predict", "--model", "data/dark/1.png", "data/dark/1.png")
    #expect(model.status == 1 && model.errors.contains("no valid safetensors file"))
    try FileManager.default.removeItem(atPath: folder.file("data/dark"))
    let one = try train("third")
    #expect(one.status == 1)
    #expect(one.errors == "codec: data has the class bright alone, at least 2 are needed\n")
    #expect(!FileManager.default.fileExists(atPath: folder.file("third")))
  }

  @Test func helpAndMistakes() throws {
    let help = try learn("train", "--help")
    #expect(help.status == 0)
    for option in [
      "--data", "--test", "--out", "--codec", "--channels", "--quality", "--input", "--head",
      "--epochs", "--batch", "--rate", "--variants", "--seeds", "--seed", "--resume",
    ] { #expect(help.text.contains(option), "\(option)") }
    for command in ["evaluate", "predict"] {
      #expect(try learn(command, "--help").text.contains("--model"))
    }
    #expect(try codec("learn", "--help").text.contains("classify"))
    #expect(try learn("train", "--data", "data").status == 2)
    #expect(try train("x", "--seeds", "0").status == 2)
    #expect(try train("x", "--input", "sounds").status == 2)
    #expect(try train("x", "--head", "none").status == 2)
  }
}
