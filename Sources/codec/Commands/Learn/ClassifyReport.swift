import Benchmarking
import CompressedLearning
import Foundation
import LearnedCodec
import MediaFiles
import Signals

/// What a training of classifiers has come to, as `report.json` and as a page.
struct ClassifyReport {
  let results: [ClassifyResult]
  let data: String
  let test: String?

  /// Writes `report.json` and `report.html` into a folder.
  func write(to folder: TrainingFolder) async throws {
    struct Summary: Encodable {
      var data: String
      var test: String?
      var inputs: [ClassifyResult.Figures]
    }
    try await LearningReport(
      results: Summary(data: data, test: test, inputs: results.map(\.figures)),
      title: "Classification of \(data.fileName)",
      definitions: [
        ("Data", data), ("Tested on", test ?? "one of five files of each class, held out"),
      ],
      sections: [accuracies] + results.prefix(1).flatMap { [examples($0), matrix($0)] },
      style: Self.style,
      lines: results.map(\.figures).map { figures in
        "\(figures.name): accuracy \(fixed(figures.meanAccuracy * 100, 1)) % "
          + "(\(Self.percents(figures.accuracies))), \(fixed(figures.millisecondsToRead, 2)) ms to "
          + "read and \(fixed(figures.millisecondsOfNetwork, 2)) ms for the network, "
          + "\(Self.megaFLOP(figures)) MFLOP an image"
      }
    ).write(to: folder)
  }

  private var accuracies: String {
    let most = results.map(\.figures.valuesPerImage).max() ?? 1
    let rows = results.map { result in
      let figures = result.figures
      return HTML.name(Self.title(result.kind), isOurs: figures.name == "latents")
        + [
          "\(figures.valuesPerImage)", fixed(Double(most) / Double(figures.valuesPerImage), 1),
          fixed(figures.meanAccuracy * 100, 1), Self.percents(figures.accuracies),
          fixed(figures.millisecondsToRead, 2), fixed(figures.millisecondsOfNetwork, 2),
          Self.megaFLOP(figures), "\(figures.weights)",
        ].map { HTML.cell($0) }.joined()
    }
    return HTML.section(
      "Accuracy",
      "<p>The share of files whose class is found, in percent, for each seed and their mean. Times"
        + " are means of a file on one thread: reading it, which for latents is entropy decoding"
        + " and for pixels decoding of the picture and scaling, and the network.</p>"
        + HTML.table(
          header: [
            "Input", "Numbers a file", "Times fewer", "Accuracy, mean", "Each seed", "Read, ms",
            "Network, ms", "MFLOP a file", "Weights",
          ], bodies: [rows]))
  }

  private func matrix(_ result: ClassifyResult) -> String {
    HTML.section(
      "What was taken for what",
      "<p>Files of the class of the row that were taken for the class of the column, from "
        + "\(result.kind.name) with the first seed.</p>"
        + HTML.table(result.matrix, "%") { fixed(result.matrix.recall(of: $0) * 100, 0) })
  }

  /// Pictures with their predicted classes, spread over the classes, mistakes first.
  private func examples(_ result: ClassifyResult) -> String {
    let mistakes = result.predictions.filter { $0.label != $0.predicted }.prefix(12)
    let hits = result.predictions.filter { $0.label == $0.predicted }
    let spread = hits.enumerated().filter { $0.offset % max(hits.count / 12, 1) == 0 }
      .map(\.element).prefix(12)
    let labels = result.model.labels
    let figures = (mistakes + spread).compactMap { prediction -> String? in
      guard
        let picture = try? HTML.address(
          of: PictureInput.picture(file: prediction.path).with(planes: 3), width: 140, height: 140)
      else { return nil }
      let isRight = prediction.label == prediction.predicted
      let text =
        "\(labels[prediction.predicted]) \(fixed(Double(prediction.probability) * 100, 0)) %"
      return "<figure><img alt=\"\(labels[prediction.label].escaped)\" src=\"\(picture)\">"
        + "<figcaption\(isRight ? "" : " class=\"bad\"")>\(text.escaped)"
        + (isRight ? "" : "<br><span class=\"quiet\">is \(labels[prediction.label].escaped)</span>")
        + "</figcaption></figure>"
    }
    if figures.isEmpty { return "" }
    return HTML.section(
      "Examples",
      "<p>Mistakes first, then files that were taken for what they are.</p><div class=\"gallery\">"
        + figures.joined(separator: "\n") + "</div>")
  }

  private static func title(_ kind: ClassifierInput) -> String {
    switch kind.input {
    case .latents(let codec, _, let channels): "latents of \(codec.name), \(channels) channels"
    case .pixels(let scale, let side):
      (scale == 1 ? "all pixels" : "pixels at \(fixed(scale, 3)) of the size")
        + ", \(side) x \(side) a patch"
    }
  }

  private static func percents(_ shares: [Double]) -> String {
    shares.map { fixed($0 * 100, 1) }.joined(separator: ", ")
  }

  private static func megaFLOP(_ figures: ClassifyResult.Figures) -> String {
    fixed(Double(figures.operationsPerImage) / 1e6, 0)
  }

  private static let style = """
    .gallery{display:grid;grid-template-columns:repeat(auto-fill,minmax(140px,1fr));gap:1rem}
    .gallery img{display:block;max-width:140px;border-radius:4px}
    .gallery figcaption{font-weight:400;font-size:.85rem}
    """
}
