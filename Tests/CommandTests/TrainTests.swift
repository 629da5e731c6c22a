import Foundation
import TestSupport
import Testing

struct TrainTests {
  let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    try FileManager.default.createDirectory(
      atPath: folder.file("data/deep"), withIntermediateDirectories: true)
    try writePicture(picture(40, 40, 3), to: folder.file("data/a.png"))
    try writePicture(picture(40, 30, 3), to: folder.file("data/deep/b.ppm"))
  }

  private func train(_ options: String...) throws -> Run {
    try run(["train", "--fit", "klt", "--data", "data", "--levels", "1"] + options)
  }

  private func run(_ arguments: [String]) throws -> Run {
    let streams = try TemporaryFolder()
    let process = try Program.process(arguments, folder: streams, at: folder.path)
    try process.run()
    return try Program.result(of: process, folder: streams)
  }

  /// The fields of a codec's description.
  private func description(_ name: String) throws -> [String: Any] {
    try objects(
      String(decoding: contents(folder.file("\(name)/codec.json")), as: UTF8.self)
        .replacing("\n", with: " ")
    )[0]
  }

  @Test func codecsAreWrittenOnceAndWhole() throws {
    let run = try train("--out", "x")
    #expect(run.status == 0 && run.errorLines.last?.hasPrefix("x: codec ") ?? false)
    #expect(try folder.contents() == ["data", "x"])
    let fields = try description("x")
    #expect(fields["planes"] as? Int == 3 && fields["channels"] as? Int == 12)
    let training = fields["training"] as? [String: String]
    #expect(
      training?["pictures"] == "2" && training?["seed"] == "1" && training?["grey"] == "false")

    let again = try train("--out", "x")
    #expect(again.status == 1 && again.errors == "codec: x: it exists\n")
    #expect(try train("--out", "y").status == 0)
    for file in ["codec.json", "weights.safetensors"] {
      #expect(try contents(folder.file("x/\(file)")) == contents(folder.file("y/\(file)")))
    }
  }

  @Test func options() throws {
    #expect(try train("--out", "g", "--grey", "--channels", "3", "--seed", "7").status == 0)
    let fields = try description("g")
    #expect(fields["planes"] as? Int == 1 && fields["channels"] as? Int == 3)
    #expect((fields["training"] as? [String: String])?["seed"] == "7")
    let run = try train("--out", "h", "--channels", "13")
    #expect(run.status == 1 && run.errors.contains("a patch has 1...12 channels to keep, not 13"))
    #expect(try folder.contents() == ["data", "g"])
  }

  @Test func filesThatCannotBeUsedAreLeftOut() throws {
    _ = try folder.write(Array("no picture".utf8), to: "data/deep/c.png")
    try writePicture(picture(40, 30, 1), to: folder.file("data/d.png"))
    let run = try train("--out", "x")
    #expect(run.status == 0)
    #expect(run.errors.contains("codec: left out: data/deep/c.png is neither"))
    #expect(run.errors.contains("of 2 files (2 left out)"))
    try FileManager.default.createDirectory(
      atPath: folder.file("empty"), withIntermediateDirectories: false)
    let empty = try codec("train", "--fit", "klt", "--data", "empty", "--out", "y", at: folder)
    #expect(empty.status == 1)
    #expect(empty.errors.hasSuffix("codec: there are no pictures to fit a codec to\n"))
  }

  private static let recipe = """
    {"version": 1, "planes": 3, "levels": 2, "channels": 48, "predicted": 3, "pyramidLevels": 1,
     "steps": {"coarsest": 170, "finest": 7.5}, "deadZone": 0.2, "rateWeight": 0.1,
     "qualities": [0], "network":
     {"levels": 1, "width": 8, "hidden": 8, "blocks": 1, "qualityNodes": 2},
     "training": {"fit": "bandwise", "steps": "2", "crops": "1", "side": "16", "heldOut": "2"}}
    """

  @Test func recipesAreTrainedAndResumed() throws {
    _ = try folder.write(Array(Self.recipe.utf8), to: "recipe.json")
    func train(_ more: String...) throws -> Run {
      try run(["train", "--recipe", "recipe.json", "--data", "data", "--out", "run"] + more)
    }
    let first = try train()
    #expect(first.status == 0 && first.errors.hasSuffix("run/codec: trained for 2 steps\n"))
    #expect(try train().errors == "codec: run: it exists\n")
    let more = try train("--resume", "--steps", "3")
    #expect(more.status == 0 && more.errors.hasSuffix("run/codec: trained for 3 steps\n"))
    for file in [
      "codec/codec.json", "codec/weights.safetensors", "checkpoint.safetensors",
    ] {
      #expect(FileManager.default.fileExists(atPath: folder.file("run/\(file)")))
    }
    #expect(
      try codec("encode", "data/a.png", "-o", "a.wlc", "--codec", "run/codec", at: folder).status
        == 0)
    #expect(
      try codec("decode", "a.wlc", "-o", "b.png", "--codec", "run/codec", at: folder).status == 0)
  }

  /// A training on PyTorch leaves the weights of a codec; finished, they make the codec they are of.
  @Test(arguments: ["network", "analysis"])
  func trainingsOnPyTorchAreFinished(part: String) throws {
    let recipe =
      part == "network"
      ? Self.recipe
      : Self.recipe.replacing(
        "\"fit\": \"bandwise\"", with: "\"fit\": \"klt\", \"train\": \"analysis\""
      )
      .replacing("\"pyramidLevels\": 1", with: "\"pyramidLevels\": 0")
    _ = try folder.write(Array(recipe.utf8), to: "r.json")
    #expect(try run(["train", "--recipe", "r.json", "--data", "data", "--out", "run"]).status == 0)
    let trained = try contents(folder.file("run/codec/hash"))
    for file in ["codec.json", "weights.safetensors"] {
      try FileManager.default.moveItem(
        atPath: folder.file("run/codec/\(file)"), toPath: folder.file("run/\(file)"))
    }
    #expect(try run(["train", "--finish", "run"]).status == 2)
    let finished = try run(["train", "--finish", "run", "--data", "data"])
    #expect(finished.status == 0 && finished.errors.contains("run/codec: codec "))
    #expect(try contents(folder.file("run/codec/hash")) == trained)
    try FileManager.default.removeItem(atPath: folder.file("run/weights.safetensors"))
    let without = try run(["train", "--finish", "run", "--data", "data"])
    #expect(without.status == 1 && without.errors.contains("weights.safetensors"))
    #expect(try contents(folder.file("run/codec/hash")) == trained)
  }

  @Test func curvesAreDrawn() throws {
    _ = try folder.write(
      Array(Self.recipe.replacing("\"steps\": \"2\"", with: "\"steps\": \"100\"").utf8),
      to: "r.json")
    #expect(try run(["train", "--recipe", "r.json", "--data", "data", "--out", "run"]).status == 0)
    #expect(
      String(decoding: try contents(folder.file("run/loss.svg")), as: UTF8.self)
        .hasPrefix("<svg"))
  }

  /// A file that cannot grow is what a full disk is to a program.
  @Test func fullDisksLoseNothing() throws {
    _ = try folder.write(Array(Self.recipe.utf8), to: "recipe.json")
    let options = ["--recipe", "recipe.json", "--data", "data", "--out", "run"]
    #expect(try run(["train"] + options).status == 0)
    let kept = ["run/checkpoint.safetensors", "run/codec/weights.safetensors"]
    let before = try kept.map { try contents(folder.file($0)) }
    let streams = try TemporaryFolder()
    let process = try Program.process(
      ["-c", "trap '' XFSZ; ulimit -f 1; exec \"$0\" \"$@\"", Program.path, "train"] + options
        + ["--resume", "--steps", "3"], folder: streams, at: folder.path)
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    try process.run()
    let full = try Program.result(of: process, folder: streams)
    #expect(full.status == 1 && full.errors.contains("checkpoint.safetensors"), "\(full.errors)")
    #expect(try kept.map { try contents(folder.file($0)) } == before)
    #expect(try run(["train"] + options + ["--resume", "--steps", "3"]).status == 0)
  }

  @Test(
    arguments: [
      ["--fit", "klt", "--recipe", "r.json"], ["--fit", "klt", "--steps", "3"],
      ["--fit", "klt", "--resume"], ["--recipe", "r.json", "--steps", "0"],
      ["--recipe", "r.json", "--minutes", "0"],
      ["--recipe", "r.json", "--minutes", "1", "--steps", "1"], ["--finish", "run"],
    ])
  func optionsThatDoNotGoTogether(options: [String]) throws {
    #expect(try run(["train", "--data", "data", "--out", "x"] + options).status == 2)
  }

  @Test func recipesThatAreNoneAreRefused() throws {
    _ = try folder.write(Array("{}".utf8), to: "r.json")
    for (file, reason) in [("r.json", "does not describe a codec"), ("none.json", "none.json")] {
      let run = try run(["train", "--data", "data", "--out", "x", "--recipe", file])
      #expect(run.status == 1 && run.errors.contains(reason))
    }
  }
}
