import Foundation

/// What a contender reaches at one of its settings: means over files of each file's own figures.
package struct MeanPoint: Sendable, Equatable {
  /// The setting as the command has it.
  package let setting: String
  /// Bits per pixel, or kbit/s: the mean of the rates of the files.
  package let rate: Double
  /// The same of all files together: their bits by their pixels, or by their seconds.
  package let corpusRate: Double
  /// Qualities by `Metric.name`, each over the files that are not left out of it.
  package let metrics: [String: Double]
  /// Wall-clock seconds, over the files that were timed; nil where none was.
  package let encodeSeconds: Double?
  /// As for encoding.
  package let decodeSeconds: Double?
  /// Millions of pixels, or seconds of sound, of the files that were timed by the seconds of the
  /// processes together.
  package let encodeSpeed: Double?
  /// As for encoding.
  package let decodeSpeed: Double?
  /// The largest peak of resident bytes of the files that were timed; nil where none was.
  package let encodePeakBytes: Int?
  /// As for encoding.
  package let decodePeakBytes: Int?

  /// The larger peak.
  package var peakBytes: Int? { [encodePeakBytes, decodePeakBytes].compactMap(\.self).max() }
}

extension SweepResults {
  /// The settings of a contender in order.
  package func settings(of contender: String) -> [String] {
    var seen: Set<String> = []
    return measurements.filter { $0.contender == contender && seen.insert($0.setting).inserted }
      .map(\.setting)
  }

  /// The means of a contender, a point a setting; empty where there is no file.
  ///
  /// - Parameter files: the files to count; nil for those that all contenders are compared on.
  package func means(of contender: String, over files: Set<String>? = nil) -> [MeanPoint] {
    let files = files ?? comparedFiles(of: contender)
    let undefined = undefinedFiles
    let own = measurements.filter { $0.contender == contender && files.contains($0.file) }
    return settings(of: contender).compactMap { setting in
      let points = own.filter { $0.setting == setting }
      guard let rate = mean(points.map(\.rate)) else { return nil }
      let metrics = Set(points.flatMap(\.metrics.keys)).compactMap { name in
        mean(
          points.compactMap { undefined[name]?.contains($0.file) ?? false ? nil : $0.metrics[name] }
        ).map { (name, $0) }
      }
      return MeanPoint(
        setting: setting, rate: rate, corpusRate: corpusRate(of: points),
        metrics: Dictionary(uniqueKeysWithValues: metrics),
        encodeSeconds: mean(points.compactMap(\.encodeSeconds)),
        decodeSeconds: mean(points.compactMap(\.decodeSeconds)),
        encodeSpeed: speed(of: points, \.encodeSeconds),
        decodeSpeed: speed(of: points, \.decodeSeconds),
        encodePeakBytes: points.compactMap(\.encodePeakBytes).max(),
        decodePeakBytes: points.compactMap(\.decodePeakBytes).max())
    }
  }

  /// The curve of a contender in a metric by rising rate, by means over the files that have it, as
  /// ``Metric/drawn(_:)`` gives them: the mean is of the metric, and only then becomes decibels.
  ///
  /// - Parameter files: the files to count; nil for those that all contenders are compared on. Those
  ///   that are left out of the metric do not count.
  package func curve(
    of contender: String, _ metric: Metric, over files: Set<String>? = nil
  ) -> [RatePoint] {
    let files = (files ?? comparedFiles(of: contender))
      .subtracting(undefinedFiles[metric.name] ?? [])
    let own = measurements.filter {
      $0.contender == contender && $0.metrics[metric.name] != nil && files.contains($0.file)
    }
    let points = Dictionary(grouping: own, by: \.setting)
    return settings(of: contender).compactMap { setting in
      guard let points = points[setting], let rate = mean(points.map(\.rate)),
        let value = mean(points.compactMap { $0.metrics[metric.name] })
      else { return nil }
      return RatePoint(rate: rate, quality: metric.drawn(value))
    }
    .sorted { $0.rate < $1.rate }
  }

  /// Bits by pixels, or kilobits by seconds, of files together.
  private func corpusRate(of results: [FileResult]) -> Double {
    let bits = results.reduce(0.0) { $0 + Double($1.byteCount * 8) }
    return kind == .images
      ? bits / results.reduce(0.0) { $0 + Double($1.sampleCount) }
      : bits / results.reduce(0.0) { $0 + $1.duration } / 1000
  }

  private func speed(
    of results: [FileResult], _ seconds: KeyPath<FileResult, Double?>
  ) -> Double? {
    let timed = results.filter { $0[keyPath: seconds] != nil }
    let total = timed.reduce(0) { $0 + $1[keyPath: seconds]! }
    let work = timed.reduce(0) {
      $0 + (kind == .images ? Double($1.sampleCount) / 1e6 : $1.duration)
    }
    return total > 0 ? work / total : nil
  }
}

private func mean(_ values: [Double]) -> Double? {
  values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
}
