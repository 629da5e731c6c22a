import Foundation

/// A sweep as one HTML page that needs nothing else: charts, tables and crops are within it, and it
/// loads nothing. It is light or dark as the reader's system is.
///
/// - Parameters:
///   - anchors: published points, laid under the curves.
///   - reference: name of the contender or published codec that rates are compared with.
///   - crops: pictures to look at or sounds to hear, in order.
/// - Throws: where no codec has the name `reference`.
func htmlReport(
  of results: SweepResults, anchors: [AnchorCurves] = [], against reference: String,
  crops: [CropComparison] = []
) throws(ReportError) -> String {
  let names = results.contenders.map(\.name) + results.published(anchors).map(\.name)
  guard names.contains(reference) else {
    throw .unknownReference(reference, known: names)
  }
  let comparisons = RateComparison.all(of: results, anchors, against: reference)
  let charts = rateDistortionCharts(of: results, anchors: anchors)
  let report = HTMLReport(results: results, anchors: anchors, reference: reference)
  var sections = [
    report.provenance, report.bdRates(comparisons), report.failures,
    HTML.section(
      "Curves",
      "<div class=\"charts\">"
        + charts.map { "<figure>\($0.svg(standalone: false))</figure>" }.joined()
        + "</div>"),
  ]
  sections += [report.crops(crops), report.means, report.commands]
  return page(
    title: "Rate and distortion on \(results.corpus)", body: sections.joined(separator: "\n"))
}

/// The sections of the page.
private struct HTMLReport {
  let results: SweepResults
  let anchors: [AnchorCurves]
  let reference: String

  /// Who measured what, where and when.
  var provenance: String {
    let fileCount = Set(results.measurements.map(\.file)).count
    let failureCount = results.measurements.count { $0.failure != nil }
    var entries = [
      ("Files", "\(fileCount) of \(results.corpus)"),
      (
        "Measurements",
        "\(results.measurements.count) by \(results.contenders.count) codecs, \(failureCount) failed"
      ),
    ]
    entries += results.provenance.definitions
    let sources = Dictionary(grouping: results.published(anchors)) { $0.points[0].source }
    let published = sources.sorted { $0.key < $1.key }.map { source, codecs in
      codecs.map(\.name).joined(separator: ", ") + (source.isEmpty ? "" : " (\(source))")
    }
    if !published.isEmpty {
      entries.append(("Not measured here", published.joined(separator: "; ")))
    }
    return HTML.definitions(entries)
  }

  /// Rates for equal quality.
  func bdRates(_ comparisons: [RateComparison]) -> String {
    let metrics = RateComparison.measuredMetrics(comparisons)
    let header =
      ["Codec"] + metrics.flatMap { ["BD-rate, \($0.comparedTitle)", "Over"] } + ["Failures"]
    var notes: [String] = []
    let rows = comparisons.map { row in
      var cells = [HTML.name(row.name, isOurs: row.isOurs)]
      for metric in metrics {
        switch row[metric] ?? .failure(.tooFewPoints(count: 0)) {
        case .success(let rate):
          let (low, high) = (rate.overlap.lowerBound, rate.overlap.upperBound)
          cells += [
            HTML.cell((rate.percent > 0 ? "+" : "") + rate.percent.text(1) + " %"),
            HTML.cell("\(low.text(1)) to \(high.text(1)) \(metric.comparedUnit)", "quiet"),
          ]
        case .failure(let error):
          cells += [HTML.cell(word(for: error), "quiet"), HTML.cell("")]
          // The word in the table says it all.
          if case .tooFewPoints = error { continue }
          notes.append("\(row.name), \(metric.comparedTitle): \(error).")
        }
      }
      let failures = row.failureCount
      cells.append(HTML.cell(failures.map(String.init) ?? "", failures ?? 0 > 0 ? "bad" : nil))
      return cells.joined()
    }
    let notions =
      (metrics.contains(.msSSIM) ? " MS-SSIM counts as −10 log₁₀(1 − MS-SSIM)." : "")
      + (metrics.contains(.nmr)
        ? " The mask-to-noise ratio is the noise-to-mask ratio with the opposite sign." : "")
      + (metrics.contains(.butteraugli) ? " Butteraugli's distance has the opposite sign." : "")
    return HTML.section(
      "Rate for equal quality",
      "<p>Rate that a codec needs more (+) or less (−) than <b>\(reference.escaped)</b> for the same"
        + " quality: Bjontegaard’s mean over the decibels that both curves reach, which stand beside"
        + " it. Nothing is extrapolated.\(notions)</p>"
        + HTML.table(header: header, bodies: [rows]) + HTML.list(notes, className: "quiet"))
  }

  /// The reasons of failures; empty where nothing failed.
  var failures: String {
    let failed = results.measurements.compactMap { measurement in
      measurement.failure.map {
        "\(measurement.contender) at \(measurement.setting), \(measurement.file): \($0)"
      }
    }
    return failed.isEmpty
      ? ""
      : HTML.section(
        "Failures",
        "<p>These measurements are in no mean.</p>" + HTML.list(failed))
  }

  /// Pictures to look at, or sounds to hear.
  func crops(_ crops: [CropComparison]) -> String {
    let figures = crops.filter { !$0.versions.isEmpty }.map { $0.slider(reference: reference) }
    if figures.isEmpty { return "" }
    let what =
      results.kind == .images
      ? "Rate and PSNR are those of the whole picture."
      : "Rate and SNR are those of the whole sound. Spectrograms show the levels of mel bands,"
        + "<span class=\"scale\" style=\"background:\(Spectrogram.gradient)\"></span>from "
        + "\(Spectrogram.range.text(0)) to 0 dB below the loudest of the original."
    return HTML.section(
      "\(results.kind == .images ? "Pictures" : "Sounds") at about the same rate",
      "<p>Choose two codecs and move the divider. \(what)"
        + "</p><noscript><p>The divider needs JavaScript.</p></noscript><div class=\"crops\">"
        + figures.joined(separator: "\n") + "</div>")
  }

  /// What each codec reached at each setting: a table for each group of files.
  var means: String {
    let groups = results.groups
    let tables = groups.map { group in
      let names = group.contenders.map(\.name).joined(separator: ", ")
      let count = Set(group.measurements.map(\.file)).count
      let title = "\(count) of the \(results.kind.noun)s, for \(names)".escaped
      return (groups.count > 1 ? "<p>\(title)</p>" : "") + meansTable(of: group)
    }
    let settings = results.contenders.reduce(0) { $0 + results.settings(of: $1.name).count }
    return HTML.section(
      "Means",
      "<p>Over the files that all codecs coded without a failure at any setting: of the rates of"
        + " the files, and beside it the rate of all of them together (corpus), their bits by their"
        + " \(results.kind == .images ? "pixels" : "seconds"). Speeds are"
        + " \(results.kind == .images ? "pixels" : "seconds") of all timed files by the wall-clock"
        + " seconds of the processes; peaks are the largest resident memory of one.</p>"
        + HTML.list(results.undefinedLines.map { $0 + "." }, className: "quiet")
        + "<details><summary>\(settings) settings of \(results.contenders.count) codecs</summary>"
        + tables.joined() + "</details>")
  }

  private func meansTable(of group: SweepResults) -> String {
    let metrics = results.metrics
    let all = group.contenders.map { contender in
      (
        contender: contender, means: group.means(of: contender.name),
        files: group.comparedFiles(of: contender.name).count,
        failures: group.failureCount(of: contender.name)
      )
    }
    let isTimed = all.contains { $0.means.contains { $0.encodeSpeed != nil } }
    let (unit, rate) = (results.kind.shortSpeedUnit, results.kind.shortRateUnit)
    var header = ["Codec", "Setting", "Files", rate, "Corpus, \(rate)"]
    header += metrics.map { $0.title + ($0.unit.isEmpty ? "" : ", \($0.unit)") }
    if isTimed {
      header += ["Encode, \(unit)", "Decode, \(unit)", "Encode, peak MB", "Decode, peak MB"]
    }
    let bodies = all.map { contender, means, files, failures in
      means.map { mean in
        var cells = [
          HTML.name(contender.name, isOurs: contender.isOurs), HTML.cell(mean.setting),
          HTML.cell(files.description, failures > 0 ? "bad" : nil),
          HTML.cell(mean.rate.text(results.kind.rateDecimals)),
          HTML.cell(mean.corpusRate.text(results.kind.rateDecimals)),
        ]
        cells += metrics.map { HTML.cell(mean.metrics[$0.name]?.text($0.decimals) ?? "") }
        if isTimed {
          cells += [mean.encodeSpeed, mean.decodeSpeed].map { HTML.cell($0?.text(2) ?? "") }
          cells += [mean.encodePeakBytes, mean.decodePeakBytes].map {
            HTML.cell($0.map { (Double($0) / 1e6).text(0) } ?? "")
          }
        }
        return cells.joined()
      }
    }
    return HTML.table(header: header, bodies: bodies)
  }

  /// Versions and commands of the tools.
  var commands: String {
    let rows = results.contenders.map { contender in
      HTML.name(contender.name, isOurs: contender.isOurs)
        + "<td>\(contender.version.escaped)</td><td>"
        + "<code>\(contender.encodeCommand.escaped)</code><br>"
        + "<code>\(contender.decodeCommand.escaped)</code></td>"
    }
    return HTML.section(
      "Tools and commands",
      HTML.table(
        header: ["Codec", "Version", "Commands to encode and decode"], bodies: [rows],
        className: "texts"))
  }

  private func word(for error: BjontegaardError) -> String {
    switch error {
    case .tooFewPoints: "too few points"
    case .notAPoint: "not comparable"
    case .notMonotone: "not monotone"
    case .noOverlap: "no overlap"
    }
  }
}
