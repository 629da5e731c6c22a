import Foundation

/// Results as files for other programs.
extension SweepResults {
  /// Each file at each setting, as comma-separated values with provenance in comments.
  package var filesCSV: String {
    let header =
      ["file", "codec", "setting", kind.sampleField, "bytes", kind.rateField] + metricNames
      + ["encode_s", "decode_s", "encode_peak_bytes", "decode_peak_bytes", "failure"]
    let rows = measurements.map { one in
      let hasFigures = one.failure == nil
      return [one.file, one.contender, one.setting, "\(one.sampleCount)"]
        + [hasFigures ? "\(one.byteCount)" : "", hasFigures ? text(one.rate, 5) : ""]
        + metricNames.map { text(one.metrics[$0], 5) }
        + [text(one.encodeSeconds, 4), text(one.decodeSeconds, 4)]
        + [one.encodePeakBytes, one.decodePeakBytes].map { $0.map(String.init) ?? "" }
        + [one.failure ?? ""]
    }
    return csv(header, rows)
  }

  /// Means over the files that all contenders are compared on at each setting, as comma-separated
  /// values with provenance in comments. Where there are several groups of files, see ``groups``,
  /// their rows follow each other.
  package var meansCSV: String {
    let header =
      ["codec", "setting", "files", "failures", kind.rateField, kind.corpusRateField] + metricNames
      + ["encode_s", "decode_s", "peak_bytes"]
    let rows = groups.flatMap { group in
      group.contenders.flatMap { contender in
        let files = group.comparedFiles(of: contender.name)
        let failures = group.failureCount(of: contender.name)
        return group.means(of: contender.name).map { point in
          [contender.name, point.setting, "\(files.count)", "\(failures)"]
            + [text(point.rate, 5), text(point.corpusRate, 5)]
            + metricNames.map { text(point.metrics[$0], 5) }
            + [text(point.encodeSeconds, 4), text(point.decodeSeconds, 4)]
            + [point.peakBytes.map(String.init) ?? ""]
        }
      }
    }
    return csv(header, rows)
  }

  /// Means of a contender as CompressAI keeps results: JSON with a list for each figure, which for
  /// sounds has our names. Where a figure was not measured it has no list, and where it is not finite
  /// it is null.
  package func compressAI(of contender: Contender) throws -> Data {
    let points = means(of: contender.name)
    func list(_ value: (MeanPoint) -> Double?) -> [Double?]? {
      let values = points.map(value)
      return values.contains { $0 != nil } ? values.map { $0?.isFinite == true ? $0 : nil } : nil
    }
    let names =
      kind == .images
      ? ["psnr-rgb": Metric.psnr, "ms-ssim-rgb": .msSSIM, "ssim-rgb": .ssim]
      : Dictionary(uniqueKeysWithValues: Metric.ofSounds.map { ($0.name, $0) })
    var lists = names.mapValues { metric in list { $0.metrics[metric.name] } }
    lists[kind.rateField] = list(\.rate)
    lists[kind.corpusRateField] = list(\.corpusRate)
    lists["encoding_time"] = list(\.encodeSeconds)
    lists["decoding_time"] = list(\.decodeSeconds)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return try encoder.encode(
      CompressAIResults(
        name: contender.name,
        description: "\(contender.version); \(contender.encodeCommand); \(corpus), "
          + "\(comparedFiles(of: contender.name).count) files, \(failureCount(of: contender.name)) failed",
        results: lists.compactMapValues { $0 }))
  }

  private struct CompressAIResults: Encodable {
    let name: String
    let description: String
    let results: [String: [Double?]]
  }

  /// Names of the metrics that were measured, in the order of reports.
  private var metricNames: [String] { metrics.map(\.name) }

  /// Who measured what, where, when and how, in lines.
  var provenanceLines: [String] {
    [
      "commit: \(provenance.commit)", "date: \(provenance.date)",
      "machine: \(provenance.machine)", "command: \(provenance.command)", "corpus: \(corpus)",
    ]
      + contenders.flatMap {
        ["\($0.name): \($0.version)", "  \($0.encodeCommand)", "  \($0.decodeCommand)"]
      }
  }

  private func csv(_ header: [String], _ rows: [[String]]) -> String {
    let lines = ([header] + rows).map { $0.map(quoted).joined(separator: ",") }
    return (provenanceLines.map { "# \($0)" } + lines).joined(separator: "\n") + "\n"
  }

  /// A field as RFC 4180 has it; one that begins like a comment is quoted too.
  private func quoted(_ field: String) -> String {
    guard
      field.hasPrefix("#") || field.contains(where: { $0 == "," || $0 == "\"" || $0.isNewline })
    else { return field }
    return "\"" + field.replacing("\"", with: "\"\"") + "\""
  }
}
