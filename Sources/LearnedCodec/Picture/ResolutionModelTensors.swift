import Networks

extension ResolutionModel {
  /// The model whose tensors in a file have names that begin with `prefix`.
  init(
    channels: Int, predicted: Int, from file: Safetensors, prefix: String
  ) throws(SafetensorsError) {
    let around = prefix + "surroundingWeights"
    let hasSurroundings = file.contains(around)
    var tables = EntropyTables(
      channels: channels, predicted: predicted, hasSurroundings: hasSurroundings)
    if hasSurroundings {
      tables.surroundingWeights = try file.int16(around, shape: [channels, channels])
    }
    tables.meanWeights = try file.int16(
      prefix + "meanWeights", shape: [predicted, EntropyTables.meanNeighbours, predicted])
    tables.neighbourWeights = try file.int16(
      prefix + "neighbourWeights", shape: [EntropyTables.neighbours, channels])
    tables.patchWeights = try file.int16(prefix + "patchWeights", shape: [channels, channels])
    tables.biases = try file.int16(prefix + "biases", shape: [channels])
    tables.frozen = try probabilities(file, prefix + "frozen", count: tables.frozen.count)
    tables.adaptive = try probabilities(file, prefix + "adaptive", count: tables.adaptive.count)
    self.init(
      tables: tables, centroids: try finite(file, prefix + "centroids", shape: [channels, 2]))
  }

  /// The model as tensors with names that begin with `prefix`.
  func tensors(prefix: String) -> [String: Tensor] {
    let (channels, predicted) = (tables.channels, tables.predicted)
    var tensors = [
      prefix + "meanWeights": Tensor(
        shape: [predicted, EntropyTables.meanNeighbours, predicted],
        values: .int16(tables.meanWeights)),
      prefix + "neighbourWeights": Tensor(
        shape: [EntropyTables.neighbours, channels], values: .int16(tables.neighbourWeights)),
      prefix + "patchWeights": Tensor(
        shape: [channels, channels], values: .int16(tables.patchWeights)),
      prefix + "biases": Tensor(shape: [channels], values: .int16(tables.biases)),
      prefix + "frozen": tensor(ofProbabilities: tables.frozen),
      prefix + "adaptive": tensor(ofProbabilities: tables.adaptive),
      prefix + "centroids": Tensor(shape: [channels, 2], values: .float32(centroids)),
    ]
    if !tables.surroundingWeights.isEmpty {
      tensors[prefix + "surroundingWeights"] = Tensor(
        shape: [channels, channels], values: .int16(tables.surroundingWeights))
    }
    return tensors
  }
}

/// Probabilities in units of 2^-16 from a tensor that has them less 2^15.
private func probabilities(
  _ file: Safetensors, _ tensor: String, count: Int
) throws(SafetensorsError) -> [UInt16] {
  let least = EntropyTables.leastProbability
  return try file.int16(tensor, shape: [count]).map {
    min(max(UInt16(bitPattern: $0) ^ 1 << 15, least), 0 &- least)
  }
}

private func tensor(ofProbabilities values: [UInt16]) -> Tensor {
  Tensor(shape: [values.count], values: .int16(values.map { Int16(bitPattern: $0 ^ 1 << 15) }))
}

/// The numbers of a tensor, all of them finite.
func finite(
  _ file: Safetensors, _ tensor: String, shape: [Int]
) throws(SafetensorsError) -> [Float] {
  let values = try file.float32(tensor, shape: shape)
  guard values.allSatisfy({ $0.isFinite }) else {
    throw .tensor(file: file.name, tensor: tensor, what: "some of its numbers are not finite")
  }
  return values
}
