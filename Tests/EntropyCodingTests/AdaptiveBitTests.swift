import EntropyCoding
import Signals
import Testing

struct AdaptiveBitTests {
  @Test func knowsNothingAtFirst() {
    #expect(AdaptiveBit().probability == 32768)
    #expect(AdaptiveBit(state: 0x1234_5678).probability == 0x1234)
  }

  @Test func reciprocals() {
    #expect(AdaptiveBit.reciprocals.count == 1024)
    #expect(AdaptiveBit.reciprocals[0] == 43690)
    #expect(AdaptiveBit.reciprocals[1023] == 63)
  }

  @Test(arguments: [0.02, 0.3, 0.5, 0.9], [255, 1023] as [UInt32])
  func findsTheFrequency(frequency: Double, limit: UInt32) {
    var generator = SeededGenerator(seed: 1)
    var (state, mean) = (AdaptiveBit(), 0.0)
    let threshold = UInt64(frequency * 0x1p64)
    for index in 0..<20_000 {
      update(&state, generator.next() < threshold, limit: limit)
      if index >= 10_000 { mean += Double(state.probability) / 65536 / 10_000 }
    }
    #expect(abs(mean - frequency) < 0.01)
    // The last `limit` decisions have this standard deviation; four of them.
    let deviation = (frequency * (1 - frequency) / Double(limit)).squareRoot()
    #expect(abs(Double(state.probability) / 65536 - frequency) < 4 * deviation)
  }

  @Test func firstDecisionsCountMost() {
    var state = AdaptiveBit()
    update(&state, true, limit: 1023)
    // One decision of true: (1 + 1/4) / (1 + 1/2) = 5/6.
    #expect(abs(Int(state.probability) - 65536 * 5 / 6) < 4)
  }

  @Test(arguments: [1, 2, 255, 1023] as [UInt32])
  func runsStayInRange(limit: UInt32) {
    var state = AdaptiveBit()
    for (run, bit) in [true, false, true, false].enumerated() {
      var last = state.probability
      for _ in 0..<8000 {
        update(&state, bit, limit: limit)
        // Towards the decision, without stepping over either end of the range.
        #expect(bit ? state.probability >= last : state.probability <= last)
        last = state.probability
      }
      #expect(bit ? last > 65000 : last < 600, "run \(run)")
      #expect(state.state & 1023 == limit)
    }
  }

  private func update(_ state: inout AdaptiveBit, _ bit: Bool, limit: UInt32) {
    AdaptiveBit.reciprocals.withUnsafeBufferPointer {
      state.update(bit, limit: limit, reciprocals: $0.baseAddress!)
    }
  }
}
