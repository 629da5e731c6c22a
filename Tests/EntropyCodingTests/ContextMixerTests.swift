import EntropyCoding
import Foundation
import Signals
import Testing

struct ContextMixerTests {
  /// A source with a state: true is rare, but likely behind another true.
  struct Source {
    var generator: SeededGenerator
    var last = false
    /// Bits of the decisions so far, for a model that knows the source.
    var information = 0.0

    mutating func next() -> Bool {
      let number: UInt64 = generator.next()
      let share = last ? 0.75 : 0.03125
      last = number < UInt64(share * 0x1p64)
      information -= log2(last ? share : 1 - share)
      return last
    }
  }

  static func mixer() -> ContextMixer {
    ContextMixer(MixerState(contexts: 5, weightSets: 2, limit: 255))
  }

  /// Codes a decision with a context that knows the last one, one that does not, and one that
  /// only disturbs.
  static func code(
    _ bit: Bool, last: Bool, index: Int, with coder: inout some BinaryCoder,
    mixer: borrowing ContextMixer
  ) -> Bool {
    mixer.code(
      bit, with: &coder, contexts: last ? 1 : 0, 2, 3 + index & 1, weights: index % 3 == 0 ? 1 : 0)
  }

  /// The first `count` decisions of a source, their bytes, and source and mixer behind them.
  static func encoded(_ count: Int, seed: UInt64) -> ([Bool], [UInt8], Source, MixerState) {
    var source = Source(generator: SeededGenerator(seed: seed))
    var encoder = RangeEncoder()
    let mixer = mixer()
    let bits = (0..<count).map { index in
      let last = source.last
      return code(source.next(), last: last, index: index, with: &encoder, mixer: mixer)
    }
    return (bits, encoder.finish(), source, mixer.state)
  }

  @Test func decoderKeepsInStep() {
    for count in [0, 1, 100, 5000] {
      let (bits, bytes, _, mixer) = Self.encoded(count, seed: 1)
      var (decoder, last) = (RangeDecoder(bytes[...]), false)
      let other = Self.mixer()
      for index in 0..<count {
        // A decoder must not look at the decision it is given.
        let bit = Self.code(!bits[index], last: last, index: index, with: &decoder, mixer: other)
        #expect(bit == bits[index])
        last = bit
      }
      #expect(other.state == mixer)
    }
  }

  @Test func learnsASkewedSource() {
    let count = 40_000
    let (bits, bytes, source, mixer) = Self.encoded(count, seed: 2)
    let ratio = Double(bytes.count * 8) / source.information
    #expect(1 < ratio && ratio < 1.06)
    // A model that does not know the last decision needs far more.
    let share = Double(bits.count { $0 }) / Double(count)
    let alone = -share * log2(share) - (1 - share) * log2(1 - share)
    #expect(alone * Double(count) > 1.5 * source.information)
    #expect(mixer.weights[0] > 4 * mixer.weights[1] && mixer.weights[0] > 4 * mixer.weights[2])
  }

  @Test(arguments: [true, false])
  func weightsStayWithinTheirBound(bit: Bool) {
    var (state, counter) = (MixerState(contexts: 3, weightSets: 1, limit: 255), CodeLength())
    // Two contexts that are sure, and whose weights cancel: a surprise of one bit moves both.
    state.contexts = [0xF000_0000, 0xF000_0000, 1 << 31].map { AdaptiveBit(state: $0) }
    let bound: Int32 = 1 << 18
    state.weights = [bound - 1, 1 - bound, 0, 0]
    let mixer = ContextMixer(state)
    _ = mixer.code(bit, with: &counter, contexts: 0, 1, 2, weights: 0)
    #expect(abs(counter.bits - 1) < 0.01)
    let weights = mixer.state.weights
    #expect(weights[0] == bound || weights[1] == -bound)
    #expect(weights.allSatisfy { abs($0) <= bound })
  }

  @Test func certaintyIsCheap() {
    let mixer = ContextMixer(MixerState(contexts: 3, weightSets: 1, limit: 1023))
    var counter = CodeLength()
    for bit in [true, false, true] {
      for _ in 0..<4000 { _ = mixer.code(bit, with: &counter, contexts: 0, 1, 2, weights: 0) }
      let before = counter.bits
      _ = mixer.code(bit, with: &counter, contexts: 0, 1, 2, weights: 0)
      #expect(counter.bits - before < 0.01)
    }
  }

  @Test func startsWithOneHalf() {
    let mixer = Self.mixer()
    var counter = CodeLength()
    #expect(mixer.state.contexts.count == 5)
    #expect(mixer.state.weights == [26214, 26214, 26214, 0, 26214, 26214, 26214, 0])
    _ = mixer.code(true, with: &counter, contexts: 0, 1, 2, weights: 1)
    #expect(abs(counter.bits - 1) < 0.01)
    #expect(Array(mixer.state.weights[..<4]) == [26214, 26214, 26214, 0])
  }

  /// Files of earlier versions are decoded by these integers: if this fails, the change breaks
  /// them. Set REGENERATE_GOLDEN to write the new value into this file.
  @Test func bytesNeverChange() throws {
    let golden = "c3c1dca7644ccce2107748c7f9a7cf6c 678 1511575964 2052761607"
    let (_, bytes, _, mixer) = Self.encoded(20_000, seed: 3)
    let weights = mixer.weights.flatMap { weight in
      (0..<4).map { UInt8(truncatingIfNeeded: weight >> ($0 * 8)) }
    }
    let result =
      hexadecimal(bytes.prefix(16))
      + " \(bytes.count) \(crc32c(bytes)) \(crc32c(weights))"
    if ProcessInfo.processInfo.environment["REGENERATE_GOLDEN"] != nil, result != golden {
      let source = try String(contentsOfFile: #filePath, encoding: .utf8)
      try source.replacingOccurrences(of: "\"\(golden)\"", with: "\"\(result)\"")
        .write(toFile: #filePath, atomically: true, encoding: .utf8)
    }
    #expect(result == golden)
  }
}
