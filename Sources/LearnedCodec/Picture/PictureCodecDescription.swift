import Foundation
import Networks

/// What is wrong with the folder of a trained codec.
public enum CodecFolderError: Error, CustomStringConvertible, Equatable {
  /// A file is missing or cannot be read or written.
  case file(path: String, reason: String)
  /// `codec.json` is not the description of a codec.
  case description(path: String, reason: String)
  /// A field of `codec.json` has an impossible value.
  case field(path: String, field: String, value: String)
  /// The weights are damaged or not those that `codec.json` describes.
  case weights(SafetensorsError)

  /// One sentence that names the file.
  public var description: String {
    switch self {
    case .file(let path, let reason): "\(path): \(reason)"
    case .description(let path, let reason): "\(path) does not describe a codec: \(reason)"
    case .field(let path, let field, let value): "\(path): \(field) cannot be \(value)"
    case .weights(let error): error.description
    }
  }
}

/// `codec.json`: the shape of a codec and how it was made.
public struct PictureCodecDescription: Codable, Sendable {
  /// Version of this description, 1.
  public var version = 1
  /// Planes of the pictures it codes, without alpha.
  public var planes: Int
  /// Levels J of the packet tree.
  public var levels: Int
  /// Latent channels C.
  public var channels: Int
  /// Channels whose means are predicted.
  public var predicted: Int
  /// Quantiser steps.
  public var steps: StepRange
  /// See `PictureCodec.deadZone`.
  public var deadZone: Float
  /// See `PictureCodec.rateWeight`.
  public var rateWeight: Float
  /// Levels of the pyramid of the lowest band; nil for 0.
  public var pyramidLevels: Int?
  /// Layers of the synthesis network; nil for a linear codec.
  public var network: SynthesisNetwork.Shape?
  /// Qualities of the operating points, lowest first.
  public var qualities: [Double]
  /// How it was made: for people, and as the recipe of a training.
  public var training: [String: String]

  /// Reads and checks a file.
  public init(path: URL) throws(CodecFolderError) {
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

/// The bytes of one of a codec's files.
func readCodecFile(_ path: URL) throws(CodecFolderError) -> Data {
  do {
    return try Data(contentsOf: path)
  } catch {
    throw .file(path: path.path, reason: reason(error))
  }
}

/// What went wrong, without the file's name.
func reason(_ error: any Error) -> String {
  if let error = error as? DecodingError {
    switch error {
    case .keyNotFound(let key, _): return "\(key.stringValue) is missing"
    case .typeMismatch(_, let context), .valueNotFound(_, let context):
      return "\(context.codingPath.map(\.stringValue).joined(separator: ".")) is of another type"
    default: return "it is not JSON"
    }
  }
  let error = error as NSError
  let cause = (error.userInfo[NSUnderlyingErrorKey] as? any Error).map { $0 as NSError }
  if let cause, cause.domain == NSPOSIXErrorDomain {
    return String(cString: strerror(Int32(cause.code)))
  }
  return error.localizedDescription
}
