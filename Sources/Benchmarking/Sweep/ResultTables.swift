import Foundation

/// Results as tables for people.
extension SweepResults {
  /// Means of each contender at each setting over the files that all are compared on, with times in
  /// seconds and memory in millions of bytes where they were measured, and how many files count and
  /// how many failed: a table for each of ``groups``.
  package var meansTable: String {
    let groups = groups
    return groups.map { group in
      let count = Set(group.measurements.map(\.file)).count
      let names = group.contenders.map(\.name).joined(separator: ", ")
      let title = groups.count > 1 ? "\(count) of the \(kind.noun)s, for \(names)\n" : ""
      return title + group.table(of: metrics)
    }.joined(separator: "\n\n")
  }

  private func table(of metrics: [Metric]) -> String {
    let header =
      ["codec", "setting", kind.shortRateUnit, "corpus \(kind.shortRateUnit)"]
      + metrics.map { $0.unit.isEmpty ? $0.title : "\($0.title), \($0.unit)" }
      + ["encode s", "decode s", "MB", "files", "failures"]
    let rows = contenders.flatMap { contender -> [[String]] in
      let counts = [
        comparedFiles(of: contender.name).count, failureCount(of: contender.name),
      ].map { "\($0)" }
      let points = means(of: contender.name)
      guard !points.isEmpty else {
        return [[contender.name] + Array(repeating: "", count: header.count - 3) + counts]
      }
      return points.map { point in
        [contender.name, point.setting]
          + [text(point.rate, kind.rateDecimals), text(point.corpusRate, kind.rateDecimals)]
          + metrics.map { text(point.metrics[$0.name], $0.isSimilarity ? 4 : 2) }
          + [text(point.encodeSeconds, 3), text(point.decodeSeconds, 3)]
          + [text(point.peakBytes.map { Double($0) / 1e6 }, 0)] + counts
      }
    }
    return Benchmarking.table([header] + rows)
  }

  /// What failed first of each contender, a line each; empty where nothing did.
  package var failureLines: [String] {
    contenders.compactMap { contender in
      guard
        let first = measurements.first(where: {
          $0.contender == contender.name && $0.failure != nil
        })
      else { return nil }
      let count = failureCount(of: contender.name)
      return "\(contender.name) failed on \(count) file\(count == 1 ? "" : "s"), first on "
        + "\(first.file) at \(first.setting): \(first.failure ?? "")"
    }
  }
}

extension RateComparison {
  /// The metrics that have a column: the first, and those that anything was measured with.
  static func measuredMetrics(_ comparisons: [RateComparison]) -> [Metric] {
    (comparisons.first?.rates.map(\.metric) ?? []).enumerated().filter { index, metric in
      index == 0 || comparisons.contains { $0[metric].map(isMeasured) ?? false }
    }.map(\.element)
  }

  /// False where there is nothing to compare, which needs no explanation.
  private static func isMeasured(_ rate: Result<BjontegaardRate, BjontegaardError>) -> Bool {
    if case .failure(.tooFewPoints(count: 0)) = rate { false } else { true }
  }

  /// Comparisons with one reference as a table, and below it why rates are missing.
  package static func table(_ comparisons: [RateComparison], against reference: String) -> String {
    func cells(_ rate: Result<BjontegaardRate, BjontegaardError>) -> [String] {
      guard let rate = try? rate.get() else { return ["-", ""] }
      return [
        String(format: "%+.2f", rate.percent),
        String(format: "%.2f...%.2f", rate.overlap.lowerBound, rate.overlap.upperBound),
      ]
    }
    func reason(_ rate: Result<BjontegaardRate, BjontegaardError>) -> String? {
      guard case .failure(let error) = rate, isMeasured(rate) else { return nil }
      return "\(error)"
    }
    let metrics = measuredMetrics(comparisons)
    let header =
      ["BD-rate against \(reference)"] + metrics.flatMap { ["\($0.comparedTitle), %", "over"] }
    let rows = comparisons.map { one in
      [one.name] + metrics.flatMap { cells(one[$0] ?? .failure(.tooFewPoints(count: 0))) }
    }
    let reasons = comparisons.flatMap { one in
      one.rates.compactMap { metric, rate in
        reason(rate).map { "\(one.name), \(metric.comparedTitle): no BD-rate, because \($0)" }
      }
    }
    return ([Benchmarking.table([header] + rows)] + reasons).joined(separator: "\n")
  }
}

/// Rows in columns: the first to the left, the others to the right.
private func table(_ rows: [[String]]) -> String {
  let widths = rows.reduce(into: [Int](repeating: 0, count: rows.first?.count ?? 0)) {
    widths, row in
    for (column, cell) in row.enumerated() { widths[column] = max(widths[column], cell.count) }
  }
  return rows.map { row in
    row.enumerated().map { column, cell in
      let space = String(repeating: " ", count: widths[column] - cell.count)
      return column == 0 ? cell + space : space + cell
    }.joined(separator: "  ")
  }.joined(separator: "\n")
}

/// A number with a fixed count of decimals, or nothing.
func text(_ value: Double?, _ decimals: Int) -> String {
  value.map { String(format: "%.\(decimals)f", $0) } ?? ""
}
