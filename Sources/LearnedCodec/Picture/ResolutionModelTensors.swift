import EntropyCoding
import Networks

extension ResolutionModel {
  /// The model whose tensors in a file have names that begin with `prefix`.
  init(
    channels: Int, predicted: Int, from file: Safetensors, prefix: String
  ) throws(SafetensorsError) {
    let around = prefix + "surroundingWeights"
    let hasSurroundings = file.tensors[around] != nil
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
    tables.biases = try file.int32(prefix + "biases", shape: [channels])
    tables.mixer.contexts = try file.uint32(
      prefix + "contexts", shape: [tables.mixer.contexts.count]
    ).map { AdaptiveBit(state: $0) }
    tables.mixer.weights = try file.int32(
      prefix + "mixing",
      shape: [tables.mixer.weights.count / MixerState.weightsInSet, MixerState.weightsInSet])
    self.init(
      tables: tables, centroids: try finite(file, prefix + "centroids", shape: [channels, 2]))
  }

  /// The model as tensors with names that begin with `prefix`.
  func tensors(prefix: String) -> [String: Tensor] {
    let (channels, predicted) = (tables.channels, tables.predicted)
    let sets = tables.mixer.weights.count / MixerState.weightsInSet
    var tensors = [
      prefix + "meanWeights": Tensor(
        shape: [predicted, EntropyTables.meanNeighbours, predicted],
        values: .int16(tables.meanWeights)),
      prefix + "neighbourWeights": Tensor(
        shape: [EntropyTables.neighbours, channels], values: .int16(tables.neighbourWeights)),
      prefix + "patchWeights": Tensor(
        shape: [channels, channels], values: .int16(tables.patchWeights)),
      prefix + "biases": Tensor(shape: [channels], values: .int32(tables.biases)),
      prefix + "contexts": Tensor(
        shape: [tables.mixer.contexts.count],
        values: .uint32(tables.mixer.contexts.map({ $0.state }))),
      prefix + "mixing": Tensor(
        shape: [sets, MixerState.weightsInSet], values: .int32(tables.mixer.weights)),
      prefix + "centroids": Tensor(shape: [channels, 2], values: .float32(centroids)),
    ]
    if !tables.surroundingWeights.isEmpty {
      tensors[prefix + "surroundingWeights"] = Tensor(
        shape: [channels, channels], values: .int16(tables.surroundingWeights))
    }
    return tensors
  }
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
