import Benchmarking
import CompressedLearning
import Foundation
import MediaFiles
import Signals

/// What a training of separators has come to, as `report.json` and as a page.
struct SeparateReport {
  /// The stems that a model found.
  struct Found {
    var input: String
    var parts: [Audio]
  }

  let result: SeparateResult
  /// The part of the song that tests.
  let test: StemSong
  /// Of the first seed of each input.
  let found: [Found]

  /// Writes `report.json` and `report.html` into a folder.
  func write(to folder: TrainingFolder) async throws {
    struct Summary: Encodable {
      var result: SeparateResult
      var inputs: [Mean]
    }
    let means = result.inputs.map { input in
      let improvements = result.improvements(input)
      return Mean(
        input: input, improvements: improvements, meanImprovement: improvements.mean)
    }
    try await LearningReport(
      results: Summary(result: result, inputs: means),
      title: "Separation of \(result.song.fileName)",
      definitions: [
        ("Stems", result.song),
        ("Tested on", "the last \(fixed(result.testSeconds, 1)) s of the song"),
        ("Codec", "\(result.codec), quality \(fixed(result.quality, 0))"),
      ],
      sections: [improvements, try listening()], style: SoundFigures.style,
      lines: means.map {
        "\($0.input): \(fixed($0.meanImprovement, 2)) dB above the mixture in the mean"
      }
    ).write(to: folder)
  }

  private struct Mean: Encodable {
    var input: String
    /// SI-SDR less that of the mixture, in dB, for each stem, mean over seeds.
    var improvements: [Double]
    var meanImprovement: Double
  }

  private var improvements: String {
    let mixture =
      HTML.name("the mixture, SI-SDR") + HTML.cell("")
      + result.mixture.map { HTML.cell(fixed($0, 2)) }.joined() + HTML.cell("")
      + HTML.cell("") + HTML.cell("")
    let rows = result.inputs.map { input in
      let runs = result.runs.filter { $0.input == input }
      let means = result.improvements(input)
      return HTML.name(Self.title(input), isOurs: input == "latents")
        + HTML.cell(fixed(runs[0].numbersASecond, 0))
        + means.map { HTML.cell(fixed($0, 2)) }.joined()
        + HTML.cell(fixed(means.mean, 2))
        + HTML.cell(runs.map { fixed(result.improvement($0), 2) }.joined(separator: ", "))
        + HTML.cell(fixed(Double(runs[0].multiplicationsASlot) / 1e6, 1))
    }
    return HTML.section(
      "SI-SDR above that of the mixture",
      "<p>In dB on the part of the song that no model has learned from, for each stem as the mean"
        + " of the seeds. The first row is the mixture itself as each of the stems.</p>"
        + HTML.table(
          header: ["Input", "Numbers a second"] + result.stems
            + ["Mean", "Each seed", "Million multiplications a slot"],
          bodies: [[mixture], rows]))
  }

  /// What the models of the first seed have found, to see and to hear.
  private func listening() throws -> String {
    let mixture = test.mixture
    let figures = SoundFigures(of: mixture, sampleRate: test.sampleRate, seconds: 5)
    var markup =
      "<div class=\"listening\">\(try figures.figure(mixture, caption: "the mixture"))</div>"
    for (index, name) in test.names.enumerated() {
      markup += "<div class=\"listening\">"
      markup += try figures.figure(test.stems[index], caption: "\(name), the stem itself")
      for found in found {
        let value = siSDR(of: found.parts[index], against: test.stems[index])
        markup += try figures.figure(
          found.parts[index],
          caption: "\(name) from \(Self.title(found.input)), SI-SDR \(fixed(value, 1)) dB")
      }
      markup += "</div>"
    }
    return HTML.section(
      "To see and to hear",
      "<p>Five seconds of the test, where the mixture is loudest; both channels together. Stems are"
        + " those of the first seed.</p>" + markup)
  }

  private static func title(_ input: String) -> String {
    switch input {
    case "latents": "latents"
    case "audio": "sound at a lower rate"
    default: "all latents"
    }
  }
}
