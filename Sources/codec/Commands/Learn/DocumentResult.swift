import CompressedLearning

/// What readers of pages have reached on pages that none has learned from.
struct DocumentResult: Encodable {
  /// A reader.
  struct Run: Encodable {
    /// What it reads: latents, pixels or full.
    var input: String
    var seed: UInt64
    /// Of all test pages, at an intersection over union of 0.5.
    var lines: BoxScore
    var precision: Double
    var recall: Double
    var f1: Double
    /// Kinds of the true lines of the test pages, from their true boxes.
    var kinds: ConfusionMatrix
    var macroF1: Double
    /// Kinds of found lines that match a true one, and true lines that were not found counted as
    /// mistakes.
    var foundKinds: ConfusionMatrix
    var foundMacroF1: Double
    /// What validation chose.
    var textThreshold: Double
    var linkThreshold: Double
    var scoreThreshold: Double
    /// Nil of a model that was there already.
    var trainingSeconds: Double?
  }

  /// An input.
  struct Input: Encodable {
    var name: String
    var description: String
    /// Numbers of a patch, and samples of the page in it.
    var numbers: Int
    var samples: Int
    var multiplicationsAPatch: Int
    var weights: Int
    var bytesATestPage: Double?
  }

  var data: String
  var trainingPages: [String]
  var validationPages: [String]
  var testPages: [String]
  /// Lines of each kind that there are to train on: amount, date, other.
  var trainingKinds: [Int] = []
  var inputs: [Input] = []
  var runs: [Run] = []

  func runs(of input: String) -> [Run] { runs.filter { $0.input == input } }

  /// The mean of a figure over the seeds of an input.
  func mean(_ input: String, _ figure: KeyPath<Run, Double>) -> Double {
    runs(of: input).map { $0[keyPath: figure] }.mean
  }
}
