import Foundation

/// What a contender reaches at one of its settings: means over files of each file's own figures.
public struct MeanPoint: Sendable, Equatable {
  /// The setting as the command has it.
  public let setting: String
  /// Bits per pixel, or kbit/s.
  public let rate: Double
  /// Qualities by `Metric.name`, each over the files that have it.
  public let metrics: [String: Double]
  /// Wall-clock seconds, over the files that were timed; nil where none was.
  public let encodeSeconds: Double?
  /// As for encoding.
  public let decodeSeconds: Double?
  /// Millions of pixels, or seconds of sound, of the files that were timed by the seconds of the
  /// processes together.
  public let encodeSpeed: Double?
  /// As for encoding.
  public let decodeSpeed: Double?
  /// The largest peak of resident bytes of the files that were timed; nil where none was.
  public let encodePeakBytes: Int?
  /// As for encoding.
  public let decodePeakBytes: Int?

  /// The larger peak.
  public var peakBytes: Int? { [encodePeakBytes, decodePeakBytes].compactMap(\.self).max() }
}

extension SweepResults {
  /// The settings of a contender in order.
  public func settings(of contender: String) -> [String] {
    var seen: Set<String> = []
    return measurements.filter { $0.contender == contender && seen.insert($0.setting).inserted }
      .map(\.setting)
  }

  /// The files that a contender coded without a failure at any setting.
  ///
  /// Only these count in means, so that all points of a curve are of the same files.
  public func wholeFiles(of contender: String) -> Set<String> {
    let own = measurements.filter { $0.contender == contender }
    return Set(own.map(\.file)).subtracting(own.filter { $0.failure != nil }.map(\.file))
  }

  /// How many files a contender failed on, at any setting.
  public func failureCount(of contender: String) -> Int {
    Set(measurements.filter { $0.contender == contender && $0.failure != nil }.map(\.file)).count
  }

  /// The means of a contender, a point a setting; empty where there is no file.
  ///
  /// - Parameter files: the files to count; nil for all that it coded without a failure.
  public func means(of contender: String, over files: Set<String>? = nil) -> [MeanPoint] {
    let files = files ?? wholeFiles(of: contender)
    let own = measurements.filter { $0.contender == contender && files.contains($0.file) }
    return settings(of: contender).compactMap { setting in
      let points = own.filter { $0.setting == setting }
      guard let rate = mean(points.map(\.rate)) else { return nil }
      let metrics = Set(points.flatMap(\.metrics.keys)).map { name in
        (name, mean(points.compactMap { $0.metrics[name] }) ?? 0)
      }
      return MeanPoint(
        setting: setting, rate: rate, metrics: Dictionary(uniqueKeysWithValues: metrics),
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
  /// - Parameter files: the files to count; nil for all that it coded without a failure.
  public func curve(
    of contender: String, _ metric: Metric, over files: Set<String>? = nil
  ) -> [RatePoint] {
    let files = files ?? wholeFiles(of: contender)
    let own = measurements.filter { $0.contender == contender && $0.metrics[metric.name] != nil }
    return means(of: contender, over: files.intersection(own.map(\.file))).compactMap { point in
      point.metrics[metric.name].map {
        RatePoint(rate: point.rate, quality: metric.drawn($0))
      }
    }
    .sorted { $0.rate < $1.rate }
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
