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
    var metadata = metadata
    metadata["network"] = try sortedJSON(network)
    metadata["labels"] = try sortedJSON(labels)
    return Safetensors(tensors: tensors, metadata: metadata).serialized()
  }

  /// Reads a model. `name` is what errors call it.
  ///
  /// - Throws: `SafetensorsError` where the file is damaged, or weights or statistics are not those of
  ///   its layers; `ModelError` where these do not fit each other.
  public init(parsing bytes: [UInt8], name: String) throws {
    let file = try Safetensors(parsing: bytes, name: name)
    let network: Network = try file.metadata.json("network", file: name)
    guard network.isPossible else {
      throw ModelError.layers(file: name, what: "do not fit each other")
    }
    let mean = try file.float32("mean", shape: [network.inputs])
    let scale = try file.float32("scale", shape: [network.inputs])
    guard mean.allSatisfy({ $0.isFinite }), scale.allSatisfy({ $0 > 0 && $0.isFinite }) else {
      throw SafetensorsError.tensor(
        file: name, tensor: "scale", what: "mean and scale are no statistics")
    }
    self.init(
      network: network, parameters: try Parameters(network.entries, from: file),
      statistics: ChannelStatistics(mean: mean, scale: scale),
      labels: try file.metadata.json("labels", file: name),
      metadata: file.metadata.filter { $0.key != "network" && $0.key != "labels" })
  }

  /// Saves the model; the file is complete before it takes its name.
  ///
  /// - Throws: what writing the file throws.
  public func save(to file: URL) throws {
    try Data(serialized()).write(to: file, options: .atomic)
  }

  /// Bytes of a file that are read at most, since a path may lead to a pipe that never ends. Training
  /// writes models of up to 0.7 GB.
  private static let maximumBytes = 1 << 30

  /// Loads a model from its file.
  ///
  /// - Throws: As parsing does, or `MediaFileError` where the file cannot be read or is too large.
  public init(path: String) throws {
    try self.init(parsing: readFile(path: path, maximumBytes: Self.maximumBytes), name: path)
  }

  /// Throws where the network takes and gives other numbers than a task needs.
  ///
  /// - Parameter scope: what the outputs must be of.
  package func check(
    inputs: Int, outputs: Int, of scope: Network.Scope, file: String
  ) throws(ModelError) {
    guard (network.inputs, network.outputs, network.scope) == (inputs, outputs, scope) else {
      throw .layers(
        file: file,
        what: "take \(network.inputs) numbers of a patch and give \(network.outputs) of "
          + "\(network.scope.rawValue), not \(inputs) and \(outputs) of \(scope.rawValue)")
    }
  }

  /// A number of the metadata, which must be in a range.
  package func number<Number: LosslessStringConvertible & Comparable>(
    _ field: String, in range: ClosedRange<Number>, file: String
  ) throws(ModelError) -> Number {
    guard let number = metadata[field].flatMap(Number.init), range.contains(number) else {
      throw .field(file: file, field: field)
    }
    return number
  }
}

extension [String: String] {
  /// A value that metadata hold as JSON. `file` is what the error calls their file.
  func json<Content: Decodable>(_ key: String, file: String) throws(ModelError) -> Content {
    guard let text = self[key],
      let value = try? JSONDecoder().decode(Content.self, from: Data(text.utf8))
    else { throw .field(file: file, field: key) }
    return value
  }
}

/// A value as JSON for metadata, always in the same order.
func sortedJSON(_ value: some Encodable) throws -> String {
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
  return String(decoding: try encoder.encode(value), as: UTF8.self)
}
