import Foundation
import Networks

extension PictureCodec {
  /// Loads a codec from its folder: `codec.json` and `weights.safetensors`.
  package init(folder: URL) throws(CodecFolderError) {
    try self.init(CodecFiles(folder: folder))
    try load(at: nil)
  }

  /// The codec of the files of a folder, whose operating points are read when they are asked for.
  init(_ files: CodecFiles) throws(CodecFolderError) {
    let description = try PictureCodecDescription(json: files.description, path: files.path)
    do {
      try self.init(description, files)
    } catch {
      throw files.error(error)
    }
    try files.checkHash()
  }

  /// Saves the codec as a folder, which must not exist, and returns it as loaded from there.
  ///
  /// - Parameters:
  ///   - folder: it appears when all files are written.
  ///   - training: how it was made, for people.
  /// - Throws: `CodecFolderError` where it cannot be written or loaded.
  public func save(
    to folder: URL, training: [String: String]
  ) throws(CodecFolderError) -> PictureCodec {
    let description = PictureCodecDescription(
      planes: planes, levels: levels, channels: channels,
      predicted: operatingPoints.first?.models.first?.tables.predicted ?? 0, steps: steps,
      deadZone: deadZone,
      rateWeight: rateWeight, pyramidLevels: pyramidLevels == 0 ? nil : pyramidLevels,
      network: network?.shape,
      qualities: operatingPoints.map(\.quality.value), training: training)
    try CodecFiles.write(description, tensors, to: folder)
    return try PictureCodec(folder: folder)
  }

  private init(
    _ description: PictureCodecDescription, _ files: CodecFiles
  ) throws(SafetensorsError) {
    let (file, channels) = (files.weights, description.channels)
    let dimension = description.planes << (2 * description.levels)
    let pyramid = LowpassPyramid(
      channels: description.planes, levels: description.pyramidLevels ?? 0)
    let resolutions = pyramid.grids(patchRows: 1, patchColumns: 1, channels: channels)
      .map(\.channels)
    let stored = description.qualities.enumerated().map { (index, quality) in
      StoredOperatingPoint(quality: Quality(quality)) { () throws(CodecFolderError) in
        do throws(SafetensorsError) {
          var models: [ResolutionModel] = []
          for (resolution, count) in resolutions.enumerated() {
            models.append(
              try ResolutionModel(
                channels: count, predicted: resolution == 0 ? description.predicted : 0,
                from: file,
                prefix: Self.prefix(index, resolution: resolution, of: resolutions.count)))
          }
          return models
        } catch {
          throw files.error(error)
        }
      }
    }
    self.init(
      name: files.name, hash: files.hash, planes: description.planes, levels: description.levels,
      channels: channels,
      projection: try finite(file, "projection", shape: [channels, dimension]),
      synthesis: try finite(file, "synthesis", shape: [channels, dimension]),
      pyramidLevels: pyramid.levels,
      network: try Self.network(description, file, prefix: Self.networkPrefix),
      eyeNetwork: file.contains(Self.eyeName) && file.contains(Self.eyePrefix + "deviations")
        ? try Self.network(description, file, prefix: Self.eyePrefix) : nil,
      steps: description.steps, deadZone: description.deadZone,
      rateWeight: description.rateWeight, stored: stored,
      eyeWeights: try Self.eyeWeights(file, channels: channels))
  }

  /// The network whose tensors have names that begin with a prefix; nil for a linear codec.
  private static func network(
    _ description: PictureCodecDescription, _ file: Safetensors, prefix: String
  ) throws(SafetensorsError) -> SynthesisNetwork? {
    guard let shape = description.network else { return nil }
    return SynthesisNetwork(
      shape: shape, planes: description.planes,
      parameters: try Parameters(
        SynthesisNetwork.entries(shape, planes: description.planes), from: file, prefix: prefix),
      ranges: try Parameters(
        SynthesisNetwork.rangeEntries(shape), from: file, prefix: prefix + "ranges."))
  }

  /// The weights for the eye, where the file has them.
  private static func eyeWeights(
    _ file: Safetensors, channels: Int
  ) throws(SafetensorsError) -> [Float]? {
    guard file.contains(eyeName) else { return nil }
    let weights = try finite(file, eyeName, shape: [channels])
    // Beyond these a latent of one channel would count for nothing, or for all.
    guard weights.allSatisfy({ (1e-3...1e3).contains($0) }) else {
      throw .tensor(
        file: file.name, tensor: eyeName, what: "some of its numbers are not 0.001...1000")
    }
    return weights
  }

  private static let eyeName = "eye"
  private static let networkPrefix = "network."
  private static let eyePrefix = "eye.network."

  /// What names of tensors begin with: resolutions coarser than the patches are numbered.
  private static func prefix(_ operatingPoint: Int, resolution: Int, of count: Int) -> String {
    "anchors.\(operatingPoint)." + (resolution == count - 1 ? "" : "planes.\(resolution).")
  }

  private var tensors: Safetensors {
    var tensors = [
      "projection": Tensor(shape: [channels, dimension], values: .float32(projection)),
      "synthesis": Tensor(shape: [channels, dimension], values: .float32(synthesis)),
    ]
    if let eyeWeights {
      tensors[Self.eyeName] = Tensor(shape: [channels], values: .float32(eyeWeights))
    }
    for (network, prefix) in [(network, Self.networkPrefix), (eyeNetwork, Self.eyePrefix)] {
      guard let network else { continue }
      tensors.merge(network.parameters.tensors(prefix: prefix)) { first, _ in first }
      tensors.merge(network.ranges.tensors(prefix: prefix + "ranges.")) { first, _ in first }
    }
    for (index, operatingPoint) in operatingPoints.enumerated() {
      for (resolution, model) in operatingPoint.models.enumerated() {
        let prefix = Self.prefix(
          index, resolution: resolution, of: operatingPoint.models.count)
        tensors.merge(model.tensors(prefix: prefix)) { first, _ in first }
      }
    }
    return Safetensors(tensors: tensors)
  }
}
