import CompressedLearning
import LearnedCodec

/// A kind of input that classifiers are trained on, and how a saved model names it.
struct ClassifierInput: Sendable {
  /// What a report calls it.
  let name: String
  /// What a network sees.
  let input: PictureInput
  /// Whether the network begins on patches of half the side.
  var isFine = false

  /// What a model's metadata says of it.
  var metadata: [String: String] {
    switch input {
    case .latents(let codec, let quality, let channels):
      SavedModel.metadata(codec, quality)
        .merging(["task": "classify", "input": name, "channels": "\(channels)"]) { $1 }
    case .pixels(let scale, let side):
      ["task": "classify", "input": name, "scale": "\(scale)", "side": "\(side)"]
    }
  }
}

/// A trained classifier with what it reads.
struct SavedClassifier {
  let model: SavedModel
  let input: PictureInput

  /// Loads a model and the codec that it needs.
  init(path: String) throws {
    model = try SavedModel(path: path, task: "classify")
    if model.metadata["codec"] != nil {
      let (codec, quality) = try model.codec(file: path)
      input = .latents(
        codec, quality: quality,
        channels: try model.number("channels", in: 1...codec.channels, file: path))
    } else {
      input = .pixels(
        scale: try model.number("scale", in: 0.001...1, file: path),
        side: try model.number("side", in: 1...64, file: path))
    }
    try model.check(
      inputs: input.channels, outputs: model.labels.count, of: .grid, file: path)
  }
}

extension SavedModel {
  /// Loads a model of a task.
  init(path: String, task: String) throws {
    try self.init(path: path)
    guard metadata["task"] == task else {
      throw ModelError.otherTask(file: path, expected: task)
    }
  }

  /// What metadata say of the latents that a model is trained on.
  static func metadata(_ codec: PictureCodec, _ quality: Quality) -> [String: String] {
    ["codec": codec.name, "codecHash": hashText(codec.hash), "quality": "\(quality.value)"]
  }

  /// The codec of the latents that it was trained on, and their quality.
  func codec(file path: String) throws -> (PictureCodec, Quality) {
    guard let name = metadata["codec"] else { throw ModelError.field(file: path, field: "codec") }
    let codec = try CodecLibrary.standard.codec(named: name).pictureCodec(for: path)
    guard hashText(codec.hash) == metadata["codecHash"] else {
      throw ModelError.otherCodec(
        file: path, codec: name, trained: metadata["codecHash"] ?? "",
        found: hashText(codec.hash))
    }
    return (codec, Quality(try number("quality", in: 0...100, file: path)))
  }
}
