/// Charts of a sweep: each metric that was measured, and the speeds that were timed, over rate.
///
/// Points are means over the files of a setting that all codecs are compared on. Published curves are drawn
/// behind those, but for codecs that were measured too, which would be there twice. A colour
/// belongs to the same codec in all charts.
func rateDistortionCharts(
  of results: SweepResults, anchors: [AnchorCurves] = []
) -> [Chart] {
  let measured = Set(results.contenders.map(\.name))
  let published = results.published(anchors).filter { !measured.contains($0.points[0].codec) }
  let rate = Chart.Axis(title: "Rate (\(results.kind.rateUnit))", isLogarithmic: true)
  let undefined = results.undefinedFiles
  var charts: [Chart] = []
  for metric in results.metrics {
    var series = results.series { name in
      // Copies without loss have an infinite PSNR, which no chart shows.
      results.curve(of: name, metric).filter(\.quality.isFinite)
        .map { Chart.Point(x: $0.rate, y: $0.quality) }
    }
    series += published.map { codec in
      Chart.Series(
        name: codec.name,
        points: codec.points.curve(metric).map { Chart.Point(x: $0.rate, y: $0.quality) },
        isPublished: true)
    }
    charts.append(
      Chart(
        name: "rd-\(metric.name.replacingOccurrences(of: "_", with: "-"))",
        title: "\(metric.title) on "
          + results.scope(without: undefined[metric.name] ?? []) { $0.metrics[metric.name] },
        x: rate,
        y: Chart.Axis(title: metric.axisTitle),
        series: series))
  }
  let speeds: [(String, KeyPath<MeanPoint, Double?>, KeyPath<FileResult, Double?>)] = [
    ("Encode", \.encodeSpeed, \.encodeSeconds), ("Decode", \.decodeSpeed, \.decodeSeconds),
  ]
  for (action, speed, seconds) in speeds {
    let series = results.series { name in
      results.means(of: name).sorted { $0.rate < $1.rate }.compactMap { mean in
        mean[keyPath: speed].map { Chart.Point(x: mean.rate, y: $0) }
      }
    }
    guard series.contains(where: { !$0.points.isEmpty }) else { continue }
    charts.append(
      Chart(
        name: "\(action.lowercased())-speed",
        title: "\(action) speed on \(results.scope { $0[keyPath: seconds] })", x: rate,
        y: Chart.Axis(title: "\(action) speed (\(results.kind.speedUnit))", isLogarithmic: true),
        series: series))
  }
  return charts
}

extension SweepResults {
  /// The metrics that were measured, in the order of reports.
  var metrics: [Metric] {
    let measured = Set(measurements.flatMap(\.metrics.keys))
    return kind.metrics.filter { measured.contains($0.name) }
  }

  /// The corpus, and how many of its files that codecs are compared on have a figure.
  fileprivate func scope(
    without undefined: Set<String> = [], _ figure: (FileResult) -> Double?
  ) -> String {
    let compared = contenders.reduce(into: Set<String>()) {
      $0.formUnion(comparedFiles(of: $1.name))
    }.subtracting(undefined)
    let count = compared.intersection(
      measurements.filter { figure($0) != nil }.map(\.file)
    ).count
    return "\(corpus), \(count) \(count == 1 ? "file" : "files")"
  }

  /// A curve for each contender.
  fileprivate func series(_ points: (String) -> [Chart.Point]) -> [Chart.Series] {
    contenders.enumerated().map { index, contender in
      Chart.Series(
        name: contender.name, points: points(contender.name), look: index,
        isEmphasised: contender.isOurs)
    }
  }

  /// The codecs of published points of this kind; one named like a contender is told apart.
  func published(_ anchors: [AnchorCurves]) -> [PublishedCodec] {
    let points = anchors.filter { $0.kind == kind }.flatMap(\.points)
    let groups = Dictionary(grouping: points, by: \.codec)
    let measured = Set(contenders.map(\.name))
    var seen: Set<String> = []
    return points.map(\.codec).filter { seen.insert($0).inserted }.map { codec in
      PublishedCodec(
        name: measured.contains(codec) ? "\(codec) (anchor)" : codec, points: groups[codec] ?? [])
    }
  }
}

/// Points of a codec that were not measured by the sweep.
struct PublishedCodec {
  let name: String
  let points: [AnchorCurves.Point]
}
