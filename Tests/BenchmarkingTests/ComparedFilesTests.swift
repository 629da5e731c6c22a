import Foundation
import Testing

@testable import Benchmarking

struct ComparedFilesTests {
  private func results(
    _ kind: SweepResults.Kind = .images,
    _ measurements: [(file: String, contender: String, setting: String, metrics: [String: Double]?)]
  ) -> SweepResults {
    var names: [String] = []
    for one in measurements where !names.contains(one.contender) { names.append(one.contender) }
    return SweepResults(
      kind: kind, corpus: "files",
      provenance: .init(commit: "c0ffee", date: "2026-01-02", machine: "m", command: "x"),
      contenders: names.map {
        .init(name: $0, isOurs: false, version: "1", encodeCommand: "e", decodeCommand: "d")
      },
      measurements: measurements.map { one in
        FileResult(
          file: one.file, contender: one.contender, setting: one.setting, sampleCount: 100,
          rate: 8, byteCount: 100, metrics: one.metrics ?? [:],
          failure: one.metrics == nil ? "it failed" : nil)
      })
  }

  private func psnr(_ value: Double) -> [String: Double] { ["psnr": value] }

  /// All means of a table are over the same files, even where each codec failed on another one.
  @Test func filesThatAllShare() {
    let results = results(
      .images,
      [
        ("1", "a", "x", psnr(30)), ("2", "a", "x", psnr(40)), ("3", "a", "x", nil),
        ("1", "b", "x", psnr(31)), ("2", "b", "x", nil), ("3", "b", "x", psnr(60)),
        ("1", "c", "x", nil), ("2", "c", "x", nil), ("3", "c", "x", nil),
      ])
    #expect(["a", "b", "c"].map { results.comparedFiles(of: $0) } == [["1"], ["1"], []])
    #expect(results.means(of: "a").map { $0.metrics["psnr"] } == [30])
    #expect(results.means(of: "b").map { $0.metrics["psnr"] } == [31])
    #expect(results.groups.count == 1)
    let charts = rateDistortionCharts(of: results)
    #expect(charts[0].title == "RGB PSNR on files, 1 file")
    #expect(charts[0].series[0].points == [Chart.Point(x: 8, y: 30)])
  }

  /// A codec for grey pictures and one for colours share no file; each is compared with others on
  /// what it was given, in a table of its own.
  @Test func groups() throws {
    let results = results(
      .images,
      [
        ("1", "colour", "x", psnr(30)), ("2", "colour", "x", psnr(32)),
        ("g", "grey", "x", psnr(40)),
        ("1", "both", "x", psnr(20)), ("2", "both", "x", psnr(22)), ("g", "both", "x", psnr(50)),
      ])
    let groups = results.groups
    #expect(groups.map { $0.contenders.map(\.name) } == [["colour", "both"], ["grey", "both"]])
    #expect(groups.map { $0.means(of: "both").map { $0.metrics["psnr"] } } == [[21], [50]])
    #expect(
      results.meansTable.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
        .map { $0.first }
        == ["2", "codec", "colour", "both", "1", "codec", "grey", "both"])
    let rows = results.meansCSV.split(separator: "\n").filter { !$0.hasPrefix("#") }
    #expect(
      rows.dropFirst().map { $0.split(separator: ",").prefix(3).joined(separator: ",") } == [
        "colour,x,2", "both,x,2", "grey,x,1", "both,x,1",
      ])
    let page = try htmlReport(of: results, against: "both")
    #expect(page.contains("2 of the pictures, for colour, both"))
  }

  /// One picture that comes back without loss by one codec at one setting leaves the means finite.
  @Test func filesWithoutFiniteValuesAreLeftOut() throws {
    let results = results(
      .images,
      [
        ("1", "a", "x", psnr(30)), ("flat", "a", "x", psnr(50)),
        ("1", "a", "y", psnr(36)), ("flat", "a", "y", psnr(.infinity)),
        ("1", "b", "x", psnr(31)), ("flat", "b", "x", psnr(49)),
        ("1", "lossless", "x", psnr(.infinity)), ("flat", "lossless", "x", psnr(.infinity)),
      ])
    #expect(results.undefinedFiles["psnr"] == ["flat"] && results.undefinedFiles["ms_ssim"] == [])
    #expect(results.means(of: "a").map { $0.metrics["psnr"] } == [30, 36])
    #expect(results.means(of: "b").map { $0.metrics["psnr"] } == [31])
    #expect(results.means(of: "lossless").map { $0.metrics["psnr"] } == [.infinity])
    #expect(
      results.undefinedLines
        == ["means and BD-rates by RGB PSNR leave out flat, for want of a finite value"])
    let page = try htmlReport(of: results, against: "a")
    #expect(page.contains("means and BD-rates by RGB PSNR leave out flat"))
  }

  /// A sound of one sample has no noise-to-mask ratio, and a silent one no SNR.
  @Test func soundsThatAMetricSaysNothingOf() throws {
    var measurements: [(String, String, String, [String: Double]?)] = []
    for (index, setting) in ["1", "2", "3"].enumerated() {
      for (contender, offset) in [("a", 0.0), ("b", 1.0)] {
        let value = 10 * Double(index) + offset
        measurements += [
          ("tune", contender, setting, ["snr": value, "nmr": -value, "si_sdr": value]),
          ("one", contender, setting, ["snr": value, "si_sdr": index == 0 ? -.infinity : value]),
          ("silent", contender, setting, ["log_mel": 1]),
        ]
      }
    }
    var results = results(.audio, measurements)
    for index in results.measurements.indices {
      results.measurements[index].rate = 8 * Double((Int(results.measurements[index].setting) ?? 0))
    }
    #expect(results.undefinedFiles["snr"] == ["silent"])
    #expect(results.undefinedFiles["nmr"] == ["one", "silent"])
    #expect(results.undefinedFiles["si_sdr"] == ["one", "silent"])
    #expect(results.undefinedFiles["disturbed"] == ["one", "silent", "tune"])
    #expect(results.means(of: "a").map { $0.metrics["nmr"] } == [0, -10, -20])
    #expect(
      results.undefinedLines.contains(
        "means and BD-rates by Noise-to-mask ratio leave out one, silent, for want of a finite value"
      ))
    let rates = RateComparison.all(of: results, [], against: "a")[0].rates
    #expect(rates.map(\.metric) == [.snr, .nmr])
    for (_, rate) in rates { #expect(throws: Never.self) { try rate.get() } }
  }

  /// A codec without loss is nothing to compare with.
  @Test func references() throws {
    func results(_ names: [String], infinite: Set<String>) -> SweepResults {
      var results = Sweeps.results(
        names.map { ($0, Curves.curve([(1, infinite.contains($0) ? .infinity : 30), (2, 60)])) })
      for index in results.measurements.indices
      where infinite.contains(results.measurements[index].contender) {
        results.measurements[index].metrics["psnr"] = .infinity
      }
      return results
    }
    let both = results(["a*", "b*", "flac", "opus"], infinite: ["flac"])
    #expect(both.reference(insteadOf: "flac") == "opus")
    let alone = results(["a*", "b*", "flac"], infinite: ["flac"])
    #expect(alone.reference(insteadOf: "flac") == "a*")
    #expect(results(["a*", "flac"], infinite: ["flac"]).reference(insteadOf: "flac") == "flac")
    let anchors = try AnchorCurves(
      parsing: AnchorCurvesTests.header + "bpg,1,30,,a\nbpg,2,33,,a\n", name: "f")
    #expect(alone.reference(insteadOf: "flac", anchors: [anchors]) == "bpg")
  }

  /// A large picture of few bits and a small one of many: their bits by their pixels.
  @Test func ratesOfTheCorpus() {
    var results = results(.images, [("1", "a", "x", psnr(30)), ("2", "a", "x", psnr(30))])
    (results.measurements[0].sampleCount, results.measurements[0].byteCount) = (1000, 125)
    (results.measurements[1].sampleCount, results.measurements[1].byteCount) = (100, 100)
    (results.measurements[0].rate, results.measurements[1].rate) = (1, 8)
    let mean = results.means(of: "a")[0]
    #expect(mean.rate == 4.5 && abs(mean.corpusRate - 1800.0 / 1100) < 1e-12)
    results.kind = .audio
    // 1 kbit in a second, and 0.8 in a tenth of it.
    (results.measurements[0].rate, results.measurements[1].rate) = (1, 8)
    #expect(abs(results.means(of: "a")[0].corpusRate - 1.8 / 1.1) < 1e-12)
  }
}
