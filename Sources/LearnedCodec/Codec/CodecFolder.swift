import Crypto
import EntropyCoding
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
struct CodecDescription: Codable {
  /// Version of this description, 1.
  var version = 1
  var planes: Int
  var levels: Int
  var channels: Int
  /// Channels whose means are predicted.
  var predicted: Int
  var steps: StepRange
  var deadZone: Float
  var rateWeight: Float
  /// Qualities of the anchors, lowest first.
  var qualities: [Double]
  /// How it was made, for people.
  var training: [String: String]

  func validate(path: String) throws(CodecFolderError) {
    func check(_ isRight: Bool, _ field: String, _ value: Any) throws(CodecFolderError) {
      if !isRight { throw .field(path: path, field: field, value: "\(value)") }
    }
    try check(version == 1, "version", version)
    try check((1...Codec.largestDimension).contains(planes), "planes", planes)
    try check((0...6).contains(levels), "levels", levels)
    let dimension = planes << (2 * levels)
    try check(dimension <= Codec.largestDimension, "planes * 4^levels", dimension)
    try check((1...dimension).contains(channels), "channels", channels)
    try check((0...min(channels, 64)).contains(predicted), "predicted", predicted)
    try check(steps.finest > 0 && steps.finest.isFinite, "steps.finest", steps.finest)
    try check(
      steps.coarsest >= steps.finest && steps.coarsest.isFinite, "steps.coarsest", steps.coarsest)
    try check((0...0.5).contains(deadZone), "deadZone", deadZone)
    try check((0...1).contains(rateWeight), "rateWeight", rateWeight)
    try check(
      !qualities.isEmpty && qualities.count <= 64 && qualities == qualities.sorted()
        && qualities.allSatisfy { (0...100).contains($0) }, "qualities", qualities)
  }
}

extension Codec {
  /// Loads a codec from its folder: `codec.json` and `weights.safetensors`.
  public init(folder: URL) throws(CodecFolderError) {
    let path = folder.appendingPathComponent("codec.json")
    let weightsPath = folder.appendingPathComponent("weights.safetensors")
    let (json, weights) = (try Self.read(path), try Self.read(weightsPath))
    let description: CodecDescription
    do {
      description = try JSONDecoder().decode(CodecDescription.self, from: json)
    } catch {
      throw .description(path: path.path, reason: Self.reason(error))
    }
    try description.validate(path: path.path)
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
      rateWeight: rateWeight,
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
      throw .file(path: folder.path, reason: Self.reason(error))
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

  private static func read(_ path: URL) throws(CodecFolderError) -> Data {
    do {
      return try Data(contentsOf: path)
    } catch {
      throw .file(path: path.path, reason: reason(error))
    }
  }

  private static func reason(_ error: any Error) -> String {
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
}
