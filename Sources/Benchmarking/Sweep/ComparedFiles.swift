/// Which files count, so that all codecs of a table or chart are compared on the same ones.
extension SweepResults {
  /// Results of files that the same contenders were given, in the order of the files: a codec for one
  /// number of channels is given no pictures with another one. Mostly there is one group, of all.
  package var groups: [SweepResults] {
    var contendersOfFile: [String: Set<String>] = [:]
    for one in measurements { contendersOfFile[one.file, default: []].insert(one.contender) }
    let sets = Set(contendersOfFile.values)
    guard sets.count > 1 else { return [self] }
    var seen: Set<Set<String>> = []
    return measurements.compactMap { contendersOfFile[$0.file] }.filter { seen.insert($0).inserted }
      .map { names in
        var group = self
        group.contenders = contenders.filter { names.contains($0.name) }
        group.measurements = measurements.filter { contendersOfFile[$0.file] == names }
        return group
      }
  }

  /// The files that a contender coded without a failure at any setting.
  package func wholeFiles(of contender: String) -> Set<String> {
    let own = measurements.filter { $0.contender == contender }
    return Set(own.map(\.file)).subtracting(own.filter { $0.failure != nil }.map(\.file))
  }

  /// The files that a contender is compared on: those that it coded without a failure at any setting,
  /// and that no other contender failed on. One that failed on all its files takes none from others.
  package func comparedFiles(of contender: String) -> Set<String> {
    var given: [String: Set<String>] = [:]
    var failed: [String: Set<String>] = [:]
    for one in measurements {
      given[one.contender, default: []].insert(one.file)
      if one.failure != nil { failed[one.contender, default: []].insert(one.file) }
    }
    return failed.filter { $0.key == contender || $0.value != given[$0.key] }
      .reduce(given[contender] ?? []) { $0.subtracting($1.value) }
  }

  /// How many files a contender failed on, at any setting.
  package func failureCount(of contender: String) -> Int {
    Set(measurements.filter { $0.contender == contender && $0.failure != nil }.map(\.file)).count
  }

  /// The files that are left out of each metric, by ``Metric/name``: some contender has no finite
  /// value of it at some setting. They would make means infinite, or means over different files.
  ///
  /// Where all values of a contender at a setting are infinite it is without loss, which is no fault
  /// of the files.
  var undefinedFiles: [String: Set<String>] {
    let coded = measurements.filter { $0.failure == nil }
    let points = Dictionary(grouping: coded) { [$0.contender, $0.setting] }
    var all: [String: Set<String>] = [:]
    for metric in kind.metrics {
      var undefined: Set<String> = []
      for results in points.values {
        let values = results.map { $0.metrics[metric.name] }
        if values.allSatisfy({ $0 == nil }) { continue }
        let isLossless = !values.contains { $0?.isFinite ?? false }
        for (result, value) in zip(results, values) {
          if value.map({ isLossless || $0.isFinite }) ?? false { continue }
          undefined.insert(result.file)
        }
      }
      // All metrics of sounds are always measured: one that is nowhere is undefined for all.
      if kind == .audio, !coded.contains(where: { $0.metrics[metric.name] != nil }) {
        undefined.formUnion(coded.map(\.file))
      }
      all[metric.name] = undefined
    }
    return all
  }

  /// Which files are left out of which metric, a sentence a metric; empty where none is.
  package var undefinedLines: [String] {
    let undefined = undefinedFiles
    return kind.metrics.compactMap { metric in
      let files = (undefined[metric.name] ?? []).sorted()
      return files.isEmpty
        ? nil
        : "means and BD-rates by \(metric.title) leave out \(files.joined(separator: ", ")), for want "
          + "of a finite value"
    }
  }
}
