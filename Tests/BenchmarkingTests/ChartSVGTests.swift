import Foundation
import Testing

@testable import Benchmarking

#if canImport(FoundationXML)
  import FoundationXML
#endif

struct ChartSVGTests {
  static func chart(_ series: [Chart.Series]) -> Chart {
    Chart(
      name: "c", title: "A <chart> & more", x: Chart.Axis(title: "x", isLogarithmic: true),
      y: Chart.Axis(title: "y"), series: series)
  }

  static func series(_ count: Int) -> [Chart.Series] {
    (0..<count).map { index in
      Chart.Series(
        name: "codec-\(index)",
        points: [Chart.Point(x: 0.1, y: 20), Chart.Point(x: 1, y: 30 + 0.01 * Double(index))],
        look: index, isEmphasised: index == 0)
    }
  }

  @Test(arguments: [false, true]) func wellFormed(standalone: Bool) throws {
    var series = Self.series(3)
    series[1].name = Sweeps.hostileName
    let texts = try Elements(of: Self.chart(series).svg(standalone: standalone)).texts
    #expect(texts.contains("A <chart> & more"))
    #expect(texts.contains("a<b>&\"'\u{FFFD}.png"))
  }

  @Test func labelsNeverOverlap() throws {
    let elements = try Elements(of: Self.chart(Self.series(20)).svg(standalone: true))
    let labels = elements.labels.filter { $0.text.hasPrefix("codec-") }
    #expect(labels.count == 20)
    let heights = labels.map(\.y).sorted()
    for (upper, lower) in zip(heights, heights.dropFirst()) { #expect(lower - upper > 16.5) }
    #expect(Set(labels.map(\.x)).count == 1)
  }

  @Test func legendWhereLabelsDoNotFit() throws {
    let elements = try Elements(of: Self.chart(Self.series(30)).svg(standalone: true))
    let labels = elements.labels.filter { $0.text.hasPrefix("codec-") }
    #expect(labels.count == 30)
    #expect(Set(labels.map { "\($0.x) \($0.y)" }).count == 30)
    let height = try #require(Double(elements.attributes["height"] ?? ""))
    #expect(labels.allSatisfy { $0.y > 400 && $0.y < height && $0.x < 680 })
  }

  /// Published curves are labelled at their ends and drawn first; the others are in the legend.
  @Test func publishedCurves() throws {
    var series = Self.series(18)
    for index in 4..<18 { series[index].isPublished = true }
    let svg = Self.chart(series).svg(standalone: true)
    let labels = try Elements(of: svg).labels.filter { $0.text.hasPrefix("codec-") }
    #expect(labels.count == 18)
    let ends = labels.filter { $0.y < 430 }
    #expect(Set(ends.map(\.text)) == Set(series[4...].map(\.name)))
    let heights = ends.map(\.y).sorted()
    for (upper, lower) in zip(heights, heights.dropFirst()) { #expect(lower - upper > 13) }
    #expect(labels.filter { $0.y > 430 }.map(\.text) == series[..<4].map(\.name))
    let classes = svg.matches(of: /<g class="([^"]*)">/).map { String($0.1) }
    #expect(classes[..<14].allSatisfy { $0 == "published" })
    #expect(Array(classes[14..<18]) == ["c1", "c2", "c3", "c0 ours"])
  }

  @Test func whatHasNoPlaceIsLeftOut() throws {
    var series = Self.series(2)
    series[0].points += [Chart.Point(x: 0, y: 25), Chart.Point(x: 2, y: .infinity)]
    series[1].points = [Chart.Point(x: .nan, y: 1)]
    let svg = Self.chart(series).svg(standalone: true)
    #expect(svg == Self.chart([Self.series(2)[0]]).svg(standalone: true))
    #expect(try !Elements(of: Self.chart([]).svg(standalone: true)).texts.isEmpty)
  }

  /// Web content accessibility guidelines 2.1: 3 to 1 for lines, 4.5 to 1 for text.
  @Test func contrast() {
    for style in [ChartStyle.light, .dark] {
      for colour in style.palette {
        #expect(Self.contrast(colour, style.background) >= 3, "\(colour)")
      }
      #expect(Self.contrast(style.text, style.background) >= 4.5)
    }
    #expect(abs(Self.contrast("#000000", "#ffffff") - 21) < 1e-9)
  }

  static func contrast(_ one: String, _ other: String) -> Double {
    let (low, high) = (
      min(luminance(one), luminance(other)), max(luminance(one), luminance(other))
    )
    return (high + 0.05) / (low + 0.05)
  }

  static func luminance(_ colour: String) -> Double {
    let number = Int(colour.dropFirst(), radix: 16) ?? 0
    let channels = [16, 8, 0].map { shift in
      let value = Double((number >> shift) & 255) / 255
      return value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4)
    }
    return 0.2126 * channels[0] + 0.7152 * channels[1] + 0.0722 * channels[2]
  }
}

/// What a parser finds in an SVG picture.
final class Elements: NSObject, XMLParserDelegate {
  /// Of the outermost element.
  private(set) var attributes: [String: String] = [:]
  /// Contents of the elements that hold text.
  private(set) var texts: [String] = []
  /// Texts that are drawn, with their places.
  private(set) var labels: [(text: String, x: Double, y: Double)] = []
  private var open: [(name: String, attributes: [String: String], text: String)] = []

  /// Throws what the parser finds wrong.
  init(of svg: String) throws {
    super.init()
    let parser = XMLParser(data: Data(svg.utf8))
    parser.delegate = self
    if !parser.parse() { throw parser.parserError ?? CocoaError(.coderReadCorrupt) }
  }

  func parser(
    _ parser: XMLParser, didStartElement name: String, namespaceURI: String?,
    qualifiedName: String?, attributes: [String: String]
  ) {
    if open.isEmpty { self.attributes = attributes }
    open.append((name, attributes, ""))
  }

  func parser(_ parser: XMLParser, foundCharacters text: String) {
    if !open.isEmpty { open[open.count - 1].text += text }
  }

  func parser(
    _ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?
  ) {
    let element = open.removeLast()
    texts.append(element.text)
    if name == "text", let x = Double(element.attributes["x"] ?? ""),
      let y = Double(element.attributes["y"] ?? "")
    {
      labels.append((element.text, x, y))
    }
  }
}
