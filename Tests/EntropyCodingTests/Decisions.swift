import EntropyCoding
import Signals

/// A decision and the probability, in units of 2^-16, that its model gave to true.
struct Decision {
  var bit: Bool
  var probability: UInt32
}

/// Decisions drawn with the probabilities of their model.
func drawn(_ probabilities: [UInt32], seed: UInt64) -> [Decision] {
  var generator = SeededGenerator(seed: seed)
  return probabilities.map { probability in
    let number: UInt64 = generator.next()
    return Decision(bit: number >> 48 < UInt64(probability), probability: probability)
  }
}

/// The bytes of the range encoder.
func encode(_ decisions: [Decision]) -> [UInt8] {
  var encoder = RangeEncoder()
  for decision in decisions { _ = encoder.code(decision.bit, probability: decision.probability) }
  return encoder.finish()
}

/// What the range decoder makes of bytes under the probabilities of a model.
func decode(_ bytes: [UInt8], _ probabilities: [UInt32]) -> [Bool] {
  var decoder = RangeDecoder(bytes[...])
  return probabilities.map { decoder.code(false, probability: $0) }
}

/// Bytes in hexadecimal.
func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
  bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
}
