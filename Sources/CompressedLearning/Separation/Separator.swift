import Foundation
import LearnedCodec
import Networks

/// A model that splits the slots of a mixture into those of stems, by a mask for each.
public struct Separator: Sendable {
  /// Network, weights and statistics; its labels are the stems.
  public let model: SavedModel
  /// The numbers of a slot that it reads and writes.
  public let places: SlotPlaces
  /// Channels of the mixture.
  public let channels: Int
  /// Frames a second of the mixture.
  public let sampleRate: Int

  /// A separator from its parts.
  public init(model: SavedModel, places: SlotPlaces, channels: Int, sampleRate: Int) {
    precondition(
      model.network.inputs == places.count
        && model.network.outputs == places.count * model.labels.count,
      "a network of another shape")
    self.places = places
    self.channels = channels
    self.sampleRate = sampleRate
    var model = model
    let shape = Shape(places: places, channels: channels, sampleRate: sampleRate)
    model.metadata["separation"] = String(
      decoding: (try? JSONEncoder().encode(shape)) ?? Data(), as: UTF8.self)
    self.model = model
  }

  /// What a file says beside the network.
  private struct Shape: Codable {
    var places: SlotPlaces
    var channels: Int
    var sampleRate: Int
  }

  /// Reads a model from its file.
  ///
  /// - Throws: `SafetensorsError`, or `SeparationError.noModel` where it is one of another task.
  public init(file: URL) throws {
    let model = try SavedModel(file: file)
    guard let text = model.metadata["separation"],
      let shape = try? JSONDecoder().decode(Shape.self, from: Data(text.utf8)),
      (1...1 << 20).contains(shape.places.width), (1...256).contains(shape.channels),
      shape.places.width % shape.channels == 0,
      shape.places.indices.allSatisfy({ (0..<shape.places.width).contains($0) }),
      Set(shape.places.indices).count == shape.places.count,
      model.network.inputs == shape.places.count,
      model.network.outputs == shape.places.count * model.labels.count
    else {
      throw SeparationError.noModel(file: file.path, what: "its places or stems do not fit")
    }
    self.init(
      model: model, places: shape.places, channels: shape.channels, sampleRate: shape.sampleRate)
  }

  /// The network of a separator: slots in a column, so that depthwise kernels go along time.
  public static func network(places: Int, stems: Int, width: Int, blocks: Int) -> Network {
    Network(
      inputs: places,
      [.linear(width)] + [Layer](repeating: .residual(hidden: 2 * width), count: blocks)
        + [.normalisation, .linear(stems * places)])
  }

  /// Frequencies of a channel of a slot.
  public var frequencies: Int { places.width / channels }

  /// The slots of each stem, in the order of `model.labels`: masks of the mixture's numbers at the
  /// places, zeros at all others.
  public func stems(of mixture: SoundSlots) -> [SoundSlots] {
    let values = places.values(of: mixture)
    let (count, stems) = (places.count, model.labels.count)
    let logits = model(
      Self.input(values, places: places, frequencies: frequencies, statistics: model.statistics))
    let masks = logits.features.masks(count: stems)
    return (0..<stems).map { stem in
      var part = values
      for slot in 0..<mixture.count {
        for place in 0..<count {
          part[slot * count + place] *= masks[(slot * stems + stem) * count + place]
        }
      }
      return places.slots(part, channels: channels)
    }
  }

  /// What the network gets of numbers of the places, shape [slots, places].
  static func input(
    _ values: [Float], places: SlotPlaces, frequencies: Int, statistics: ChannelStatistics
  ) -> FeatureMap {
    let latents = Latents(
      patchRows: values.count / places.count, patchColumns: 1, channels: places.count,
      values: places.features(of: values, frequencies: frequencies))
    return FeatureMap(
      statistics.normalized(latents).values, rows: latents.patchRows, columns: 1,
      channels: places.count)
  }
}
