@testable import Benchmarking
import Foundation
import Testing

struct BjontegaardRateTests {
  /// Percent and overlap as scipy's PchipInterpolator gives them.
  @Test(arguments: [
    (Curves.webP, -36.1756, 28.328, 40.557), (Curves.factorized, -44.5198, 26.909, 39.621),
    (Curves.jpeg2000, -47.6964, 26.861, 40.557), (Curves.hyperprior, -54.9861, 27.582, 40.557),
    (Curves.vtm, -67.5870, 26.145, 40.557),
  ])
  func agreesWithScipy(
    curve: [RatePoint], percent: Double, low: Double, high: Double
  ) throws {
    let result = try BjontegaardRate(of: curve, against: Curves.jpeg)
    #expect(abs(result.percent - percent) < 0.001)
    #expect(result.overlap == low...high)
  }

  @Test func curvesAgainstThemselves() throws {
    #expect(try BjontegaardRate(of: Curves.vtm, against: Curves.vtm).percent == 0)
    let (there, back) = (
      try BjontegaardRate(of: Curves.webP, against: Curves.vtm),
      try BjontegaardRate(of: Curves.vtm, against: Curves.webP)
    )
    #expect(abs(back.percent + 44.0597) < 0.001)
    #expect(abs((1 + there.percent / 100) * (1 + back.percent / 100) - 1) < 1e-12)
    #expect(there.overlap == back.overlap)
  }

  @Test func halfTheRateIsMinusFiftyPercent() throws {
    for points in [Curves.jpeg, Array(Curves.jpeg.prefix(2)), Array(Curves.jpeg.prefix(3))] {
      let half = points.map { RatePoint(rate: $0.rate / 2, quality: $0.quality) }
      let result = try BjontegaardRate(of: half, against: points)
      #expect(abs(result.percent + 50) < 1e-9)
    }
  }

  @Test func orderOfThePointsDoesNotMatter() throws {
    #expect(
      try BjontegaardRate(of: Curves.vtm.reversed(), against: Curves.jpeg.reversed())
        == BjontegaardRate(of: Curves.vtm, against: Curves.jpeg))
  }

  @Test func refused() {
    let line = Curves.curve([(1, 30), (2, 40)])
    for (points, error) in [
      ([], .tooFewPoints(count: 0)),
      ([(1, 30)], .tooFewPoints(count: 1)),
      ([(1, 30), (2, 35), (3, 34)], .notMonotone(rate: 3)),
      ([(1, 30), (2, 30)], .notMonotone(rate: 2)),
      ([(1, 30), (1, 31)], .notMonotone(rate: 1)),
      ([(0, 30), (1, 31)], .notAPoint(rate: 0, quality: 30)),
      ([(1, 30), (2, .infinity)], .notAPoint(rate: 2, quality: .infinity)),
      ([(1, 10), (2, 30)], .noOverlap(curve: 10...30, anchor: 30...40)),
      ([(1, 41), (2, 42)], .noOverlap(curve: 41...42, anchor: 30...40)),
    ] as [([(Double, Double)], BjontegaardError)] {
      #expect(throws: error) { try BjontegaardRate(of: Curves.curve(points), against: line) }
      #expect(!error.description.isEmpty)
    }
    #expect(throws: BjontegaardError.tooFewPoints(count: 1)) {
      try BjontegaardRate(of: line, against: Array(line.prefix(1)))
    }
  }
}
