import MediaFiles

/// Rate-distortion points of other codecs, as a file of comma-separated values lists them.
///
/// The format is that of `CommaSeparatedValues`, and lines that start with `#` are comments. The first
/// other line names the fields, one of ``headers``, and each one after it is a point.
package struct AnchorCurves: Sendable, Equatable {
  /// What a codec reached at one setting.
  package struct Point: Sendable, Equatable {
    /// Name of the codec.
    package var codec: String
    /// Bits per pixel, or kbit/s, of the whole file.
    package var rate: Double
    /// What is known of its qualities, by ``Metric/name``.
    package var metrics: [String: Double]
    /// Who measured it; empty where the file does not tell.
    package var source = ""
  }

  /// What the codecs code.
  package let kind: SweepResults.Kind
  /// All points in the order of the file.
  package let points: [Point]

  /// The lines that name fields: of pictures, and of sounds.
  package static let headers = ["codec,bpp,psnr_db,ms_ssim,source", "codec,kbps,snr_db,psnr_db"]

  /// The fields of a kind between codec and source, and the metrics that all but the first hold.
  private static func fields(
    of kind: SweepResults.Kind
  ) -> (names: [String], metrics: [Metric], hasSource: Bool) {
    kind == .images
      ? (["bpp", "psnr_db", "ms_ssim"], [.psnr, .msSSIM], true)
      : (["kbps", "snr_db", "psnr_db"], [.snr, .soundPSNR], false)
  }

  /// Reads the text of a file. `name` is what errors call it.
  ///
  /// Throws when a line is neither comment, header nor point.
  package init(parsing text: String, name: String) throws(AnchorCurvesError) {
    var points: [Point] = []
    var kind: SweepResults.Kind?
    for record in try Self.records(of: text, file: name) {
      if let kind {
        points.append(try Self.point(record, of: kind, file: name))
      } else if let header = Self.headers.firstIndex(of: record.fields.joined(separator: ",")) {
        kind = header == 0 ? .images : .audio
      } else {
        throw AnchorCurvesError(
          file: name, line: record.line,
          what: "expected the header \(Self.headers.joined(separator: " or "))")
      }
    }
    guard let kind else {
      throw AnchorCurvesError(
        file: name, line: 1,
        what: "there is no header \(Self.headers.joined(separator: " or "))")
    }
    (self.kind, self.points) = (kind, points)
  }

  /// Names of the codecs in the order of the file.
  package var codecs: [String] {
    var seen: Set<String> = []
    return points.map(\.codec).filter { seen.insert($0).inserted }
  }

  /// The points of one codec that have a metric; empty if it has none.
  package func curve(of codec: String, _ metric: Metric) -> [RatePoint] {
    points.filter { $0.codec == codec }.curve(metric)
  }

  private static func records(
    of text: String, file: String
  ) throws(AnchorCurvesError) -> [CommaSeparatedValues.Record] {
    do {
      return try CommaSeparatedValues(parsing: text, hasComments: true).records
    } catch {
      throw AnchorCurvesError(file: file, line: error.line, what: error.reason)
    }
  }

  private static func point(
    _ record: CommaSeparatedValues.Record, of kind: SweepResults.Kind, file: String
  ) throws(AnchorCurvesError) -> Point {
    let fields = record.fields
    func fault(_ what: String) -> AnchorCurvesError {
      AnchorCurvesError(file: file, line: record.line, what: what)
    }
    func number(_ index: Int, _ name: String) throws(AnchorCurvesError) -> Double {
      guard let value = Double(fields[index]), value.isFinite else {
        throw fault("\(name) is \(String(reflecting: fields[index])), not a number")
      }
      return value
    }
    let (names, metrics, hasSource) = Self.fields(of: kind)
    let count = names.count + (hasSource ? 2 : 1)
    guard fields.count == count else {
      throw fault("it has \(fields.count) fields, not \(count)")
    }
    guard !fields[0].isEmpty else { throw fault("it names no codec") }
    let rate = try number(1, names[0])
    guard rate > 0 else { throw fault("\(names[0]) is \(rate), not positive") }
    var values: [String: Double] = [:]
    for (index, metric) in metrics.enumerated() {
      // All but the first may be unknown.
      if index > 0, fields[index + 2].isEmpty { continue }
      values[metric.name] = try number(index + 2, names[index + 1])
    }
    return Point(
      codec: fields[0], rate: rate, metrics: values, source: hasSource ? fields[count - 1] : "")
  }
}

/// Why a file of points could not be read.
package struct AnchorCurvesError: Error, Equatable, CustomStringConvertible {
  /// The file.
  package let file: String
  /// The line, counted from 1.
  package let line: Int
  /// What is wrong with it.
  package let what: String

  /// One sentence that names file and line.
  package var description: String { "\(file), line \(line): \(what)" }
}

extension [AnchorCurves.Point] {
  /// Rate and a metric, as ``Metric/drawn(_:)`` gives it, of the points that have it, by rising rate.
  func curve(_ metric: Metric) -> [RatePoint] {
    compactMap { point in
      point.metrics[metric.name].map {
        RatePoint(rate: point.rate, quality: metric.drawn($0))
      }
    }
    .sorted { $0.rate < $1.rate }
  }
}
