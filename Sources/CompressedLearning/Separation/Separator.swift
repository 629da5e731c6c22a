import Foundation
import LearnedCodec
import Networks
import Wavelets

/// A model that splits the blocks of a mixture into those of stems, by a mask for each.
public struct Separator: Sendable {
  /// Network, weights and statistics; its labels are the stems.
  public let model: SavedModel
  /// The numbers of a block that it reads and writes.
  public let coefficients: SelectedCoefficients
  /// Channels of the mixture.
  public let channels: Int
  /// Frames a second of the mixture.
  public let sampleRate: Int

  /// A separator from its parts.
  public init(model: SavedModel, coefficients: SelectedCoefficients, channels: Int, sampleRate: Int)
  {
    precondition(
      model.network.inputs == coefficients.count
        && model.network.outputs == coefficients.count * model.labels.count,
      "a network of another shape")
    self.coefficients = coefficients
    self.channels = channels
    self.sampleRate = sampleRate
    var model = model
    let shape = Shape(coefficients: coefficients, channels: channels, sampleRate: sampleRate)
    // Whole numbers are always JSON.
    model.metadata["separation"] = try? sortedJSON(shape)
    self.model = model
  }

  /// What a file says beside the network.
  private struct Shape: Codable {
    var coefficients: SelectedCoefficients
    var channels: Int
    var sampleRate: Int

    /// As files of models have them.
    private enum CodingKeys: String, CodingKey {
      case coefficients = "places"
      case channels, sampleRate
    }
  }

  /// Reads a model from its file.
  ///
  /// - Throws: `SafetensorsError` or `ModelError` where it is damaged or of another task, or what
  ///   reading it throws.
  public init(path: String) throws {
    let model = try SavedModel(path: path)
    let shape: Shape = try model.metadata.json("separation", file: path)
    let places = shape.coefficients
    func check(_ isPossible: Bool, _ field: String) throws(ModelError) {
      if !isPossible { throw .field(file: path, field: field) }
    }
    try check(
      (1...SoundContainer.largestChannels).contains(shape.channels), "separation.channels")
    try check((1...Int(Int32.max)).contains(shape.sampleRate), "separation.sampleRate")
    try check(
      LappedTransform.blockCounts.contains {
        places.width == shape.channels * LappedTransform.patchFrames / $0
      } && places.indices.allSatisfy((0..<places.width).contains)
        && Set(places.indices).count == places.count, "separation.places")
    // Files of stems are called like them.
    try check(
      Set(model.labels).count == model.labels.count
        && !model.labels.contains { $0.contains("/") || $0.contains("\0") }, "labels")
    try model.check(
      inputs: places.count, outputs: places.count * model.labels.count, of: .patch, file: path)
    self.init(
      model: model, coefficients: places, channels: shape.channels,
      sampleRate: shape.sampleRate)
  }

  /// The network of a separator: blocks in a column, so that depthwise kernels go along time.
  ///
  /// - Parameters:
  ///   - coefficients: of a block that are read, and written for each stem.
  ///   - stems: how many there are.
  ///   - width: channels within the network, a multiple of 8.
  ///   - blocks: residual blocks: a block of sound sees so many to each side.
  public static func network(coefficients: Int, stems: Int, width: Int, blocks: Int) -> Network {
    Network(
      inputs: coefficients,
      [.linear(width)] + [Layer](repeating: .residual(hidden: 2 * width), count: blocks)
        + [.normalisation, .linear(stems * coefficients)])
  }

  /// Frequencies of a channel of a block.
  public var frequencies: Int { coefficients.width / channels }

  /// The blocks of each stem, in the order of `model.labels`: masks of the mixture's
  /// coefficients, zeros for all others. Shape of each [blocks, channels, frequencies].
  public func stems(of mixture: SoundBlocks) -> [SoundBlocks] {
    let values = coefficients.values(of: mixture)
    let (count, stems) = (coefficients.count, model.labels.count)
    let latents = coefficients.latents(of: values, frequencies: frequencies)
    let logits = model(FeatureMap(model.statistics.normalized(latents)))
    let masks = logits.features.masks(count: stems)
    return (0..<stems).map { stem in
      var part = values
      for block in 0..<mixture.count {
        for coefficient in 0..<count {
          part[block * count + coefficient] *= masks[(block * stems + stem) * count + coefficient]
        }
      }
      return coefficients.blocks(part, channels: channels)
    }
  }
}
