import Foundation

extension Chart {
  /// The chart as SVG, 720 wide; what its axes cannot draw, such as infinity, is left out.
  ///
  /// Curves are labelled at their ends where all labels fit beside the plot, in a legend below it
  /// where they do not. Where there are published curves, their labels have the ends to themselves.
  /// Every marker tells its name and values when pointed at.
  ///
  /// - Parameter standalone: whether it is a file of its own, with its own colours on white, or an
  ///   element of a page that has the rules of ``ChartStyle``.
  func svg(standalone: Bool) -> String {
    ChartDrawing(self).svg(standalone: standalone)
  }
}

/// Lays a chart out and draws it. All lengths are pixels, from the top left.
private struct ChartDrawing {
  private static let width = 720.0
  private static let top = 40.0
  private static let plotHeight = 380.0
  private static let left = 60.0
  /// Room for the ticks and the title of the horizontal axis.
  private static let axisHeight = 52.0
  /// Height of a line of labels.
  private static let line = 17.0
  /// Height of a line of the smaller labels of published curves.
  private static let smallLine = 13.5
  /// Distance from the plot to the labels, which lines to them cross.
  private static let gutter = 22.0

  private let chart: Chart
  private let horizontal: AxisScale
  private let vertical: AxisScale
  /// Curves that have a point to draw.
  private let curves: [Chart.Series]
  /// Heights of the labels at the ends of curves, by the curves' indices.
  private let labels: [Int: Double]
  private let plotWidth: Double

  init(_ chart: Chart) {
    self.chart = chart
    let curves = chart.series.compactMap { series -> Chart.Series? in
      var series = series
      series.points.removeAll {
        !AxisScale.canDraw($0.x, isLogarithmic: chart.x.isLogarithmic)
          || !AxisScale.canDraw($0.y, isLogarithmic: chart.y.isLogarithmic)
      }
      return series.points.isEmpty ? nil : series
    }
    self.curves = curves
    let points = curves.flatMap(\.points)
    horizontal = AxisScale(covering: points.map(\.x), isLogarithmic: chart.x.isLogarithmic)
    let vertical = AxisScale(covering: points.map(\.y), isLogarithmic: chart.y.isLogarithmic)
    self.vertical = vertical
    let published = curves.indices.filter { curves[$0].isPublished }
    let labelled = published.isEmpty ? Array(curves.indices) : published
    let heights = spread(
      labelled.map { Self.height(of: Self.end(curves[$0]).y, on: vertical) },
      gap: published.isEmpty ? Self.line : Self.smallLine,
      in: Self.top...Self.top + Self.plotHeight)
    labels = Dictionary(uniqueKeysWithValues: zip(heights == nil ? [] : labelled, heights ?? []))
    let widest = labels.keys.map { Self.labelWidth(curves[$0]) }.max()
    let margin = widest.map { Self.gutter + 14 + $0 } ?? 24
    plotWidth = Self.width - Self.left - margin
  }

  func svg(standalone: Bool) -> String {
    let legend = self.legend
    let height = Self.top + Self.plotHeight + Self.axisHeight + legend.height
    let size = "\(number(Self.width)) \(number(height))"
    var parts: [String] = []
    if standalone {
      let attributes = "xmlns=\"http://www.w3.org/2000/svg\" width=\"\(number(Self.width))\""
      parts += [
        "<svg class=\"chart\" viewBox=\"0 0 \(size)\" \(attributes) height=\"\(number(height))\">",
        "<title>\(chart.title.escaped)</title>", "<style>\n\(ChartStyle.light.css)\n</style>",
      ]
    } else {
      parts.append(
        "<svg class=\"chart\" viewBox=\"0 0 \(size)\" role=\"img\""
          + " aria-label=\"\(chart.title.escaped)\">")
    }
    parts.append("<rect class=\"back\" width=\"100%\" height=\"100%\"/>")
    parts.append(text(chart.title, x: Self.left, y: 22, className: "title"))
    parts += axes
    // Published curves behind the others, ours in front of those.
    let order = curves.indices.sorted { (depth($0), $0) < (depth($1), $1) }
    parts += order.map(curve)
    parts.append(legend.markup)
    if curves.contains(where: \.isPublished) {
      let below = Self.top + Self.plotHeight + 40
      parts.append(
        text("grey: published", x: Self.width - 8, y: below, anchor: "end", className: "note"))
    }
    parts.append("</svg>")
    return parts.joined(separator: "\n") + "\n"
  }

  // MARK: Axes

  private var axes: [String] {
    let bottom = Self.top + Self.plotHeight
    let right = Self.left + plotWidth
    var parts: [String] = []
    for tick in horizontal.ticks {
      let x = position(x: tick)
      parts.append(line("grid", from: (x, Self.top), to: (x, bottom)))
      parts.append(text(AxisScale.label(tick), x: x, y: bottom + 18, anchor: "middle"))
    }
    for tick in vertical.ticks {
      let y = position(y: tick)
      parts.append(line("grid", from: (Self.left, y), to: (right, y)))
      parts.append(text(AxisScale.label(tick), x: Self.left - 8, y: y + 4.5, anchor: "end"))
    }
    parts.append(line("axis", from: (Self.left, bottom), to: (right, bottom)))
    parts.append(line("axis", from: (Self.left, Self.top), to: (Self.left, bottom)))
    let middle = (x: Self.left + plotWidth / 2, y: Self.top + Self.plotHeight / 2)
    parts.append(text(chart.x.title, x: middle.x, y: bottom + 40, anchor: "middle"))
    parts.append(
      "<g transform=\"translate(16 \(number(middle.y))) rotate(-90)\">"
        + text(chart.y.title, x: 0, y: 0, anchor: "middle") + "</g>")
    return parts
  }

  // MARK: Curves

  private func curve(_ index: Int) -> String {
    let series = curves[index]
    let points = series.points.map { (x: position(x: $0.x), y: position(y: $0.y)) }
    let path = points.map { "\(number($0.x)) \(number($0.y))" }.joined(separator: " ")
    var parts = ["<polyline class=\"line\" points=\"\(path)\"/>"]
    for (point, position) in zip(series.points, points) {
      let values = String(format: "%.4g, %.4g", point.x, point.y)
      parts.append(marker(series, x: position.x, y: position.y, note: "\(series.name): \(values)"))
    }
    if let label = labels[index] {
      let end = Self.end(series)
      let (x, y) = (position(x: end.x), position(y: end.y))
      let edge = Self.left + plotWidth
      let steps = [(x + 5, y), (edge, y), (edge + Self.gutter - 6, label)]
      let path = steps.map { "\(number($0.0)) \(number($0.1))" }.joined(separator: " ")
      parts.append("<polyline class=\"leader\" points=\"\(path)\"/>")
      if series.isPublished {
        parts.append(self.label(series, x: edge + Self.gutter - 3, y: label + 4))
      } else {
        parts.append(marker(series, x: edge + Self.gutter, y: label, note: series.name))
        parts.append(self.label(series, x: edge + Self.gutter + 10, y: label + 4.5))
      }
    }
    return group(series, parts)
  }

  /// The place of a curve from the back to the front.
  private func depth(_ index: Int) -> Int {
    let curve = curves[index]
    // A lone point hides little, but is easily hidden.
    if curve.isPublished { return curve.points.count > 1 ? 0 : 3 }
    return curve.isEmphasised ? 2 : 1
  }

  /// Rows of line, marker and name of the curves without a label, ours first, and their height.
  private var legend: (markup: String, height: Double) {
    let curves = curves.indices.filter { labels[$0] == nil }
      .sorted { (-depth($0), $0) < (-depth($1), $1) }.map { self.curves[$0] }
    if curves.isEmpty { return ("", 0) }
    let column = 44 + (curves.map(Self.labelWidth).max() ?? 0)
    let columns = max(Int((Self.width - Self.left) / column), 1)
    let start = Self.top + Self.plotHeight + Self.axisHeight + 8
    let entries = curves.enumerated().map { index, series in
      let x = Self.left + Double(index % columns) * column
      let y = start + Double(index / columns) * (Self.line + 2)
      return group(
        series,
        [
          line("line", from: (x, y), to: (x + 26, y)),
          marker(series, x: x + 13, y: y, note: series.name),
          label(series, x: x + 33, y: y + 4.5),
        ])
    }
    let rows = (curves.count + columns - 1) / columns
    return (entries.joined(separator: "\n"), Double(rows) * (Self.line + 2) + 8)
  }

  private func group(_ series: Chart.Series, _ parts: [String]) -> String {
    let colour = series.look % ChartStyle.light.palette.count
    let classes =
      [series.isPublished ? "published" : "c\(colour)"] + (series.isEmphasised ? ["ours"] : [])
    return "<g class=\"\(classes.joined(separator: " "))\">\n"
      + parts.joined(separator: "\n") + "\n</g>"
  }

  /// Shapes differ beside colours, for who sees no colours and for more curves than colours: their
  /// count has no factor in common with that of the palette.
  private func marker(_ series: Chart.Series, x: Double, y: Double, note: String) -> String {
    let shapes = [
      "M-3.5 0a3.5 3.5 0 1 0 7 0a3.5 3.5 0 1 0 -7 0z", "M-3.2 -3.2h6.4v6.4h-6.4z",
      "M0 -4.4L4 3L-4 3z", "M0 -4.6L4.6 0L0 4.6L-4.6 0z", "M0 4.4L4 -3L-4 -3z",
    ]
    let (shape, className) =
      series.isPublished
      ? series.points.count > 1 ? (dot(1.6), "mark") : (dot(3), "mark lone")
      : (shapes[series.look % shapes.count], "mark")
    return "<path class=\"\(className)\" d=\"\(shape)\""
      + " transform=\"translate(\(number(x)) \(number(y)))\"><title>\(note.escaped)</title></path>"
  }

  private func dot(_ radius: Double) -> String {
    let (r, d) = (number(radius), number(2 * radius))
    return "M-\(r) 0a\(r) \(r) 0 1 0 \(d) 0a\(r) \(r) 0 1 0 -\(d) 0z"
  }

  private func label(_ series: Chart.Series, x: Double, y: Double) -> String {
    text(Self.shortened(series.name), x: x, y: y, className: series.isEmphasised ? "strong" : nil)
  }

  /// The end that is labelled: the one at the right.
  private static func end(_ series: Chart.Series) -> Chart.Point {
    series.points.max { $0.x < $1.x } ?? series.points[0]
  }

  /// Names have room for 26 characters.
  private static func shortened(_ name: String) -> String {
    name.count <= 26 ? name : name.prefix(25) + "…"
  }

  /// Width of a label in a wide font; what draws the text is not known here.
  private static func labelWidth(_ series: Chart.Series) -> Double {
    Double(shortened(series.name).count)
      * (series.isPublished ? 6.4 : series.isEmphasised ? 9 : 7.2)
  }

  // MARK: Elements

  private func position(x: Double) -> Double {
    Self.left + horizontal.position(of: x) * plotWidth
  }

  private func position(y: Double) -> Double {
    Self.height(of: y, on: vertical)
  }

  private static func height(of y: Double, on scale: AxisScale) -> Double {
    top + (1 - scale.position(of: y)) * plotHeight
  }

  private func line(
    _ className: String, from start: (Double, Double), to end: (Double, Double)
  ) -> String {
    "<path class=\"\(className)\" d=\"M\(number(start.0)) \(number(start.1))"
      + "L\(number(end.0)) \(number(end.1))\"/>"
  }

  private func text(
    _ text: String, x: Double, y: Double, anchor: String = "start", className: String? = nil
  ) -> String {
    let classes = className.map { " class=\"\($0)\"" } ?? ""
    return "<text\(classes) x=\"\(number(x))\" y=\"\(number(y))\" text-anchor=\"\(anchor)\">"
      + "\(text.escaped)</text>"
  }

  /// A tenth of a pixel is finer than anybody sees.
  private func number(_ value: Double) -> String {
    String(format: "%.1f", value)
  }
}
