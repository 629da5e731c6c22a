import Foundation
import Networks

extension Codec {
  /// Loads a codec from its folder: `codec.json` and `weights.safetensors`.
  public init(folder: URL) throws(CodecFolderError) {
    let files = try CodecFiles(folder: folder)
    let description = try CodecDescription(json: files.description, path: files.path)
    do {
      try self.init(
        description, files.weights, name: folder.standardizedFileURL.lastPathComponent,
        hash: files.hash)
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
    try CodecFiles.write(description, tensors, to: folder)
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
}
