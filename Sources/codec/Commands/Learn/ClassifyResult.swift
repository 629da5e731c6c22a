import CompressedLearning
import Foundation
import LearnedCodec
import Signals

/// What classifiers on one kind of input have reached.
struct ClassifyResult {
  let kind: ClassifierInput
  /// The model of the first seed.
  let model: SavedModel
  /// One a seed.
  let matrices: [ConfusionMatrix]
  let trainingSeconds: [Double]
  /// Files trained on.
  let trained: Int
  /// Files tested on, and what the first model takes each for.
  let predictions: [Prediction]
  /// Numbers that the network sees of the first test file.
  let values: Int
  /// Multiplications and additions of the network for it.
  let operations: Int
  /// Mean milliseconds of a test file on one thread: reading it, and the network.
  let reading: Double
  let network: Double

  struct Prediction {
    let path: String
    let label: Int
    let predicted: Int
    let probability: Float
  }

  init(
    _ kind: ClassifierInput, _ model: SavedModel, matrices: [ConfusionMatrix],
    trainingSeconds: [Double], unseen: [LatentDataset.Example], trained: Int
  ) async throws {
    (self.kind, self.model, self.matrices) = (kind, model, matrices)
    (self.trainingSeconds, self.trained) = (trainingSeconds, trained)
    let found = try await Classification.probabilities(model, unseen.map(\.latents))
    predictions = zip(unseen, found).map { example, probabilities in
      let best = probabilities.indices.max { probabilities[$0] < probabilities[$1] } ?? 0
      return Prediction(
        path: example.path, label: example.label, predicted: best,
        probability: probabilities[best])
    }
    let latents = unseen[0].latents
    values = latents.values.count
    operations =
      2 * model.network.multiplications(rows: latents.patchRows, columns: latents.patchColumns)
    (reading, network) = try await Self.times(kind.input, model, unseen.map(\.path))
  }

  /// Mean milliseconds of reading a file and of the network, on this thread. Latents are read from
  /// files of the codec, which are made here where the files are pictures.
  private static func times(
    _ input: PictureInput, _ model: SavedModel, _ paths: [String]
  ) async throws -> (reading: Double, network: Double) {
    var (reading, network) = (Duration.zero, Duration.zero)
    let paths = paths.prefix(200)
    let coded = FileManager.default.temporaryDirectory
      .appendingPathComponent("codec-\(UUID().uuidString).wlc")
    defer { try? FileManager.default.removeItem(at: coded) }
    for path in paths {
      var place = path
      if case .latents(let codec, let quality, _) = input, !path.hasSuffix(".wlc") {
        let image = try PictureInput.picture(file: path).with(planes: codec.planes)
        let format = ImageFormat(
          width: image.width, height: image.height, channels: image.planes)
        let container = try await codec.encode(
          ImageRows(image, format: format), options: EncodingOptions(quality: quality))
        try Data(container.serialized()).write(to: coded)
        place = coded.path
      }
      let start = ContinuousClock.now
      let values = try input.values(file: place)
      let middle = ContinuousClock.now
      _ = Classification.probabilities(model, values)
      reading += middle - start
      network += .now - middle
    }
    let count = Double(paths.count) / 1000
    return (reading / .seconds(1) / count, network / .seconds(1) / count)
  }

  /// Accuracies of the seeds, 0...1.
  var accuracies: [Double] { matrices.map(\.accuracy) }
  /// Their mean.
  var meanAccuracy: Double { accuracies.reduce(0, +) / Double(max(accuracies.count, 1)) }
}
