import CompressedLearning
import Foundation
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
    var fields = ["task": "classify", "input": name]
    switch input {
    case .latents(let codec, let quality, let channels):
      fields["codec"] = codec.name
      fields["codecHash"] = hashText(codec.hash)
      fields["quality"] = "\(quality.value)"
      fields["channels"] = "\(channels)"
    case .pixels(let scale, let side):
      fields["scale"] = "\(scale)"
      fields["side"] = "\(side)"
    }
    return fields
  }
}

/// A trained classifier with what it reads.
struct SavedClassifier {
  let model: SavedModel
  let input: PictureInput

  /// Loads a model and the codec that it needs.
  init(path: String) throws {
    model = try SavedModel(file: URL(fileURLWithPath: path))
    let fields = model.metadata
    func wrong(_ what: String) -> UnusableModel {
      UnusableModel(description: "\(path): \(what)")
    }
    guard fields["task"] == "classify", model.labels.count == model.network.outputs,
      model.network.isPooled
    else {
      throw wrong("it is no model of codec learn classify")
    }
    if let name = fields["codec"] {
      let codec = try CodecLibrary.standard.codec(named: name).pictureCodec(for: path)
      guard hashText(codec.hash) == fields["codecHash"] else {
        throw wrong(
          "it was trained on latents of codec \(name) \(fields["codecHash"] ?? ""), which is not "
            + "here: \(name) is \(hashText(codec.hash))")
      }
      guard let channels = fields["channels"].flatMap(Int.init),
        (1...codec.channels).contains(channels),
        let quality = fields["quality"].flatMap(Double.init), (0...100).contains(quality)
      else { throw wrong("its channels or quality are missing or impossible") }
      input = .latents(codec, quality: Quality(quality), channels: channels)
    } else {
      guard let scale = fields["scale"].flatMap(Double.init), (0.001...1).contains(scale),
        let side = fields["side"].flatMap(Int.init), (1...64).contains(side)
      else { throw wrong("its scale or side is missing") }
      input = .pixels(scale: scale, side: side)
    }
    guard input.channels == model.network.inputs else {
      throw wrong("its layers take \(model.network.inputs) channels, not \(input.channels)")
    }
  }
}
