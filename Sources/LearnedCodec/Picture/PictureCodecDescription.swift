import Foundation
import Networks

/// `codec.json`: the shape of a codec and how it was made.
package struct PictureCodecDescription: Codable, Sendable {
  /// Version of this description, 1.
  package var version = 1
  /// Planes of the pictures it codes, without alpha.
  package var planes: Int
  /// Levels J of the packet tree.
  package var levels: Int
  /// Latent channels C.
  package var channels: Int
  /// Channels whose means are predicted.
  package var predicted: Int
  /// Quantiser steps.
  package var steps: StepRange
  /// See `PictureCodec.deadZone`.
  package var deadZone: Float
  /// See `PictureCodec.rateWeight`.
  package var rateWeight: Float
  /// Levels of the pyramid of the lowest band; nil for 0.
  package var pyramidLevels: Int?
  /// Layers of the synthesis network; nil for a linear codec.
  package var network: SynthesisNetwork.Shape?
  /// Qualities of the operating points, lowest first.
  package var qualities: [Double]
  /// How it was made: for people, and as the recipe of a training.
  package var training: [String: String]

  /// Reads and checks a file.
  package init(path: URL) throws(CodecFolderError) {
    try self.init(json: readCodecFile(path), path: path)
  }

  /// Parses and checks the bytes of a file; `path` is what errors call it.
  init(json: Data, path: URL) throws(CodecFolderError) {
    do {
      self = try JSONDecoder().decode(Self.self, from: json)
    } catch {
      throw .description(path: path.path, reason: reason(error))
    }
    try validate(path: path.path)
  }

  /// A description from its fields.
  init(
    planes: Int, levels: Int, channels: Int, predicted: Int, steps: StepRange, deadZone: Float,
    rateWeight: Float, pyramidLevels: Int?, network: SynthesisNetwork.Shape?, qualities: [Double],
    training: [String: String]
  ) {
    self.planes = planes
    self.levels = levels
    self.channels = channels
    self.predicted = predicted
    self.steps = steps
    self.deadZone = deadZone
    self.rateWeight = rateWeight
    self.pyramidLevels = pyramidLevels
    self.network = network
    self.qualities = qualities
    self.training = training
  }

  private func validate(path: String) throws(CodecFolderError) {
    func check(_ isRight: Bool, _ field: String, _ value: Any) throws(CodecFolderError) {
      if !isRight { throw .field(path: path, field: field, value: "\(value)") }
    }
    try check(version == 1, "version", version)
    try check((1...PictureCodec.largestDimension).contains(planes), "planes", planes)
    try check((0...6).contains(levels), "levels", levels)
    let dimension = planes << (2 * levels)
    try check(dimension <= PictureCodec.largestDimension, "planes * 4^levels", dimension)
    try check((1...dimension).contains(channels), "channels", channels)
    try check((0...min(channels, 64)).contains(predicted), "predicted", predicted)
    try check(steps.finest > 0 && steps.finest.isFinite, "steps.finest", steps.finest)
    try check(
      steps.coarsest >= steps.finest && steps.coarsest.isFinite, "steps.coarsest", steps.coarsest)
    try check((0...0.5).contains(deadZone), "deadZone", deadZone)
    try check((0...1).contains(rateWeight), "rateWeight", rateWeight)
    try check(
      (0...LowpassPyramid.largestLevels).contains(pyramidLevels ?? 0)
        && (pyramidLevels ?? 0 == 0 || channels >= planes), "pyramidLevels", pyramidLevels ?? 0)
    if let network {
      try check((0...levels).contains(network.levels), "network.levels", network.levels)
      try check(
        (8...1024).contains(network.width) && network.width % 8 == 0, "network.width",
        network.width)
      try check((1...4096).contains(network.hidden), "network.hidden", network.hidden)
      try check((0...16).contains(network.blocks), "network.blocks", network.blocks)
      try check(
        (1...101).contains(network.qualityNodes), "network.qualityNodes", network.qualityNodes)
    }
    try check(
      !qualities.isEmpty && qualities.count <= 64 && qualities == qualities.sorted()
        && qualities.allSatisfy { (0...100).contains($0) }, "qualities", qualities)
  }
}
