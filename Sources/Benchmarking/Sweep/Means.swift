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
  /// The largest peak of resident bytes of the files that were timed; nil where none was.
  public let peakBytes: Int?
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
        peakBytes: points.flatMap { [$0.encodePeakBytes, $0.decodePeakBytes] }.compactMap(\.self)
          .max())
    }
  }

  /// The curve of a contender in a metric, by means over the files that have it; MS-SSIM and SSIM in
  /// dB.
  ///
  /// - Parameter files: the files to count; nil for all that it coded without a failure.
  public func curve(
    of contender: String, _ metric: Metric, over files: Set<String>? = nil
  ) -> [RatePoint] {
    let files = files ?? wholeFiles(of: contender)
    let own = measurements.filter { $0.contender == contender && $0.metrics[metric.name] != nil }
    return means(of: contender, over: files.intersection(own.map(\.file))).compactMap { point in
      point.metrics[metric.name].map {
        RatePoint(rate: point.rate, quality: metric.isSimilarity ? decibels(ofSimilarity: $0) : $0)
      }
    }
  }
}

extension Metric {
  /// Whether it is 1 for equal pictures and compared in dB.
  var isSimilarity: Bool { self == .msSSIM || self == .ssim }
}

/// A similarity (1 is equal) in dB, -10 log10(1 - similarity), as papers compare MS-SSIM.
func decibels(ofSimilarity similarity: Double) -> Double { -10 * log10(1 - similarity) }

private func mean(_ values: [Double]) -> Double? {
  values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
}
