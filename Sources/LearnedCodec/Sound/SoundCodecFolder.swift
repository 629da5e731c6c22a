import EntropyCoding
import Foundation
import Networks

/// `codec.json` of a codec of sound.
struct SoundCodecDescription: Codable {
  /// What tells it from a codec of pictures.
  static let kind = "sound"

  /// Version of this description, 1.
  var version = 1
  /// `kind`.
  var kind = Self.kind
  /// Quantiser steps.
  var steps: StepRange
  /// See `SoundCodec.deadZones`.
  var deadZones: [Float]
  /// See `SoundCodec.centroids`.
  var centroids: [Float]
  /// How it was made, for people.
  var training: [String: String]

  fileprivate func validate(path: String) throws(CodecFolderError) {
    func check(_ isRight: Bool, _ field: String, _ value: Any) throws(CodecFolderError) {
      if !isRight { throw .field(path: path, field: field, value: "\(value)") }
    }
    try check(version == 1, "version", version)
    try check(kind == Self.kind, "kind", kind)
    try check(steps.finest > 0 && steps.finest.isFinite, "steps.finest", steps.finest)
    try check(
      steps.coarsest >= steps.finest && steps.coarsest.isFinite, "steps.coarsest", steps.coarsest)
    try check(
      deadZones.count == 3 && deadZones.allSatisfy { (0...0.5).contains($0) }, "deadZones",
      deadZones)
    try check(
      centroids.count == 3 && centroids.allSatisfy { (-0.5...0.5).contains($0) }, "centroids",
      centroids)
  }
}

extension SoundCodec {
  /// Loads a codec from its folder: `codec.json` and `weights.safetensors`.
  package init(folder: URL) throws(CodecFolderError) {
    try self.init(CodecFiles(folder: folder))
  }

  /// The codec of the files of a folder.
  init(_ files: CodecFiles) throws(CodecFolderError) {
    let description: SoundCodecDescription
    do {
      description = try JSONDecoder().decode(SoundCodecDescription.self, from: files.description)
    } catch {
      throw .description(path: files.path.path, reason: reason(error))
    }
    try description.validate(path: files.path.path)
    do {
      self.init(
        name: files.name, hash: files.hash, steps: description.steps,
        deadZones: description.deadZones,
        centroids: description.centroids, tables: try SpectrumTables(from: files.weights))
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
  ) throws(CodecFolderError) -> SoundCodec {
    try CodecFiles.write(
      SoundCodecDescription(
        steps: steps, deadZones: deadZones, centroids: centroids, training: training),
      Safetensors(tensors: tables.tensors), to: folder)
    return try SoundCodec(folder: folder)
  }
}

extension SpectrumTables {
  fileprivate init(from file: Safetensors) throws(SafetensorsError) {
    self.init()
    mixer.contexts = try file.uint32("contexts", shape: [mixer.contexts.count])
      .map { AdaptiveBit(state: $0) }
    let weights = try file.int32("mixing", shape: [mixer.weights.count, 8])
    mixer.weights = mixer.weights.indices.map { set in
      var vector = SIMD8<Int32>()
      for index in 0..<8 { vector[index] = weights[set * 8 + index] }
      return vector
    }
    side = try file.uint32("side", shape: [side.count]).map { AdaptiveBit(state: $0) }
  }

  fileprivate var tensors: [String: Tensor] {
    [
      "contexts": Tensor(
        shape: [mixer.contexts.count], values: .uint32(mixer.contexts.map({ $0.state }))),
      "mixing": Tensor(
        shape: [mixer.weights.count, 8],
        values: .int32(mixer.weights.flatMap { weights in (0..<8).map { weights[$0] } })),
      "side": Tensor(shape: [side.count], values: .uint32(side.map({ $0.state }))),
    ]
  }
}
