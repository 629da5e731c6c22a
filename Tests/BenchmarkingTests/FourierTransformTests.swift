import Foundation
import Signals
import Testing

@testable import Benchmarking

struct FourierTransformTests {
  @Test(arguments: [4, 8, 64, 512]) func isTheSum(size: Int) {
    var generator = SeededGenerator(seed: 3)
    let samples = (0..<size).map { _ in Double.random(in: -1...1, using: &generator) }
    let powers = FourierTransform(size: size).powers(of: samples)
    #expect(powers.count == size / 2 + 1)
    for (index, power) in powers.enumerated() {
      let angle = 2 * Double.pi * Double(index) / Double(size)
      let (x, y) = samples.enumerated().reduce((0.0, 0.0)) { sum, sample in
        (
          sum.0 + sample.element * cos(angle * Double(sample.offset)),
          sum.1 + sample.element * sin(angle * Double(sample.offset))
        )
      }
      #expect(abs(power - (x * x + y * y)) < 1e-9 * Double(size))
    }
  }

  @Test func aSineIsOneFrequency() {
    let samples = (0..<2048).map { sin(2 * .pi * 100 * Double($0) / 2048) }
    let powers = FourierTransform(size: 2048).powers(of: samples)
    #expect(abs(powers[100] - 1024 * 1024) < 1e-6)
    #expect(powers.enumerated().allSatisfy { $0.offset == 100 || $0.element < 1e-12 })
  }
}
