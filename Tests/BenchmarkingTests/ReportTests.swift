import Foundation
import MediaFiles
import TestSupport
import Testing

@testable import Benchmarking

struct ReportTests {
  static let anchors = try? AnchorCurves(
    parsing: AnchorCurvesTests.header + "jpeg,0.5,29,,a\njpeg,1,33,,a\nbpg,0.5,31,0.9,a\n",
    name: "f")

  @Test func curvesAreMeansByRisingRate() {
    var results = Sweeps.results([("a*", Curves.curve([(1, 30), (0.5, 25)]))])
    results.measurements[0].metrics["ms_ssim"] = 0.9
    results.measurements[0].rate = 3
    #expect(results.curve(of: "a*", .psnr) == Curves.curve([(0.5, 25), (2, 30)]))
    // A file that failed at one setting counts at none.
    results.measurements[3].failure = "too bad"
    results.measurements[3].rate = 100
    #expect(results.curve(of: "a*", .psnr) == Curves.curve([(0.5, 26), (3, 31)]))
    // 0.9 is 10 dB.
    let similarity = results.curve(of: "a*", .msSSIM)
    #expect(similarity.map(\.rate) == [3])
    #expect(abs(similarity[0].quality - 10) < 1e-9)
    #expect(results.wholeFiles(of: "a*").count == 1 && results.failureCount(of: "a*") == 1)
  }

  @Test func speedsAreAllPixelsByAllSeconds() {
    var results = Sweeps.results([("a", Curves.curve([(1, 30)])), ("b", [])])
    results.measurements[0].encodeSeconds = 0.5
    results.measurements[1].encodeSeconds = 1.5
    results.measurements[1].decodeSeconds = 0.25
    results.measurements[1].decodePeakBytes = 7
    let mean = results.means(of: "a")[0]
    #expect(mean.encodeSpeed == 1)
    #expect(mean.decodeSpeed == 4)
    #expect(mean.decodePeakBytes == 7 && mean.encodePeakBytes == nil)
    let charts = rateDistortionCharts(of: results)
    #expect(charts.map(\.name) == ["rd-psnr", "encode-speed", "decode-speed"])
    #expect(charts[1].series[0].points == [Chart.Point(x: 1, y: 1)])
    #expect(charts[2].title == "Decode speed on pictures, 1 file")
  }

  @Test func chartsShowPublishedPoints() throws {
    let results = Sweeps.results([
      ("mine*", Curves.curve([(1, 30)])), ("jpeg", Curves.curve([(1, 20), (2, 30)])),
    ])
    let charts = rateDistortionCharts(of: results, anchors: [try #require(Self.anchors)])
    #expect(charts.map(\.name) == ["rd-psnr"])
    // A published curve of a codec that was measured is not drawn beside it.
    #expect(charts[0].series.map(\.name) == ["mine*", "jpeg", "bpg"])
    #expect(charts[0].series.map(\.isPublished) == [false, false, true])
    #expect(charts[0].series.map(\.isEmphasised) == [true, false, false])
    #expect(charts[0].series[2].points == [Chart.Point(x: 0.5, y: 31)])
  }

  @Test func ratesAreNotExtrapolated() throws {
    var results = Sweeps.results([
      ("base", Curves.curve([(1, 30), (2, 36)])), ("half", Curves.curve([(0.5, 30), (1, 36)])),
      ("far", Curves.curve([(1, 40), (2, 46)])), ("lone", Curves.curve([(1, 33)])),
      ("none", []),
    ])
    results.measurements[0].failure = "no <output>"
    results.measurements[0].rate = 77
    results.measurements[0].metrics["psnr"] = 31
    let anchors = [try #require(Self.anchors)]
    let rows = RateComparison.all(of: results, anchors, against: "base")
    #expect(rows.map(\.name) == ["half", "far", "lone", "none", "jpeg"])
    #expect(rows.map(\.failureCount) == [0, 0, 0, 0, nil])
    // Only the file that neither codec failed on counts: 1 dB less in both curves.
    let half = try #require(rows[0][.psnr]).get()
    #expect(abs(half.percent + 50) < 1e-9)
    #expect(half.overlap == 29...35)
    let errors = rows.map { row -> BjontegaardError? in
      if case .failure(let error)? = row[.psnr] { error } else { nil }
    }
    #expect(
      errors == [
        nil, .noOverlap(curve: 39...45, anchor: 29...35), .tooFewPoints(count: 1),
        .tooFewPoints(count: 0), nil,
      ])

    let html = try htmlReport(of: results, anchors: anchors, against: "base")
    #expect(html.contains(">−50.0 %<"))
    #expect(html.contains(">29.0 to 35.0 dB<"))
    #expect(html.contains(">no overlap<"))
    #expect(html.contains("base at 0, 1.png: no &lt;output&gt;"))
    #expect(
      throws: ReportError.unknownReference(
        "x", known: ["base", "half", "far", "lone", "none", "jpeg", "bpg"])
    ) {
      try htmlReport(of: results, anchors: anchors, against: "x")
    }
  }

  @Test func pageLoadsNothingAndEscapesNames() throws {
    var results = Sweeps.results([("a*", Curves.jpeg), ("<script>", Curves.webP)])
    results.contenders[1].encodeCommand = "x 'https://example.org/' </code><img src=http://x>"
    let crop = CropComparison(
      file: Sweeps.hostileName, original: [1],
      versions: [.init(contender: "<script>", rate: 0.5, quality: 30, png: [2, 3])])
    let html = try htmlReport(of: results, against: "a*", crops: [crop])
    for pattern in [
      #"<[a-z][^>]*\s(src|href|action|data|poster)\s*=\s*(?!"data:image/png;base64,)"#,
      #"url\(|@import|fetch|XMLHttp|<link|<base|<iframe"#,
    ] {
      #expect(html.range(of: pattern, options: .regularExpression) == nil)
    }
    #expect(html.components(separatedBy: "<script").count == 2)
    #expect(!html.contains(Sweeps.hostileName))
    #expect(html.contains("a&lt;b&gt;&amp;&quot;&#39;\u{FFFD}.png"))
    #expect(html.contains("src=\"data:image/png;base64,AgM=\""))
    #expect(html.contains("default-src 'none'"))
  }

  @Test func files() throws {
    let folder = try TemporaryFolder()
    let results = Sweeps.results([("a", Curves.jpeg)])
    let path = folder.file("new/report")
    let written = try writeReport(results: results, against: "a", to: path, overwrite: false)
    #expect(written == ["\(path)/report.html", "\(path)/rd-psnr.svg"])
    #expect(try FileManager.default.contentsOfDirectory(atPath: path).count == 2)
    // One file that is there keeps all others from being written.
    try FileManager.default.removeItem(atPath: written[0])
    #expect(throws: MediaFileError.exists(file: written[1])) {
      try writeReport(results: results, against: "a", to: path, overwrite: false)
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: path) == ["rd-psnr.svg"])
    try writeReport(results: results, against: "a", to: path, overwrite: true)
    #expect(throws: ReportError.noFolder(written[0])) {
      try writeReport(results: results, against: "a", to: written[0], overwrite: true)
    }
  }

  /// PNG where the machine can make it, and otherwise a sentence that says what is missing.
  @Test func raster() throws {
    let svg = ChartSVGTests.chart(ChartSVGTests.series(3)).svg(standalone: true)
    do {
      #expect(try rasterised(svg: svg).starts(with: [0x89] + "PNG".utf8))
      #expect(throws: ReportError.rasteriserFailed(status: 1)) { try rasterised(svg: "<svg") }
    } catch let error as ReportError {
      #expect(error == .noRasteriser)
    }
  }
}
