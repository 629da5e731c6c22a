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
  private(set) var reading = 0.0
  private(set) var network = 0.0

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
    let found = await Classification.probabilities(model, unseen.map(\.latents))
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
  }

  /// Measures the times of all results, on this thread and in turns, so that what else the machine
  /// does slows all alike. Latents are read from files of the codec, which are made here where the
  /// files are pictures.
  static func time(_ results: inout [ClassifyResult]) async throws {
    let paths = results.first?.predictions.prefix(200).map(\.path) ?? []
    let coded = FileManager.default.temporaryDirectory
      .appendingPathComponent("codec-\(UUID().uuidString).wlc")
    defer { try? FileManager.default.removeItem(at: coded) }
    for path in paths {
      for index in results.indices {
        let input = results[index].kind.input
        var source = path
        if case .latents(let codec, let quality, _) = input, !CodedFile.isCoded(path: path) {
          let image = try PictureInput.picture(file: path).with(planes: codec.planes)
          let format = ImageFormat(
            width: image.width, height: image.height, channels: image.planes)
          let container = try await codec.encode(
            ImageRows(image, format: format), options: PictureOptions(quality: quality))
          try Data(container.serialized()).write(to: coded)
          source = coded.path
        }
        let start = ContinuousClock.now
        let values = try input.values(file: source)
        let middle = ContinuousClock.now
        _ = Classification.probabilities(results[index].model, values)
        let share = 1000 / Double(paths.count)
        results[index].reading += (middle - start) / .seconds(1) * share
        results[index].network += (.now - middle) / .seconds(1) * share
      }
    }
  }

  /// Accuracies of the seeds, 0...1.
  var accuracies: [Double] { matrices.map(\.accuracy) }
  /// Their mean.
  var meanAccuracy: Double { accuracies.reduce(0, +) / Double(max(accuracies.count, 1)) }
}
