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
      predicted: anchors.first?.models.first?.tables.predicted ?? 0, steps: steps,
      deadZone: deadZone,
      rateWeight: rateWeight, pyramidLevels: pyramidLevels == 0 ? nil : pyramidLevels,
      network: network?.shape,
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
    let channels = description.channels
    let dimension = description.planes << (2 * description.levels)
    let pyramid = LowpassPyramid(
      channels: description.planes, levels: description.pyramidLevels ?? 0)
    let planes = pyramid.shapes(patchRows: 1, patchColumns: 1, kept: channels).map(\.channels)
    var anchors: [QualityAnchor] = []
    for (index, quality) in description.qualities.enumerated() {
      var models: [PlaneModel] = []
      for (plane, count) in planes.enumerated() {
        models.append(
          try PlaneModel(
            channels: count, predicted: plane == 0 ? description.predicted : 0,
            from: file, prefix: Self.prefix(anchor: index, plane: plane, of: planes.count)))
      }
      anchors.append(QualityAnchor(quality: Quality(quality), models: models))
    }
    self.init(
      name: name, hash: hash, planes: description.planes, levels: description.levels,
      channels: channels,
      projection: try finite(file, "projection", shape: [channels, dimension]),
      synthesis: try finite(file, "synthesis", shape: [channels, dimension]),
      pyramidLevels: pyramid.levels,
      network: try description.network.map { (shape) throws(SafetensorsError) in
        SynthesisNetwork(
          shape: shape, planes: description.planes,
          parameters: try Parameters(
            SynthesisNetwork.entries(shape, planes: description.planes),
            from: file, prefix: "network."))
      },
      steps: description.steps, deadZone: description.deadZone,
      rateWeight: description.rateWeight, anchors: anchors)
  }

  /// What names of tensors begin with: planes that are coarser than the patches are numbered.
  private static func prefix(anchor: Int, plane: Int, of count: Int) -> String {
    "anchors.\(anchor)." + (plane == count - 1 ? "" : "planes.\(plane).")
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
      for (plane, model) in anchor.models.enumerated() {
        let prefix = Self.prefix(anchor: index, plane: plane, of: anchor.models.count)
        tensors.merge(model.tensors(prefix: prefix)) { first, _ in first }
      }
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
