import Benchmarking
import CompressedLearning
import Foundation
import MediaFiles
import Signals

/// What a training has come to: `report.json`, with where it comes from, and the page `report.html`.
struct LearningReport<Results: Encodable> {
  /// What the JSON holds.
  let results: Results
  /// The title of the page.
  let title: String
  /// Terms at its head, and what they are.
  let definitions: [(String, String)]
  /// Its sections, as markup.
  let sections: [String]
  /// What it needs beside the style of all reports.
  var style = ""
  /// What is printed, before where the page is.
  var lines: [String] = []

  /// Writes both into the folder of the training.
  func write(to folder: TrainingFolder) async throws {
    let provenance = await SweepResults.Provenance.now(program: "codec")
    let page = page(
      title: title,
      body: ([HTML.definitions(definitions + provenance.definitions)] + sections).joined(
        separator: "\n"),
      style: style + "\n.hit{font-weight:600}")
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    let json = try encoder.encode(Summary(results: results, provenance: provenance))
    for (name, bytes) in [
      ("report.json", json + Data("\n".utf8)), ("report.html", Data(page.utf8)),
    ] {
      try writeFile(bytes, path: "\(folder.out)/\(name)", overwrite: folder.resume)
    }
    for line in lines + ["\(folder.out)/report.html"] { Diagnostics.print(line) }
  }

  /// Results, and beside their fields those of the provenance.
  private struct Summary: Encodable {
    let results: Results
    let provenance: SweepResults.Provenance

    func encode(to encoder: any Encoder) throws {
      try results.encode(to: encoder)
      try provenance.encode(to: encoder)
    }
  }
}

extension [Double] {
  /// The mean; 0 of nothing.
  var mean: Double { reduce(0, +) / Double(Swift.max(count, 1)) }
}

extension HTML {
  /// The numbers, a cell each, then what `share` says of the class of the row.
  static func table(
    _ matrix: ConfusionMatrix, _ title: String, share: (Int) -> String
  ) -> String {
    let rows = matrix.labels.indices.map { label in
      name(matrix.labels[label])
        + matrix.counts[label].enumerated().map { index, count in
          cell(count == 0 ? "" : "\(count)", index == label ? "hit" : count > 0 ? "bad" : nil)
        }.joined() + cell(share(label))
    }
    return table(header: [""] + matrix.labels + [title], bodies: [rows])
  }

  /// A picture within the page as an address, scaled down to a width and height, its samples
  /// multiples of `step`.
  static func address(
    of image: Image, width: Int = .max, height: Int = .max, step: Float = 1
  ) throws -> String {
    let scale = min(Double(width) / Double(image.width), Double(height) / Double(image.height))
    var small = image.downscaled(by: min(1, scale))
    small.samples = small.samples.map { min(max(($0 / step).rounded() * step, 0), 255) }
    return "data:image/png;base64,\(Data(try pngBytes(of: small)).base64EncodedString())"
  }
}
