import Foundation
import Testing

@testable import Benchmarking

struct ResultsTests {
  /// Two files at two settings; `b` fails on the second file at one of them, `c` at its only one.
  private var results: SweepResults {
    func contender(_ name: String) -> SweepResults.Contender {
      SweepResults.Contender(
        name: name, isOurs: name == "a", version: "1, of \"today\"", encodeCommand: "e {setting}",
        decodeCommand: "d")
    }
    func one(
      _ file: String, _ contender: String, _ setting: String, _ rate: Double, _ psnr: Double?
    ) -> FileResult {
      FileResult(
        file: file, contender: contender, setting: setting, sampleCount: 100, rate: rate,
        byteCount: Int(rate * 100 / 8), metrics: psnr.map { ["psnr": $0] } ?? [:],
        failure: psnr == nil ? "it failed, \"badly\"" : nil)
    }
    var results = SweepResults(
      kind: .images, corpus: "pictures",
      provenance: .init(commit: "c0ffee", date: "2026-01-02T03:04:05Z", machine: "m", command: "x"),
      contenders: ["a", "b", "c"].map(contender),
      measurements: [
        one("1,2.png", "a", "10", 1, 30), one("1,2.png", "a", "20", 2, 36),
        one("2.png", "a", "10", 3, 34), one("2.png", "a", "20", 6, 38),
        one("1,2.png", "b", "5", 0.5, 30), one("1,2.png", "b", "6", 1, 36),
        one("2.png", "b", "5", 9, 20), one("2.png", "b", "6", 0, nil),
        one("1,2.png", "c", "7", 1, .infinity), one("2.png", "c", "7", 0, nil),
      ])
    results.measurements[0].metrics["ms_ssim"] = 0.9
    results.measurements[1].metrics["ms_ssim"] = 0.99
    results.measurements[0].times = TrialTimes(
      encodeSeconds: 0.25, decodeSeconds: 0.5, encodePeakBytes: 7, decodePeakBytes: 8)
    return results
  }

  @Test func means() {
    // A file that one of them failed on at any setting counts for none.
    let a = results.means(of: "a")
    #expect(a.map(\.setting) == ["10", "20"] && a.map(\.rate) == [1, 2])
    #expect(a.map { $0.metrics["psnr"] } == [30, 36])
    #expect(a[0].encodeSeconds == 0.25 && a[0].peakBytes == 8 && a[1].encodeSeconds == nil)
    #expect(results.means(of: "b").map(\.rate) == [0.5, 1])
    #expect(results.failureCount(of: "b") == 1 && results.failureCount(of: "a") == 0)
    #expect(results.means(of: "a", over: ["2.png"]).map(\.rate) == [3, 6])
    #expect(results.means(of: "a", over: ["1,2.png", "2.png"]).map(\.rate) == [2, 4])
    #expect(results.means(of: "d").isEmpty)
  }

  /// The file that has no MS-SSIM is not on its curve: 0.9 is 10 dB, 0.99 is 20.
  @Test func curves() {
    let files: Set = ["1,2.png", "2.png"]
    let curve = results.curve(of: "a", .msSSIM, over: files)
    #expect(curve.map(\.rate) == [1, 2])
    #expect(zip(curve, [10, 20]).allSatisfy { abs($0.quality - $1) < 1e-9 })
    #expect(results.curve(of: "a", .psnr, over: files).map(\.quality) == [32, 37])
  }

  /// On the one file that both have, `b` needs half the bits.
  @Test func comparisons() throws {
    let anchors = try AnchorCurves(
      parsing: "codec,bpp,psnr_db,ms_ssim,source\nx,1,30,,s\nx,4,36,,s\nsingle,1,30,,s\n", name: "f"
    )
    let all = RateComparison.all(of: results, [anchors], against: "b")
    #expect(all.map(\.name) == ["a", "c", "x"])
    #expect(abs(try #require(all[0][.psnr]).get().percent - 100) < 1e-9)
    #expect(try #require(all[0][.psnr]).get().overlap == 30...36)
    #expect(throws: BjontegaardError.tooFewPoints(count: 0)) { try #require(all[0][.msSSIM]).get() }
    #expect(throws: BjontegaardError.tooFewPoints(count: 1)) { try #require(all[1][.psnr]).get() }
    let text = RateComparison.table(all, against: "b")
    #expect(text.contains("BD-rate against b") && text.contains("+100.00"))
    #expect(
      text.contains("c, RGB PSNR: no BD-rate, because a rate-distortion curve needs 2 points"))

    let published = RateComparison.all(of: results, [anchors], against: "x")
    #expect(published.map(\.name) == ["a", "b", "c"])
    // Against x, whose rate is 2^((dB - 30) / 3), the rate of b is half at 30 dB and a quarter at 36.
    #expect(
      abs(try #require(published[1][.psnr]).get().percent - (pow(0.125, 0.5) - 1) * 100) < 1e-9)
  }

  /// Of the anchors that are shipped. Expected values by `scipy.interpolate.PchipInterpolator` and
  /// its `integrate` over the overlap, of log rate by PSNR and by -10 log10(1 - MS-SSIM).
  @Test(arguments: [
    ("webp", -36.18, -23.47), ("bmshj2018-hyperprior", -54.99, -50.18), ("vtm", -67.59, -58.37),
  ])
  func shippedAnchors(codec: String, psnr: Double, msSSIM: Double) throws {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../../bench/anchors/kodak_rd.csv")
    let anchors = try AnchorCurves(
      parsing: String(contentsOf: file, encoding: .utf8), name: "kodak_rd.csv")
    for (metric, percent) in [(Metric.psnr, psnr), (Metric.msSSIM, msSSIM)] {
      let rate = try BjontegaardRate(
        of: anchors.curve(of: codec, metric), against: anchors.curve(of: "jpeg", metric))
      #expect(abs(rate.percent - percent) < 0.0051)
    }
  }

  @Test func commaSeparatedValues() {
    let lines = results.filesCSV.split(separator: "\n")
    #expect(lines.contains("# commit: c0ffee") && lines.contains("#   e {setting}"))
    let rows = lines.filter { !$0.hasPrefix("#") }
    #expect(
      rows[0] == "file,codec,setting,pixels,bytes,bpp,psnr,ms_ssim,"
        + "encode_s,decode_s,encode_peak_bytes,decode_peak_bytes,failure")
    #expect(rows[1] == "\"1,2.png\",a,10,100,12,1.00000,30.00000,0.90000,0.2500,0.5000,7,8,")
    #expect(rows[8] == "2.png,b,6,100,,,,,,,,,\"it failed, \"\"badly\"\"\"")
    let means = results.meansCSV.split(separator: "\n").filter { !$0.hasPrefix("#") }
    #expect(
      means[0]
        == "codec,setting,files,failures,bpp,corpus_bpp,psnr,ms_ssim,encode_s,decode_s,peak_bytes")
    // 6 bytes of 100 pixels.
    #expect(means[3] == "b,5,1,1,0.50000,0.48000,30.00000,,,,")
    #expect(means.count == 6)
  }

  @Test func compressAI() throws {
    func object(_ index: Int) throws -> [String: Any] {
      let data = try results.compressAI(of: results.contenders[index])
      return try JSONSerialization.jsonObject(with: data) as? [String: Any] ?? [:]
    }
    let a = try object(0)
    #expect(
      a["name"] as? String == "a" && (a["description"] as? String)?.contains("pictures") == true)
    let lists = a["results"] as? [String: [Any]]
    #expect(lists?["bpp"] as? [Double] == [1, 2] && lists?["psnr-rgb"] as? [Double] == [30, 36])
    #expect(lists?["corpus_bpp"] as? [Double] == [0.96, 2])
    #expect(lists?["ms-ssim-rgb"] as? [Double] == [0.9, 0.99])
    #expect(lists?["encoding_time"]?[0] as? Double == 0.25 && lists?["encoding_time"]?[1] is NSNull)
    #expect(lists?["ssim-rgb"] == nil)
    // Infinity is no number of JSON.
    let c = try object(2)["results"] as? [String: [Any]]
    #expect(c?["psnr-rgb"]?.first is NSNull)
  }

  @Test func tables() {
    let lines = results.meansTable.split(separator: "\n").map { $0.split(separator: " ") }
    #expect(
      lines[1]
        == ["a", "10", "1.0000", "0.9600", "30.00", "0.9000", "0.250", "0.500", "0", "1", "0"])
    #expect(lines[3] == ["b", "5", "0.5000", "0.4800", "30.00", "1", "1"])
    #expect(
      results.failureLines == [
        "b failed on 1 file, first on 2.png at 6: it failed, \"badly\"",
        "c failed on 1 file, first on 2.png at 7: it failed, \"badly\"",
      ])
  }
}
