import Foundation
import Testing

@testable import EntropyCoding

struct CodeLengthTests {
  @Test func everyProbability() {
    var largest = 0.0
    for probability in 1...65535 as ClosedRange<UInt32> {
      let exact = -log2(Double(probability) / 65536)
      let error = abs(Double(CodeLength.cost(probability)) / 65536 - exact)
      // Two units of 2^-16 for rounding; of small costs that is the larger part.
      largest = max(largest, error - 2 / 65536)
      if exact > 0.05 { #expect(error < 0.001 * exact) }
    }
    #expect(largest <= 0)
  }

  @Test func sumsOfDecisions() {
    for seed in 0..<4 as Range<UInt64> {
      let decisions = drawn(
        RangeCoderTests.Model.uniform.probabilities(3000, seed: seed), seed: seed + 9)
      var counter = CodeLength()
      #expect(counter.bits == 0)
      let exact = decisions.reduce(0.0) { sum, decision in
        #expect(counter.code(decision.bit, probability: decision.probability) == decision.bit)
        let probability = decision.bit ? decision.probability : 65536 - decision.probability
        return sum - log2(Double(probability) / 65536)
      }
      #expect(abs(counter.bits - exact) < 0.001 * exact)
    }
  }

  @Test func powersOfTwoAreExact() {
    for bits in 1...16 as ClosedRange<UInt64> {
      #expect(CodeLength.cost(UInt32(1 << (16 - bits))) == bits << 16)
    }
  }
}
