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
    let found = try ["data/dark/0.png", "x.wlc"].map { file in
      let run = try learn("predict", "--model", model, file, "--json")
      #expect(run.status == 0)
      return try #require(objects(run.text)[0]["probabilities"] as? [String: Double])
    }
    #expect(found[0] == found[1] && abs(found[0].values.reduce(0, +) - 1) < 1e-3)
  }

  /// A training is interrupted after its first epoch. Where it ends before the signal comes, as it
  /// may on a busy machine, one of more epochs is.
  @Test func trainingGoesOnWhereItStopped() throws {
    // A shell that starts the tests in the background makes them, and what they start, ignore
    // SIGINT.
    signal(SIGINT, SIG_DFL)
    var epochs = 8
    while true {
      let part = "part\(epochs)"
      let streams = try TemporaryFolder()
      let process = try Program.process(
        [
          "learn", "classify", "train", "--data", "data", "--codec", "photo", "--channels", "12",
          "--out", part, "--epochs", "\(epochs)", "--batch", "2", "--variants", "1",
        ], folder: streams, at: folder.path)
      try process.run()
      let checkpoint = folder.file("\(part)/latents-1.checkpoint")
      while process.isRunning, !FileManager.default.fileExists(atPath: checkpoint) { usleep(500) }
      process.interrupt()
      let stopped = try Program.result(of: process, folder: streams)
      if stopped.status == 0, epochs < 10_000 / 4 {
        epochs *= 4
        continue
      }
      #expect(stopped.status == 1 && !stopped.wasSignalled)
      #expect(stopped.errorLines.last == "stopped; --resume goes on")
      #expect(!FileManager.default.fileExists(atPath: folder.file("\(part)/latents-1.safetensors")))
      #expect(try train(part, "--resume", "--epochs", "\(epochs)").status == 0)
      #expect(try train("whole", "--epochs", "\(epochs)").status == 0)
      for name in ["latents-1.safetensors", "latents-1.checkpoint"] {
        #expect(
          try contents(folder.file("\(part)/" + name)) == contents(folder.file("whole/" + name)))
      }
      return
    }
  }

  /// A training that has ended goes on to more epochs, and not to fewer.
  @Test func moreEpochs() throws {
    #expect(try train("run", "--epochs", "2").status == 0)
    let model = try contents(folder.file("run/latents-1.safetensors"))
    #expect(try train("run", "--epochs", "2", "--resume").status == 0)
    #expect(try contents(folder.file("run/latents-1.safetensors")) == model)
    let longer = try train("run", "--epochs", "4", "--resume")
    #expect(longer.status == 0, "\(longer.errors)")
    #expect(
      longer.errorLines.filter { $0.contains(", epoch ") }
        .map { $0.prefix { $0 != ":" } } == [
          "latents, seed 1, epoch 3 of 4", "latents, seed 1, epoch 4 of 4",
        ])
    let fewer = try train("run", "--epochs", "3", "--resume")
    #expect(fewer.status == 1)
    #expect(
      fewer.errorLines.last?.hasSuffix(
        "run/latents-1.checkpoint is of a training of 4 epochs, which goes on to as many or more, "
          + "not to 3") ?? false)
  }

  /// Names with commas and quotes, as spreadsheets write them, in a table with a test set: of a class
  /// one file is enough.
  @Test func tablesAndClassesOfOneFile() throws {
    for (from, to) in [
      ("dark/0", "a, 0"), ("bright/0", "b \"0\""), ("dark/1", "c"), ("bright/1", "d"),
    ] {
      try FileManager.default.copyItem(
        atPath: folder.file("data/\(from).png"), toPath: folder.file("\(to).png"))
    }
    _ = try folder.write(
      Array("\u{FEFF}\"a, 0.png\",\"one, two\"\r\n\"b \"\"0\"\".png\",three\r\n".utf8),
      to: "train.CSV")
    _ = try folder.write(Array("c.png,\"one, two\"\r\nd.png,three\r\n".utf8), to: "test.csv")
    let streams = try TemporaryFolder()
    let process = try Program.process(
      [
        "learn", "classify", "train", "--data", "train.CSV", "--test", "test.csv", "--codec",
        "photo", "--out", "run", "--epochs", "1", "--variants", "0",
      ], folder: streams, at: folder.path)
    try process.run()
    let run = try Program.result(of: process, folder: streams)
    #expect(run.status == 0, "\(run.errors)")
    let evaluation = try learn(
      "evaluate", "--model", "run/latents-1.safetensors", "--data", "test.csv", "--json")
    #expect(try objects(evaluation.text)[0]["labels"] as? [String] == ["one, two", "three"])
    // Where a file of each class is held out, one is not.
    let small = try learn("train", "--data", "train.CSV", "--codec", "photo", "--out", "other")
    #expect(
      small.errors == "codec: class one, two in train.CSV has 1 file, at least 2 are needed where "
        + "one is held out\n")
  }

  @Test func soundsAreNoPictures() throws {
    #expect(try train("run", "--epochs", "1", "--input", "latents", "pixels").status == 0)
    try writeSound(sound(5000, channels: 1), to: folder.file("a.wav"))
    #expect(try codec("encode", "a.wav", at: folder).status == 0)
    #expect(
      try codec("encode", "data/dark/0.png", "--codec", "photo", "-o", "p.WLC", at: folder).status
        == 0)
    for (model, file, message) in [
      ("latents", "a.wav", "a.wav: it is a sound, not a picture"),
      ("latents", "a.wlc", "a.wlc is a sound, not a picture"),
      ("pixels", "a.wav", "a.wav: it is a sound, not a picture"),
      ("pixels", "p.WLC", "p.WLC: its pixels are asked for, which it has only once it is decoded"),
    ] {
      let run = try learn("predict", "--model", "run/\(model)-1.safetensors", file)
      #expect(run.status == 1 && run.errors == "codec: \(message)\n")
    }
    #expect(try learn("predict", "--model", "run/latents-1.safetensors", "p.WLC").status == 0)
  }

  @Test func badDataIsNamed() throws {
    #expect(try train("run", "--head", "linear").status == 0)
    let again = try train("run")
    #expect(
      again.status == 1
        && again.errors
          == "codec: run exists; --resume goes on with the training in it, --out names another "
          + "folder\n"
    )
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

  @Test func mistakes() throws {
    #expect(try learn("train", "--data", "data").status == 2)
    #expect(try train("x", "--seeds", "0").status == 2)
    #expect(try train("x", "--input", "sounds").status == 2)
    #expect(try train("x", "--head", "none").status == 2)
  }
}
