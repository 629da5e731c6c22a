import CompressedLearning
import Foundation
import LearnedCodec
import Signals

/// What classifiers on one kind of input have reached.
struct ClassifyResult {
  let kind: ClassifierInput
  /// The model of the first seed.
  let model: SavedModel
  /// What it takes each file tested on for.
  let predictions: [Prediction]
  /// What it was right in.
  let matrix: ConfusionMatrix
  private(set) var figures: Figures

  /// What `report.json` says of it.
  struct Figures: Encodable {
    var name: String
    var settings: [String: String]
    var trainedFiles: Int
    var testFiles: Int
    /// Numbers that the network sees of the first test file.
    var valuesPerImage: Int
    var weights: Int
    /// Multiplications and additions of the network for it.
    var operationsPerImage: Int
    /// Mean of a test file on one thread.
    var millisecondsToRead = 0.0
    var millisecondsOfNetwork = 0.0
    /// One a seed, 0...1.
    var accuracies: [Double]
    var meanAccuracy: Double
    var trainingSeconds: [Double]
    var labels: [String]
    var confusion: [[[Int]]]
  }

  /// Results of each seed.
  ///
  /// - Parameters:
  ///   - first: the numbers of the first test file.
  ///   - trained: files trained on.
  init(
    _ kind: ClassifierInput, _ model: SavedModel, _ predictions: [[Prediction]],
    trainingSeconds: [Double], first: Latents, trained: Int
  ) {
    let matrices = predictions.map { ConfusionMatrix($0, labels: model.labels) }
    let accuracies = matrices.map(\.accuracy)
    (self.kind, self.model) = (kind, model)
    (self.predictions, matrix) = (predictions[0], matrices[0])
    figures = Figures(
      name: kind.name, settings: kind.metadata, trainedFiles: trained,
      testFiles: predictions[0].count, valuesPerImage: first.values.count,
      weights: model.parameters.count,
      operationsPerImage: 2
        * model.network.multiplications(rows: first.patchRows, columns: first.patchColumns),
      accuracies: accuracies, meanAccuracy: accuracies.mean, trainingSeconds: trainingSeconds,
      labels: model.labels, confusion: matrices.map(\.counts))
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
        results[index].figures.millisecondsToRead += (middle - start) / .seconds(1) * share
        results[index].figures.millisecondsOfNetwork += (.now - middle) / .seconds(1) * share
      }
    }
  }
}
