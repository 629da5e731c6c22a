import Benchmarking
import CompressedLearning
import Foundation
import MediaFiles
import Signals

/// What a training of readers of pages has come to, as `report.json` and as a page.
struct DocumentReport {
  /// The lines that a reader found on each test page.
  struct Shown {
    var input: String
    var pages: [[DocumentReader.Line]]
  }

  let result: DocumentResult
  /// The pages that test.
  let pages: [TextPage]
  /// Of the first seed of each input.
  let shown: [Shown]

  /// Pages that are drawn at most.
  private static let drawn = 8
  /// Columns of a drawn page.
  private static let drawnWidth = 420

  /// Writes `report.json` and `report.html` into a folder.
  func write(to folder: TrainingFolder) async throws {
    struct Summary: Encodable {
      var result: DocumentResult
      var means: [Mean]
    }
    let means = result.inputs.map {
      Mean(
        input: $0.name, precision: result.mean($0.name, \.precision),
        recall: result.mean($0.name, \.recall), f1: result.mean($0.name, \.f1),
        macroF1: result.mean($0.name, \.macroF1),
        foundMacroF1: result.mean($0.name, \.foundMacroF1))
    }
    try await LearningReport(
      results: Summary(result: result, means: means),
      title: "Text lines of \(result.data.fileName)",
      definitions: [
        ("Data", result.data),
        (
          "Pages",
          "\(result.trainingPages.count) to train on, \(result.validationPages.count) to choose by, "
            + "\(result.testPages.count) to test on"
        ),
      ],
      sections: [figures, kinds, try drawings()], style: Self.style,
      lines: means.map {
        "\($0.input): F1 of lines \(fixed($0.f1, 4)), of kinds \(fixed($0.macroF1, 4)), "
          + "means of the seeds"
      }
    ).write(to: folder)
  }

  private struct Mean: Encodable {
    var input: String
    var precision: Double
    var recall: Double
    var f1: Double
    var macroF1: Double
    var foundMacroF1: Double
  }

  private var figures: String {
    let rows = result.inputs.map { input in
      HTML.name(input.description, isOurs: input.name == "latents")
        + [
          fixed(Double(input.samples) / Double(input.numbers), 0),
          fixed(result.mean(input.name, \.precision) * 100, 1),
          fixed(result.mean(input.name, \.recall) * 100, 1),
          fixed(result.mean(input.name, \.f1) * 100, 1),
          result.runs(of: input.name).map { fixed($0.f1 * 100, 1) }.joined(separator: ", "),
          fixed(result.mean(input.name, \.macroF1) * 100, 1),
          result.runs(of: input.name).map { fixed($0.macroF1 * 100, 1) }.joined(separator: ", "),
          fixed(result.mean(input.name, \.foundMacroF1) * 100, 1),
          "\(input.multiplicationsAPatch)",
        ].map { HTML.cell($0) }.joined()
    }
    return HTML.section(
      "Lines found, and what they say",
      "<p>In percent on the test pages, as means of the seeds. A found line is right where it and a"
        + " true one share half of what they cover together, each matched once. Kinds are amount,"
        + " date and other: their mean F1, from true boxes, and from found ones, where a line that"
        + " was missed is a mistake.</p>"
        + HTML.table(
          header: [
            "Input", "Times fewer numbers", "Precision", "Recall", "F1 of lines", "Each seed",
            "F1 of kinds", "Each seed", "From found boxes", "Multiplications a patch",
          ], bodies: [rows]))
  }

  private var kinds: String {
    guard let matrix = result.runs.first?.kinds else { return "" }
    return HTML.section(
      "What was taken for what",
      "<p>Lines of the kind of the row that were taken for the kind of the column, from "
        + "\(result.runs[0].input) with the first seed and true boxes.</p>"
        + HTML.table(matrix, "F1, %") { fixed(matrix.f1(of: $0) * 100, 1) })
  }

  /// Pages with boxes drawn over them.
  private func drawings() throws -> String {
    let every = max(pages.count / Self.drawn, 1)
    let chosen = pages.indices.filter { $0 % every == 0 }.prefix(Self.drawn)
    var markup = ""
    for index in chosen {
      // Fewer greys make a smaller file.
      let picture = try HTML.address(
        of: pages[index].image, width: Self.drawnWidth, step: 17)
      let figures = shown.map { shown in
        let found = shown.pages[index]
        let score = BoxScore(found: found.map(\.box), expected: pages[index].lines.map(\.box))
        return "<figure><figcaption>\(pages[index].name.escaped), \(shown.input.escaped), F1 "
          + "\(fixed(score.f1 * 100, 1)) %</figcaption>"
          + Self.drawing(pages[index], found, picture) + "</figure>"
      }
      markup += "<div class=\"papers\">\(figures.joined(separator: "\n"))</div>"
    }
    return HTML.section(
      "Test pages",
      "<p><span class=\"truth\">True lines</span> are outlined, "
        + "<span class=\"other\">found lines</span> are filled: "
        + "<span class=\"amount\">amounts</span>, <span class=\"date\">dates</span> and "
        + "<span class=\"other\">others</span> as they were told apart.</p>" + markup)
  }

  private static func drawing(
    _ page: TextPage, _ found: [DocumentReader.Line], _ picture: String
  ) -> String {
    func rectangle(_ box: TextBox, _ name: String) -> String {
      "<rect class=\"\(name)\" x=\"\(fixed(box.left, 1))\" y=\"\(fixed(box.top, 1))\" "
        + "width=\"\(fixed(box.width, 1))\" height=\"\(fixed(box.height, 1))\"/>"
    }
    return "<svg viewBox=\"0 0 \(page.image.width) \(page.image.height)\">"
      + "<image width=\"\(page.image.width)\" height=\"\(page.image.height)\" href=\"\(picture)\"/>"
      + found.map { rectangle($0.box, $0.kind.name) }.joined()
      + page.lines.map { rectangle($0.box, "truth") }.joined() + "</svg>"
  }

  /// An input in words.
  static func description(of input: PageInput) -> String {
    switch input {
    case .latents(let codec, let quality, let channels):
      "latents of \(codec.name), \(channels) channels, quality \(fixed(quality.value, 0))"
    case .pixels(1, _, _): "all pixels"
    case .pixels(let reduction, _, let isTransformed):
      "pixels of the page at 1/\(reduction) of its sides"
        + (isTransformed ? ", transformed" : "")
    }
  }

  private static let style = """
    .papers{display:grid;grid-template-columns:repeat(auto-fit,minmax(260px,1fr));gap:1rem;
    margin-bottom:2rem}
    .papers svg{display:block;width:100%;height:auto;border:1px solid var(--rule)}
    rect.truth{fill:none;stroke:#0072b2;stroke-width:1.5}
    rect.amount{fill:#009e7366;stroke:#009e73} rect.date{fill:#cc79a766;stroke:#cc79a7}
    rect.other{fill:#e69f0055;stroke:#e69f00}
    span.truth{color:#0072b2;font-weight:600} span.amount{color:#009e73;font-weight:600}
    span.date{color:#cc79a7;font-weight:600} span.other{color:#c28500;font-weight:600}
    """
}
