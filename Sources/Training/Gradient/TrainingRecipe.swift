import Foundation
import LearnedCodec

/// How a codec is trained, as its `codec.json` records it: shapes from the description of the
/// codec, the rest from its field `training`.
public struct TrainingRecipe: Sendable, Equatable {
  /// Levels J of the packet tree, 0...6; a patch has side 2^J.
  public var levels = 3
  /// Latent channels, 1 to planes * 4^J; nil for all.
  public var channels: Int?
  /// Layers of the synthesis network.
  package var network = SynthesisNetwork.Shape()
  /// Levels by which the lowest band is split further.
  public var pyramidLevels = 3
  /// Quantiser steps.
  package var stepRange = StepRange(coarsest: 170, finest: 7.5)
  /// Whether the projection moves, and the linear synthesis with it, or the network alone.
  public var trainsAnalysis = false
  /// What the network is for: pictures of this tuning. For the eye it learns from latents that are
  /// tuned so, and from their structure beside the squared error.
  public var tuning = PictureOptions.Tuning.psnr
  /// Whether the closed-form fit leaves the bands as they are, see `ClosedFormFit`.
  public var isBandwise = true
  /// The share of crops of which only a first part of the channels is decoded, 0...1, so that
  /// the network learns to decode prefixes; for training of the network alone.
  public var prefixShare: Float = 0
  /// Steps of gradient descent, at least 1.
  public var steps = 20_000
  /// Crops of a step, 1...4096.
  public var crops = 4
  /// Side of a crop in samples, a multiple of the patch's, at most 4096.
  public var side = 256
  /// Factors by which pictures are scaled down at random, within 0.1...1.
  public var scales = ClosedRange<Double>.unscaled
  /// Highest learning rate, 0...1.
  public var rate: Float = 2e-3
  /// Steps in which the learning rate rises to it.
  public var warmUp = 200
  /// Longer gradients are scaled to this length.
  public var largestNorm: Float = 1
  /// One of so many pictures, at least 2, is held out for validation.
  public var heldOut = 23
  /// Seed of weights, scales and crops.
  public var seed: UInt64 = 1

  /// The recipe of the image codec that is shipped.
  public init() {}

  /// Reads the recipe from a `codec.json`, which need not lie beside weights.
  ///
  /// Throws `CodecFolderError` when it is not one, or a field of it has an impossible value.
  public init(path: URL) throws(CodecFolderError) {
    let description = try PictureCodecDescription(path: path)
    guard let network = description.network else {
      throw .field(path: path.path, field: "network", value: "missing in a recipe")
    }
    self.network = network
    levels = description.levels
    channels = description.channels
    pyramidLevels = description.pyramidLevels ?? 0
    stepRange = description.steps
    for (field, text) in description.training {
      let isKnown =
        switch field {
        case "fit": ["klt", "bandwise"].contains(text) && set(\.isBandwise, text == "bandwise")
        case "train":
          ["network", "analysis"].contains(text) && set(\.trainsAnalysis, text == "analysis")
        case "tuning":
          PictureOptions.Tuning(rawValue: text).map { tuning = $0 } != nil
        case "prefixes": set(\.prefixShare, Float(text), 0...1)
        case "steps": set(\.steps, Int(text), 1...100_000_000)
        case "crops": set(\.crops, Int(text), 1...4096)
        case "side": set(\.side, Int(text), 1 << levels...4096) && side % (1 << levels) == 0
        case "scale": ClosedRange(factors: text).map { scales = $0 } != nil
        case "rate": set(\.rate, Float(text), 0...1)
        case "warmUp": set(\.warmUp, Int(text), 0...1_000_000)
        case "largestNorm": set(\.largestNorm, Float(text), 1e-6...1e6)
        case "heldOut": set(\.heldOut, Int(text), 2...1_000_000)
        case "seed": set(\.seed, UInt64(text), 0 ... .max)
        default: true
        }
      guard isKnown else { throw .field(path: path.path, field: "training.\(field)", value: text) }
    }
    guard isBandwise || pyramidLevels == 0 else {
      throw .field(path: path.path, field: "pyramidLevels", value: "\(pyramidLevels) after klt")
    }
    guard !trainsAnalysis || prefixShare == 0 else {
      throw .field(
        path: path.path, field: "training.prefixes", value: "\(prefixShare) with analysis")
    }
    guard !trainsAnalysis || tuning == .psnr else {
      throw .field(
        path: path.path, field: "training.tuning", value: "\(tuning.rawValue) with analysis")
    }
    guard !trainsAnalysis || pyramidLevels == 0 else {
      throw .field(
        path: path.path, field: "training.train", value: "analysis with a pyramid of a band")
    }
  }

  private mutating func set<Value: Comparable>(
    _ field: WritableKeyPath<Self, Value>, _ value: Value?, _ range: ClosedRange<Value>
  ) -> Bool {
    guard let value, range.contains(value) else { return false }
    self[keyPath: field] = value
    return true
  }

  private mutating func set(_ field: WritableKeyPath<Self, Bool>, _ value: Bool) -> Bool {
    self[keyPath: field] = value
    return true
  }

  /// Whether the picture of this index is held out for validation.
  package func isHeldOut(_ index: Int) -> Bool { index % heldOut == heldOut / 3 }

  /// The field `training` of the `codec.json` of a codec that this recipe made.
  public var fields: [String: String] {
    [
      "fit": isBandwise ? "bandwise" : "klt",
      "train": trainsAnalysis ? "analysis" : "network",
      "tuning": tuning.rawValue, "prefixes": "\(prefixShare)", "steps": "\(steps)",
      "crops": "\(crops)",
      "side": "\(side)", "scale": scales.factorsText, "rate": "\(rate)", "warmUp": "\(warmUp)",
      "largestNorm": "\(largestNorm)", "heldOut": "\(heldOut)", "seed": "\(seed)",
    ]
  }
}
