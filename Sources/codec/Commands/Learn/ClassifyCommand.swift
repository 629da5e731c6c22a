import ArgumentParser
import CompressedLearning
import Foundation
import LearnedCodec

/// `codec learn classify`
struct ClassifyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "classify",
    abstract: "Classify pictures from their latents.",
    subcommands: [ClassifyTrain.self, ClassifyEvaluate.self, ClassifyPredict.self])
}

/// `codec learn classify evaluate`
struct ClassifyEvaluate: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate", abstract: "Count how many files of a folder a model classifies right.")

  @OptionGroup var trained: ModelOption

  @Option(
    help: "Folder with a folder for each class, or a table of files and labels (.csv).",
    completion: .file())
  var data: String

  @Flag(help: "Print as JSON.")
  var json = false

  @OptionGroup var work: WorkOptions

  func run() async throws {
    try work.checkMemory()
    let classifier = try SavedClassifier(path: trained.model)
    let files = try labelledFiles(data, labels: classifier.model.labels)
    let (examples, skipped) = try await LatentDataset(files, input: classifier.input)
      .load(threads: work.threads)
    report(skipped, of: files.files.count)
    let matrix = ConfusionMatrix(
      await predictions(classifier.model, examples), labels: classifier.model.labels)
    if json { return try printJSON(matrix) }
    printLine("accuracy \(fixed(matrix.accuracy * 100, 2)) % of \(matrix.total) files")
    for (index, label) in matrix.labels.enumerated()
    where matrix.counts[index].contains(where: { $0 > 0 }) {
      printLine("  \(label): \(fixed(matrix.recall(of: index) * 100, 1)) %")
    }
  }
}

/// `codec learn classify predict`
struct ClassifyPredict: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "predict", abstract: "Name the class of each file.")

  @OptionGroup var trained: ModelOption

  @Argument(help: "Files (.wlc or pictures) or folders.", completion: .file())
  var files: [String]

  @Flag(help: "Print as JSON, an object a file.")
  var json = false

  func run() async throws {
    let classifier = try SavedClassifier(path: trained.model)
    let batch = try Batch(reading: files, extensions: LabelledFiles.extensions)
    try await batch.run { item in
      let latents = try classifier.input.values(file: item.input)
      guard latents.channels == classifier.input.channels else {
        throw DatasetError.otherChannels(
          file: item.input, found: latents.channels, expected: classifier.input.channels)
      }
      let found = Classification.probabilities(classifier.model, latents)
      let best = found.mostLikely
      let label = classifier.model.labels[best]
      if json {
        try printJSON(
          PrintedPrediction(
            file: item.input, label: label,
            probabilities: Dictionary(
              zip(classifier.model.labels, found), uniquingKeysWith: { $1 })))
      } else {
        printLine("\(item.input): \(label) \(fixed(Double(found[best]) * 100, 1)) %")
      }
    }
  }

  private struct PrintedPrediction: Encodable {
    var file: String
    var label: String
    var probabilities: [String: Float]
  }
}

/// Labelled files of a folder, or of a table where the name ends in csv.
func labelledFiles(
  _ path: String, labels: [String]? = nil, smallestClass: Int = 2
) throws -> LabelledFiles {
  path.lowercased().hasSuffix(".csv")
    ? try LabelledFiles(table: path, labels: labels, smallestClass: smallestClass)
    : try LabelledFiles(folder: path, labels: labels, smallestClass: smallestClass)
}

/// Tells which files were left out.
func report(_ skipped: [LatentDataset.Skipped], of count: Int) {
  for file in skipped { Diagnostics.print("codec: left out: \(file.reason)") }
  if !skipped.isEmpty {
    Diagnostics.print("codec: \(skipped.count) of \(count) files were left out")
  }
}

/// What a model takes an example for.
struct Prediction {
  let path: String
  let label: Int
  let predicted: Int
  let probability: Float
}

/// What a model takes examples for.
func predictions(
  _ model: SavedModel, _ examples: [LatentDataset.Example]
) async -> [Prediction] {
  let found = await Classification.probabilities(model, examples.map(\.latents))
  return zip(examples, found).map { example, probabilities in
    let best = probabilities.mostLikely
    return Prediction(
      path: example.path, label: example.label, predicted: best, probability: probabilities[best])
  }
}

extension ConfusionMatrix {
  /// Those of predictions.
  init(_ predictions: [Prediction], labels: [String]) {
    self.init(labels: labels)
    for prediction in predictions { add(label: prediction.label, predicted: prediction.predicted) }
  }
}
