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
  let provenance: SweepResults.Provenance

  /// Writes `report.json` and `report.html` into a folder.
  func write(to folder: String, overwrite: Bool) throws {
    try writeLearningReport(summary, provenance, page: html, to: folder, overwrite: overwrite)
    for result in results {
      Diagnostics.print(
        "\(result.kind.name): accuracy \(Self.percent(result.accuracies)), "
          + "\(fixed(result.reading, 2)) ms to read and \(fixed(result.network, 2)) ms for the "
          + "network, \(fixed(Double(result.operations) / 1e6, 0)) MFLOP an image")
    }
    Diagnostics.print("\(folder)/report.html")
  }

  // MARK: JSON

  private struct Summary: Encodable {
    var data: String
    var test: String?
    var inputs: [Input]
  }

  private struct Input: Encodable {
    var name: String
    var settings: [String: String]
    var trainedFiles: Int
    var testFiles: Int
    var valuesPerImage: Int
    var weights: Int
    var operationsPerImage: Int
    var millisecondsToRead: Double
    var millisecondsOfNetwork: Double
    var accuracies: [Double]
    var meanAccuracy: Double
    var trainingSeconds: [Double]
    var labels: [String]
    var confusion: [[[Int]]]
  }

  private var summary: Summary {
    Summary(
      data: data, test: test,
      inputs: results.map {
        Input(
          name: $0.kind.name, settings: $0.kind.metadata, trainedFiles: $0.trained,
          testFiles: $0.predictions.count, valuesPerImage: $0.values,
          weights: $0.model.parameters.count, operationsPerImage: $0.operations,
          millisecondsToRead: $0.reading, millisecondsOfNetwork: $0.network,
          accuracies: $0.accuracies, meanAccuracy: $0.meanAccuracy,
          trainingSeconds: $0.trainingSeconds, labels: $0.model.labels,
          confusion: $0.matrices.map(\.counts))
      })
  }

  // MARK: Page

  private var html: String {
    let provenance = HTML.definitions(
      [
        ("Data", data), ("Tested on", test ?? "one of five files of each class, held out"),
      ] + provenance.definitions)
    return page(
      title: "Classification of \(data.fileName)",
      body: ([provenance, accuracies] + results.prefix(1).flatMap { [examples($0), matrix($0)] })
        .joined(separator: "\n"), style: Self.style)
  }

  private var accuracies: String {
    let most = results.map(\.values).max() ?? 1
    let rows = results.map { result in
      HTML.name(Self.title(result.kind), isOurs: result.kind.name == "latents")
        + [
          "\(result.values)", fixed(Double(most) / Double(result.values), 1),
          fixed(result.meanAccuracy * 100, 1),
          result.accuracies.map { fixed($0 * 100, 1) }.joined(separator: ", "),
          fixed(result.reading, 2), fixed(result.network, 2),
          fixed(Double(result.operations) / 1e6, 0), "\(result.model.parameters.count)",
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
    guard let matrix = result.matrices.first else { return "" }
    let rows = matrix.labels.indices.map { label in
      HTML.name(matrix.labels[label])
        + matrix.counts[label].enumerated().map { index, count in
          HTML.cell(count == 0 ? "" : "\(count)", index == label ? "hit" : count > 0 ? "bad" : nil)
        }.joined() + HTML.cell(fixed(matrix.recall(of: label) * 100, 0))
    }
    return HTML.section(
      "What was taken for what",
      "<p>Files of the class of the row that were taken for the class of the column, from "
        + "\(result.kind.name) with the first seed.</p>"
        + HTML.table(header: [""] + matrix.labels + ["%"], bodies: [rows]))
  }

  /// Pictures with their predicted classes, spread over the classes, mistakes first.
  private func examples(_ result: ClassifyResult) -> String {
    let order = result.predictions.enumerated().sorted { first, second in
      let (a, b) = (first.element, second.element)
      if (a.label == a.predicted) != (b.label == b.predicted) { return a.label != a.predicted }
      return first.offset < second.offset
    }.map(\.element)
    let mistakes = order.prefix { $0.label != $0.predicted }.prefix(12)
    let hits = order.drop { $0.label != $0.predicted }
    let spread = hits.enumerated().filter { $0.offset % max(hits.count / 12, 1) == 0 }
      .map(\.element).prefix(12)
    let labels = result.model.labels
    let figures = (mistakes + spread).compactMap { prediction -> String? in
      guard let picture = try? Self.thumbnail(prediction.path) else { return nil }
      let isRight = prediction.label == prediction.predicted
      let text = "\(labels[prediction.predicted]) \(Int(prediction.probability * 100)) %"
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

  /// A small picture as a data URI.
  private static func thumbnail(_ path: String) throws -> String {
    let picture = try PictureInput.picture(file: path).with(planes: 3)
    var small = picture.downscaled(
      by: min(1, 140 / Double(max(picture.width, picture.height))))
    small.samples = small.samples.map { min(max($0.rounded(), 0), 255) }
    return "data:image/png;base64,\(Data(try pngBytes(of: small)).base64EncodedString())"
  }

  private static func title(_ kind: ClassifierInput) -> String {
    switch kind.input {
    case .latents(let codec, _, let channels): "latents of \(codec.name), \(channels) channels"
    case .pixels(let scale, let side):
      (scale == 1 ? "all pixels" : "pixels at \(fixed(scale, 3)) of the size")
        + ", \(side) x \(side) a patch"
    }
  }

  private static func percent(_ accuracies: [Double]) -> String {
    let mean = accuracies.reduce(0, +) / Double(max(accuracies.count, 1))
    return fixed(mean * 100, 1) + " % ("
      + accuracies.map { fixed($0 * 100, 1) }.joined(separator: ", ") + ")"
  }

  private static let style = """
    .gallery{display:grid;grid-template-columns:repeat(auto-fill,minmax(140px,1fr));gap:1rem}
    .gallery img{display:block;max-width:140px;border-radius:4px}
    .gallery figcaption{font-weight:400;font-size:.85rem}
    .hit{font-weight:600}
    """
}
