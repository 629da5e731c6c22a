import Foundation
import Networks
import TestSupport
import Testing

/// Models of `codec learn` that are not what training writes, and endless input.
struct LearnedModelTests {
  let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    try writePicture(picture(32, 24, 3), to: folder.file("p.png"))
    let latents = try codec(
      "latents", "p.png", "--codec", "photo", "-o", "p.safetensors", at: folder)
    #expect(latents.status == 0, "\(latents.errors)")
    let file = try Safetensors(parsing: contents(folder.file("p.safetensors")), name: "p")
    hash = try #require(file.metadata["codecHash"])
  }

  /// Of the codec photo.
  private let hash: String

  /// Writes a model of one linear layer and others without weights.
  private func write(
    _ metadata: [String: String], inputs: Int, outputs: Int, before: String = "",
    after: String = "", labels: [String] = []
  ) throws {
    let isPooled = before.contains("mean")
    let name = isPooled ? "1." : "0."
    let numbers = { (count: Int) in Tensor.Values.float32([Float](repeating: 0.01, count: count)) }
    var all = ["codec": "photo", "codecHash": hash, "quality": "80", "channels": "\(inputs)"]
    all["network"] =
      #"{"inputs":\#(inputs),"layers":[\#(before){"linear":{"_0":\#(outputs)}}\#(after)]}"#
    all["labels"] = String(decoding: try JSONEncoder().encode(labels), as: UTF8.self)
    let file = Safetensors(
      tensors: [
        "mean": Tensor(shape: [inputs], values: numbers(inputs)),
        "scale": Tensor(shape: [inputs], values: numbers(inputs)),
        name + "weight": Tensor(shape: [outputs, inputs], values: numbers(inputs * outputs)),
        name + "bias": Tensor(shape: [1, outputs], values: numbers(outputs)),
      ], metadata: all.merging(metadata) { $1 })
    try Data(file.serialized()).write(to: URL(fileURLWithPath: folder.file("m.safetensors")))
  }

  private func learn(_ arguments: String...) throws -> Run {
    let streams = try TemporaryFolder()
    let process = try Program.process(["learn"] + arguments, folder: streams, at: folder.path)
    try process.run()
    return try Program.result(of: process, folder: streams)
  }

  private func expectError(_ run: Run, _ message: String) {
    #expect(run.status == 1 && !run.wasSignalled)
    #expect(run.errors == "codec: m.safetensors\(message)\n")
  }

  private static let mean = #"{"mean":{}},"#

  @Test func classifiersAreChecked() throws {
    func classify(_ changes: [String: String], before: String = Self.mean) throws -> Run {
      try write(
        ["task": "classify"].merging(changes) { $1 }, inputs: 12, outputs: 2, before: before,
        labels: ["a", "b"])
      return try learn("classify", "predict", "--model", "m.safetensors", "p.png")
    }
    let fine = try classify([:])
    #expect(fine.status == 0 && fine.text.hasPrefix("p.png: "), "\(fine.errors)")
    for (field, value) in [
      ("quality", "nan"), ("quality", "101"), ("quality", "-1"), ("quality", "inf"),
      ("channels", "0"), ("channels", "-12"), ("channels", "9223372036854775808"),
    ] {
      expectError(
        try classify([field: value]), ": its metadata \(field) is missing or impossible")
    }
    expectError(try classify(["task": "x"]), " is no model of codec learn classify")
    expectError(
      try classify([:], before: ""),
      ": its layers take 12 numbers of a patch and give 2 of a patch, not 12 and 2 of the whole grid"
    )
  }

  @Test func colorizersAreChecked() throws {
    func colorize(_ changes: [String: String], before: String = "") throws -> Run {
      try write(
        ["task": "colorize"].merging(changes) { $1 }, inputs: 48, outputs: 48, before: before)
      return try learn(
        "colorize", "apply", "--model", "m.safetensors", "p.png", "-o", "x.png", "-f")
    }
    let fine = try colorize([:])
    #expect(fine.status == 0, "\(fine.errors)")
    for value in ["nan", "100.5", "", "-0.1"] {
      expectError(
        try colorize(["quality": value]), ": its metadata quality is missing or impossible")
    }
    expectError(
      try colorize([:], before: Self.mean),
      ": its layers take 48 numbers of a patch and give 48 of the whole grid, not 48 and 48 of a "
        + "patch")
    expectError(
      try colorize(["codecHash": "0"]),
      ": it was trained on latents of codec photo 0, which is not here: photo is \(hash)")
  }

  @Test func endlessInputIsLookedAtFirst() throws {
    try write(
      ["task": "classify"], inputs: 12, outputs: 2, before: Self.mean, labels: ["a", "b"])
    let classified = try learn("classify", "predict", "--model", "m.safetensors", "/dev/zero")
    #expect(classified.status == 1 && classified.errors.contains("/dev/zero is neither a PNG"))
    try write(["task": "colorize"], inputs: 48, outputs: 48)
    let coloured = try learn(
      "colorize", "apply", "--model", "m.safetensors", "/dev/zero", "-o", "y.png")
    #expect(coloured.status == 1 && coloured.errors.contains("/dev/zero is neither a PNG"))
  }
}
