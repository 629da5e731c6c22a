import Foundation
import Signals
import Testing

@testable import Benchmarking

struct AxisScaleTests {
  @Test func linearTicks() {
    #expect(AxisScale.linearTicks(23.1...47.9) == [25, 30, 35, 40, 45])
    #expect(
      AxisScale.linearTicks(-0.31...0.24).map(AxisScale.label)
        == ["-0.3", "-0.2", "-0.1", "0", "0.1", "0.2"])
  }

  @Test func logarithmicTicks() {
    #expect(
      AxisScale.logarithmicTicks(0.04...5.5).map(AxisScale.label)
        == ["0.05", "0.1", "0.2", "0.5", "1", "2", "5"])
    #expect(AxisScale.logarithmicTicks(0.5...20_000) == [1, 10, 100, 1000, 10_000])
    #expect(
      AxisScale.logarithmicTicks(0.98...1.04).map(AxisScale.label)
        == ["0.98", "0.99", "1", "1.01", "1.02", "1.03", "1.04"])
  }

  @Test func ticksAreRoundAndFew() {
    var generator = SeededGenerator(seed: 1)
    for _ in 0..<2000 {
      let low = Double.random(in: -1000...1000, using: &generator)
      let width = pow(10, Double.random(in: -3...6, using: &generator))
      let ticks = AxisScale.linearTicks(low...low + width)
      #expect((3...9).contains(ticks.count))
      let step = ticks[1] - ticks[0]
      let digit = step / pow(10, floor(log10(step) + 1e-6))
      #expect([1, 2, 5].contains { abs(digit - $0) < 1e-3 })
      #expect(ticks.allSatisfy { abs(($0 / step).rounded() - $0 / step) < 1e-2 })
    }
  }

  @Test func places() {
    let scale = AxisScale(covering: [0.1, 10, 1, .nan, -3, .infinity], isLogarithmic: true)
    #expect(abs(scale.position(of: 0.1) - 0.04 / 1.08) < 1e-12)
    #expect(abs(scale.position(of: 1) - 0.5) < 1e-12)
    #expect(abs(scale.position(of: 10) - 1.04 / 1.08) < 1e-12)
  }

  @Test(arguments: [[], [0], [7], [-1e9], [1e-9], [.infinity], [5, 5.000_000_000_000_001]])
  func fewOrEqualValues(values: [Double]) {
    for isLogarithmic in [false, true] {
      let scale = AxisScale(covering: values, isLogarithmic: isLogarithmic)
      for value in values where AxisScale.canDraw(value, isLogarithmic: isLogarithmic) {
        #expect((0...1).contains(scale.position(of: value)))
      }
      #expect(scale.ticks.allSatisfy { (-1e-9...1 + 1e-9).contains(scale.position(of: $0)) })
    }
  }
}
