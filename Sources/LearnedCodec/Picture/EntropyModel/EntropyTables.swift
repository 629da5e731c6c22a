/// The integers that an entropy model starts from, frozen into a codec by the fit.
///
/// Everything that selects a probability is computed from these by integer arithmetic.
package struct EntropyTables: Sendable, Equatable {
  /// Channels C that can be coded.
  package let channels: Int
  /// The first K channels, whose means are predicted from neighbouring patches.
  package let predicted: Int
  /// Weights of the neighbours' symbols in the predicted mean, in units of 2^-12.
  /// Shape [K, `meanNeighbours`, K]: predicted channel, neighbour, neighbour's channel.
  package var meanWeights: [Int16]
  /// Weights of the neighbours' magnitudes of the same channel in the expected magnitude, in
  /// units of 2^-10. Shape [`neighbours`, C].
  package var neighbourWeights: [Int16]
  /// Weights of the magnitudes of earlier channels of the same patch, in units of 2^-10.
  /// Shape [C, C]: earlier channel, later channel; strictly upper triangular in this order.
  package var patchWeights: [Int16]
  /// Weights of the magnitudes of all channels of the patches to the west and north, added, in
  /// units of 2^-10. Shape [C, C]: their channel, this patch's; empty where they do not count.
  package var surroundingWeights: [Int16]
  /// Constant of the expected magnitude, in units of 2^-11 octaves. Shape [C].
  package var biases: [Int16]
  /// Frozen probabilities of decisions in the order of `ContextLayout`, in units of 2^-16, not
  /// closer to 0 and 1 than `leastProbability`.
  package var frozen: [UInt16]
  /// The probabilities that follow what is coded, as the coder starts from them: likewise.
  package var adaptive: [UInt16]

  /// Neighbours whose magnitudes are looked at: west, north, north-west, north-east, the one
  /// beyond west and the one beyond north.
  package static let neighbours = 6
  /// Neighbours whose symbols predict a mean: the first four.
  package static let meanNeighbours = 4
  /// Largest magnitude of a symbol. Keeps every sum of the model within its stated bound.
  package static let largestSymbol: Int32 = (1 << 20) - 1

  /// The least probability in units of 2^-16: what nobody has seen costs 12 bits.
  package static let leastProbability: UInt16 = 16
  /// A probability of a channel moves by 2^-5 of the way to each decision. Best of 4 to 8 on
  /// held-out photographs.
  static let adaptationShift: Int32 = 5

  /// Tables that know nothing: no weights, all probabilities one half.
  ///
  /// - Parameter hasSurroundings: whether other channels of the patches around count.
  package init(channels: Int, predicted: Int, hasSurroundings: Bool = false) {
    self.channels = channels
    self.predicted = predicted
    meanWeights = [Int16](repeating: 0, count: predicted * Self.meanNeighbours * predicted)
    neighbourWeights = [Int16](repeating: 0, count: Self.neighbours * channels)
    patchWeights = [Int16](repeating: 0, count: channels * channels)
    surroundingWeights = [Int16](
      repeating: 0, count: hasSurroundings ? channels * channels : 0)
    biases = [Int16](repeating: 0, count: channels)
    let layout = ContextLayout(channels: channels, predicted: predicted)
    frozen = [UInt16](repeating: 1 << 15, count: layout.frozen)
    adaptive = [UInt16](repeating: 1 << 15, count: layout.adaptive)
  }
}

/// The magnitude of a symbol as the model sees it: 2 log2(1 + m), rounded down, so that large
/// symbols do not drown small ones. At most 40 for the largest symbol.
@inline(__always)
func logMagnitude(_ magnitude: UInt32) -> Int16 {
  // The bit length of the square counts half octaves.
  let square = UInt64(magnitude + 1) * UInt64(magnitude + 1)
  return 63 - Int16(truncatingIfNeeded: square.leadingZeroBitCount)
}

extension EntropyTables {
  /// The magnitude of a symbol as the model sees it, in half octaves of 1 + m.
  package static func logMagnitude(_ magnitude: UInt32) -> Int {
    Int(LearnedCodec.logMagnitude(magnitude))
  }
}
