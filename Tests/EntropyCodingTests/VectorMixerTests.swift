import EntropyCoding
import Foundation
import Signals
import Testing

struct VectorMixerTests {
  /// Decisions of a source whose chance of true is one of eight, which one context knows exactly and
  /// another by halves; the others only disturb.
  private static func source(_ count: Int) -> (states: [Int], bits: [Bool], information: Double) {
    var generator = SeededGenerator(seed: 11)
    var information = 0.0
    var (states, bits): ([Int], [Bool]) = ([], [])
    for _ in 0..<count {
      let state = Int.random(in: 0..<8, using: &generator)
      let share = [0.01, 0.05, 0.1, 0.3, 0.5, 0.8, 0.95, 0.99][state]
      let bit = Double.random(in: 0..<1, using: &generator) < share
      information -= log2(bit ? share : 1 - share)
      states.append(state)
      bits.append(bit)
    }
    return (states, bits, information)
  }

  private static func code(
    _ bit: Bool, state: Int, index: Int, with coder: inout some BinaryCoder,
    _ mixer: borrowing VectorMixer
  ) -> Bool {
    let contexts = VectorMixer.Contexts(
      Int32(state), 8 + Int32(state / 4), 10, Int32(11 + index % 3), 14, Int32(15 + index % 2), 17,
      0)
    return mixer.code(bit, with: &coder, contexts: contexts, weights: index & 1)
  }

  private static func mixer() -> VectorMixer {
    VectorMixer(VectorMixerState(contexts: 18, weightSets: 2, limit: 1023))
  }

  @Test func decoderKeepsInStepAndSizeIsTheEntropy() {
    let (states, bits, information) = Self.source(30_000)
    var encoder = RangeEncoder()
    let mixer = Self.mixer()
    for index in bits.indices {
      _ = Self.code(bits[index], state: states[index], index: index, with: &encoder, mixer)
    }
    let bytes = encoder.finish()
    #expect(Double(bytes.count * 8) < information * 1.03)
    #expect(Double(bytes.count * 8) > information * 0.98)

    var decoder = RangeDecoder(bytes[...])
    let other = Self.mixer()
    let decoded = bits.indices.map {
      Self.code(false, state: states[$0], index: $0, with: &decoder, other)
    }
    #expect(decoded == bits)
    #expect(mixer.state == other.state)
  }

  /// Weights and sums stay within their bounds whatever comes.
  @Test func extremesDoNotOverflow() {
    var state = VectorMixerState(contexts: 7, weightSets: 1, limit: 1023)
    state.weights = [SIMD8(repeating: .max)]
    state.contexts = [AdaptiveBit](repeating: AdaptiveBit(state: .max), count: 7)
    let mixer = VectorMixer(state)
    var coder = RangeEncoder()
    let contexts = VectorMixer.Contexts(0, 1, 2, 3, 4, 5, 6, 0)
    for index in 0..<5000 {
      _ = mixer.code(index % 100 < 50, with: &coder, contexts: contexts, weights: 0)
    }
    #expect(mixer.state.weights[0].max() <= 1 << 17 && mixer.state.weights[0].min() >= -(1 << 17))
  }
}
