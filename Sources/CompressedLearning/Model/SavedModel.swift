import Foundation
import MediaFiles
import Networks

/// A trained network with all that its user needs: what inputs are normalised by, what its outputs
/// mean, and which codec its latents come from.
public struct SavedModel: Sendable, Equatable {
  /// The layers.
  public var network: Network
  /// Their weights.
  public var parameters: Parameters
  /// What inputs are normalised by.
  public var statistics: ChannelStatistics
  /// Names of the outputs, such as those of classes; empty where they have none.
  public var labels: [String]
  /// What else is known: the codec, how it was trained.
  public var metadata: [String: String]

  /// A model of its parts; see the properties.
  public init(
    network: Network, parameters: Parameters, statistics: ChannelStatistics, labels: [String] = [],
    metadata: [String: String] = [:]
  ) {
    precondition(
      parameters.entries == network.entries && statistics.mean.count == network.inputs,
      "weights or statistics of another network")
    self.network = network
    self.parameters = parameters
    self.statistics = statistics
    self.labels = labels
    self.metadata = metadata
  }

  /// What the network makes of an example, outside of training: the values alone.
  ///
  /// - Parameter input: normalised, shape [patches, network.inputs].
  /// - Returns: shape [patches, network.outputs]; fewer patches where layers merge or average them.
  public func callAsFunction(_ input: FeatureMap) -> FeatureMap {
    network(input, parameters.constants())
  }
}

extension SavedModel {
  /// The model as a safetensors file: weights by name, `mean` and `scale`, and in the metadata the
  /// layers (`network`) and labels as JSON beside `metadata`.
  ///
  /// - Throws: `EncodingError`, which these values never cause.
  public func serialized() throws -> [UInt8] {
    var tensors = parameters.tensors()
    tensors["mean"] = Tensor(shape: [network.inputs], values: .float32(statistics.mean))
    tensors["scale"] = Tensor(shape: [network.inputs], values: .float32(statistics.scale))
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    var metadata = metadata
    metadata["network"] = String(decoding: try encoder.encode(network), as: UTF8.self)
    metadata["labels"] = String(decoding: try encoder.encode(labels), as: UTF8.self)
    return Safetensors(tensors: tensors, metadata: metadata).serialized()
  }

  /// Reads a model. `name` is what errors call it.
  ///
  /// - Throws: `SafetensorsError` where the file is damaged, its layers do not fit each other, or
  ///   weights or statistics are not theirs.
  public init(parsing bytes: [UInt8], name: String) throws(SafetensorsError) {
    let file = try Safetensors(parsing: bytes, name: name)
    func json<Value: Decodable>(_ key: String, _ type: Value.Type) throws(SafetensorsError) -> Value
    {
      guard let text = file.metadata[key],
        let value = try? JSONDecoder().decode(type, from: Data(text.utf8))
      else {
        throw .file(name, what: "its metadata \(key) is missing or of another form")
      }
      return value
    }
    let network = try json("network", Network.self)
    guard network.isPossible else {
      throw .file(name, what: "its layers do not fit each other")
    }
    let mean = try file.float32("mean", shape: [network.inputs])
    let scale = try file.float32("scale", shape: [network.inputs])
    guard mean.allSatisfy({ $0.isFinite }), scale.allSatisfy({ $0 > 0 && $0.isFinite }) else {
      throw .tensor(file: name, tensor: "scale", what: "mean and scale are no statistics")
    }
    self.init(
      network: network, parameters: try Parameters(network.entries, from: file),
      statistics: ChannelStatistics(mean: mean, scale: scale),
      labels: try json("labels", [String].self),
      metadata: file.metadata.filter { $0.key != "network" && $0.key != "labels" })
  }

  /// Saves the model; the file is complete before it takes its name.
  ///
  /// - Throws: what writing the file throws.
  public func save(to file: URL) throws {
    try Data(serialized()).write(to: file, options: .atomic)
  }

  /// Loads a model from its file.
  ///
  /// - Throws: `SafetensorsError` as parsing does, or `MediaFileError` where the file cannot be read
  ///   or has more than 256 MiB, which no model of a few layers has.
  public init(file: URL) throws {
    try self.init(
      parsing: readFile(path: file.path, maximumBytes: 1 << 28), name: file.path)
  }
}
