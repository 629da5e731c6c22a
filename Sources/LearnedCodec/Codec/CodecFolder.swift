import Crypto
import EntropyCoding
import Foundation
import Networks

extension Codec {
  /// Loads a codec from its folder: `codec.json` and `weights.safetensors`.
  public init(folder: URL) throws(CodecFolderError) {
    let path = folder.appendingPathComponent("codec.json")
    let weightsPath = folder.appendingPathComponent("weights.safetensors")
    let (json, weights) = (try readCodecFile(path), try readCodecFile(weightsPath))
    let description = try CodecDescription(json: json, path: path)
    do {
      try self.init(
        description, Safetensors(parsing: [UInt8](weights), name: weightsPath.path),
        name: folder.standardizedFileURL.lastPathComponent, hash: Self.hash(json, weights))
    } catch {
      throw .weights(error)
    }
  }

  /// Saves the codec as a folder, which must not exist, and returns it as loaded from there.
  ///
  /// - Parameter training: how it was made, for people.
  public func save(
    to folder: URL, training: [String: String]
  ) throws(CodecFolderError) -> Codec {
    let description = CodecDescription(
      planes: planes, levels: levels, channels: channels,
      predicted: anchors.first?.tables.predicted ?? 0, steps: steps, deadZone: deadZone,
      rateWeight: rateWeight, network: network?.shape,
      qualities: anchors.map(\.quality.value), training: training)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    let files = FileManager.default
    let partial = folder.deletingLastPathComponent()
      .appendingPathComponent(".\(folder.lastPathComponent).\(UInt32.random(in: 0 ... .max)).tmp")
    do {
      try files.createDirectory(at: partial, withIntermediateDirectories: true)
      defer { try? files.removeItem(at: partial) }
      try (encoder.encode(description) + Data("\n".utf8))
        .write(to: partial.appendingPathComponent("codec.json"))
      try Data(tensors.serialized()).write(
        to: partial.appendingPathComponent("weights.safetensors"))
      try files.moveItem(at: partial, to: folder)
    } catch {
      throw .file(path: folder.path, reason: reason(error))
    }
    return try Codec(folder: folder)
  }

  private init(
    _ description: CodecDescription, _ file: Safetensors, name: String, hash: UInt64
  ) throws(SafetensorsError) {
    let (channels, predicted) = (description.channels, description.predicted)
    let dimension = description.planes << (2 * description.levels)
    var anchors: [QualityAnchor] = []
    for (index, quality) in description.qualities.enumerated() {
      var tables = EntropyTables(channels: channels, predicted: predicted)
      let prefix = "anchors.\(index)."
      tables.meanWeights = try file.int16(
        prefix + "meanWeights", shape: [predicted, EntropyTables.meanNeighbours, predicted])
      tables.neighbourWeights = try file.int16(
        prefix + "neighbourWeights", shape: [EntropyTables.neighbours, channels])
      tables.patchWeights = try file.int16(prefix + "patchWeights", shape: [channels, channels])
      tables.biases = try file.int32(prefix + "biases", shape: [channels])
      tables.mixer.contexts = try file.uint32(
        prefix + "contexts", shape: [tables.mixer.contexts.count]
      ).map { AdaptiveBit(state: $0) }
      tables.mixer.weights = try file.int32(
        prefix + "mixing",
        shape: [tables.mixer.weights.count / MixerState.weightsInSet, MixerState.weightsInSet])
      anchors.append(
        QualityAnchor(
          quality: Quality(quality), tables: tables,
          centroids: try Self.finite(file, prefix + "centroids", shape: [channels, 2])))
    }
    self.init(
      name: name, hash: hash, planes: description.planes, levels: description.levels,
      channels: channels,
      projection: try Self.finite(file, "projection", shape: [channels, dimension]),
      synthesis: try Self.finite(file, "synthesis", shape: [channels, dimension]),
      network: try description.network.map { (shape) throws(SafetensorsError) in
        SynthesisNetwork(
          shape: shape, channels: channels, dimension: dimension,
          parameters: try Parameters(
            SynthesisNetwork.entries(shape, channels: channels, dimension: dimension),
            from: file, prefix: "network."))
      },
      steps: description.steps, deadZone: description.deadZone,
      rateWeight: description.rateWeight, anchors: anchors)
  }

  private static func finite(
    _ file: Safetensors, _ tensor: String, shape: [Int]
  ) throws(SafetensorsError) -> [Float] {
    let values = try file.float32(tensor, shape: shape)
    guard values.allSatisfy(\.isFinite) else {
      throw .tensor(file: file.name, tensor: tensor, what: "some of its numbers are not finite")
    }
    return values
  }

  private var tensors: Safetensors {
    var tensors = [
      "projection": Tensor(shape: [channels, dimension], values: .float32(projection)),
      "synthesis": Tensor(shape: [channels, dimension], values: .float32(synthesis)),
    ]
    if let network {
      tensors.merge(network.parameters.tensors(prefix: "network.")) { first, _ in first }
    }
    for (index, anchor) in anchors.enumerated() {
      let (tables, prefix) = (anchor.tables, "anchors.\(index).")
      let sets = tables.mixer.weights.count / MixerState.weightsInSet
      tensors[prefix + "meanWeights"] = Tensor(
        shape: [tables.predicted, EntropyTables.meanNeighbours, tables.predicted],
        values: .int16(tables.meanWeights))
      tensors[prefix + "neighbourWeights"] = Tensor(
        shape: [EntropyTables.neighbours, channels], values: .int16(tables.neighbourWeights))
      tensors[prefix + "patchWeights"] = Tensor(
        shape: [channels, channels], values: .int16(tables.patchWeights))
      tensors[prefix + "biases"] = Tensor(shape: [channels], values: .int32(tables.biases))
      tensors[prefix + "contexts"] = Tensor(
        shape: [tables.mixer.contexts.count], values: .uint32(tables.mixer.contexts.map(\.state)))
      tensors[prefix + "mixing"] = Tensor(
        shape: [sets, MixerState.weightsInSet], values: .int32(tables.mixer.weights))
      tensors[prefix + "centroids"] = Tensor(
        shape: [channels, 2], values: .float32(anchor.centroids))
    }
    return Safetensors(tensors: tensors)
  }

  /// The first eight bytes of the SHA-256 of both files, one after the other.
  private static func hash(_ json: Data, _ weights: Data) -> UInt64 {
    var digest = SHA256()
    digest.update(data: json)
    digest.update(data: weights)
    return digest.finalize().prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
  }
}
