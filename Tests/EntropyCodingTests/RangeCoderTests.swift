import Foundation
import Signals
import Testing

@testable import EntropyCoding

struct RangeCoderTests {
  /// Ways to draw probabilities, from all kinds of models.
  enum Model: CaseIterable {
    case uniform, certain, likely, unlikely, extremes, half

    func probabilities(_ count: Int, seed: UInt64) -> [UInt32] {
      var generator = SeededGenerator(seed: seed)
      return (0..<count).map { _ in
        switch self {
        case .uniform: UInt32.random(in: 1...65535, using: &generator)
        case .certain: 65535
        case .likely: UInt32.random(in: 64000...65535, using: &generator)
        case .unlikely: UInt32.random(in: 1...1500, using: &generator)
        case .extremes: Bool.random(using: &generator) ? 1 : 65535
        case .half: 32768
        }
      }
    }
  }

  @Test(arguments: Model.allCases)
  func roundTrip(model: Model) {
    for count in [0, 1, 2, 3, 10, 100, 5000] {
      let decisions = drawn(model.probabilities(count, seed: UInt64(count)), seed: 1)
      let probabilities = decisions.map(\.probability)
      #expect(decode(encode(decisions), probabilities) == decisions.map(\.bit))
    }
  }

  @Test(arguments: Model.allCases)
  func roundTripOfWhatTheModelDoesNotExpect(model: Model) {
    var generator = SeededGenerator(seed: 2)
    let decisions = model.probabilities(3000, seed: 3).map {
      Decision(bit: Bool.random(using: &generator), probability: $0)
    }
    let bytes = encode(decisions)
    #expect(decode(bytes, decisions.map(\.probability)) == decisions.map(\.bit))
  }

  @Test(arguments: [true, false])
  func oneDecisionForEver(bit: Bool) {
    for probability in [1, 2, 32767, 32768, 65534, 65535] as [UInt32] {
      let decisions = [Decision](
        repeating: Decision(bit: bit, probability: probability), count: 3000)
      #expect(decode(encode(decisions), decisions.map(\.probability)) == decisions.map(\.bit))
    }
  }

  @Test(arguments: Model.allCases)
  func sizeIsTheInformation(model: Model) {
    let decisions = drawn(model.probabilities(20_000, seed: 4), seed: 5)
    var counter = CodeLength()
    var information = 0.0
    for decision in decisions {
      _ = counter.code(decision.bit, probability: decision.probability)
      let probability = decision.bit ? decision.probability : 65536 - decision.probability
      information -= log2(Double(probability) / 65536)
    }
    let bits = Double(encode(decisions).count * 8)
    #expect(abs(bits - information) <= 0.001 * information + 64)
    #expect(abs(bits - counter.bits) <= 0.001 * counter.bits + 64)
  }

  /// A source in which exactly one decision in `oneIn` is true, at random places.
  @Test(arguments: [2, 4, 64, 1024])
  func sizeIsTheEntropy(oneIn: Int) {
    let count = 1 << 14
    var generator = SeededGenerator(seed: 6)
    let decisions = (0..<count).shuffled(using: &generator).map {
      Decision(bit: $0 % oneIn == 0, probability: UInt32(65536 / oneIn))
    }
    let share = 1 / Double(oneIn)
    let entropy = Double(count) * (share * log2(1 / share) - (1 - share) * log2(1 - share))
    #expect(abs(Double(encode(decisions).count * 8) - entropy) <= 0.001 * entropy + 64)
  }

  /// Decisions that keep the carry undecided for hundreds of words, and then settle it.
  @Test(arguments: [true, false])
  func carriesRunThroughAllWords(carry: Bool) {
    var generator = SeededGenerator(seed: 7)
    var (encoder, decisions) = (RangeEncoder(), [Decision]())
    func code(_ decision: Decision) {
      decisions.append(decision)
      _ = encoder.code(decision.bit, probability: decision.probability)
    }
    // The interval always holds the middle of [0, 1): 0.0111... below it, 0.1000... above it.
    while encoder.words.count < 300 {
      let middle = encoder.words.isEmpty ? (1 << 63) - encoder.low : 0 &- encoder.low
      let probability = UInt32.random(in: 1...65535, using: &generator)
      let bound = (encoder.range >> 16) * UInt64(probability)
      guard bound != middle else { continue }
      code(Decision(bit: bound > middle, probability: probability))
    }
    #expect(encoder.words == [0x7fff_ffff] + [UInt32](repeating: .max, count: 299))
    // Into the last, or the first, part of the interval.
    code(Decision(bit: !carry, probability: carry ? 65535 : 1))
    code(Decision(bit: !carry, probability: carry ? 65535 : 1))
    let expected: [UInt32] =
      carry
      ? [0x8000_0000] + [UInt32](repeating: 0, count: 299)
      : [0x7fff_ffff] + [UInt32](repeating: .max, count: 299)
    #expect(Array(encoder.words.prefix(300)) == expected)
    let rest = drawn(Model.uniform.probabilities(200, seed: 8), seed: 9)
    for decision in rest { code(decision) }
    let bytes = encoder.finish()
    #expect(decode(bytes, decisions.map(\.probability)) == decisions.map(\.bit))
  }

  @Test func theCarryOfTheEndRunsThroughAllWords() {
    var (encoder, decisions) = (RangeEncoder(), [Decision]())
    while encoder.words.count < 50 {
      let middle = encoder.words.isEmpty ? (1 << 63) - encoder.low : 0 &- encoder.low
      let probability = UInt32(20_011 + decisions.count % 7)
      let bit = (encoder.range >> 16) * UInt64(probability) > middle
      decisions.append(Decision(bit: bit, probability: probability))
      _ = encoder.code(bit, probability: probability)
    }
    // The shortest number of the interval is its middle, one half.
    let bytes = encoder.finish()
    #expect(bytes == [0x80])
    #expect(decode(bytes, decisions.map(\.probability)) == decisions.map(\.bit))
  }

  @Test func anyBytesAreSafe() {
    var generator = SeededGenerator(seed: 10)
    for model in Model.allCases {
      let probabilities = model.probabilities(400, seed: 11)
      let random = (0..<64).map { _ in UInt8.random(in: 0...255, using: &generator) }
      for bytes in [[], [0], [255], random, [UInt8](repeating: 255, count: 64)] {
        // Whatever they mean, that has bytes of its own.
        let decisions = zip(decode(bytes, probabilities), probabilities).map(Decision.init)
        #expect(decode(encode(decisions), probabilities) == decisions.map(\.bit))
      }
    }
  }

  @Test func truncatedBytesGiveTheDecisionsTheyHold() {
    let decisions = drawn(Model.uniform.probabilities(500, seed: 12), seed: 13)
    let probabilities = decisions.map(\.probability)
    let bytes = encode(decisions)
    for count in bytes.indices {
      let decoded = decode(Array(bytes[..<count]), probabilities)
      var (counter, held) = (CodeLength(), 0)
      for decision in decisions {
        _ = counter.code(decision.bit, probability: decision.probability)
        if counter.bits > Double(count * 8) - 16 { break }
        held += 1
      }
      #expect(decoded[..<held] == decisions[..<held].map(\.bit)[...])
      #expect(decoded.count == decisions.count)
    }
  }

  @Test func aSliceOfAFileIsDecodedFromItsOwnStart() {
    let decisions = drawn(Model.uniform.probabilities(100, seed: 14), seed: 15)
    let bytes = encode(decisions)
    let file = [9, 9, 9] + bytes
    var decoder = RangeDecoder(file[3...])
    #expect(
      decisions.allSatisfy { decoder.code(false, probability: $0.probability) == $0.bit })
  }
}
