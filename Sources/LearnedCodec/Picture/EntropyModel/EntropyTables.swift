import EntropyCoding

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
  /// units of 2^-12. Shape [`neighbours`, C].
  package var neighbourWeights: [Int16]
  /// Weights of the magnitudes of earlier channels of the same patch, in units of 2^-12.
  /// Shape [C, C]: earlier channel, later channel; strictly upper triangular in this order.
  package var patchWeights: [Int16]
  /// Weights of the magnitudes of all channels of the patches to the west and north, added, in
  /// units of 2^-12. Shape [C, C]: their channel, this patch's; empty where they do not count.
  package var surroundingWeights: [Int16]
  /// Constant of the expected magnitude, in units of 2^-16 octaves. Shape [C].
  package var biases: [Int32]
  /// Initial contexts and mixing weights.
  package var mixer: MixerState

  /// Neighbours whose magnitudes are looked at: west, north, north-west, north-east, the one
  /// beyond west and the one beyond north.
  package static let neighbours = 6
  /// Neighbours whose symbols predict a mean: the first four.
  package static let meanNeighbours = 4
  /// Largest magnitude of a symbol. Keeps every sum of the model within its stated bound.
  package static let largestSymbol: Int32 = (1 << 20) - 1

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
    biases = [Int32](repeating: 0, count: channels)
    let layout = ContextLayout(channels: channels)
    mixer = MixerState(
      contexts: layout.contexts, weightSets: layout.weightSets, limit: Self.adaptationLimit)
  }

  /// Decisions over which a context averages, chosen on the training photographs.
  static let adaptationLimit: UInt32 = 255
}

/// The magnitude of a symbol as the model sees it: 16 log2(1 + m), rounded down, so that large
/// symbols do not drown small ones.
///
/// At most 16 * 20 for the largest symbol.
@inline(__always)
func logMagnitude(_ magnitude: UInt32) -> Int16 {
  if magnitude < 256 { return smallLogMagnitudes[Int(magnitude)] }
  // 1 + m with 7 mantissa bits below the leading one indexes the same table an octave up.
  let shift = 24 - Int32(truncatingIfNeeded: magnitude.leadingZeroBitCount)
  return smallLogMagnitudes[Int(magnitude >> UInt32(shift))] + Int16(truncatingIfNeeded: shift * 16)
}

/// 16 log2(1 + m) rounded down for m = 0...255, as the number of sixteenths of octaves whose
/// power does not exceed it; by integers, so that it is the same everywhere.
let smallLogMagnitudes: [Int16] = (0...255).map { magnitude in
  // 2^(i/16) scaled by 2^20, i = 0..<16: the frequencies of a scale of sixteen equal steps.
  let roots: [Int] = [
    1_048_576, 1_095_000, 1_143_480, 1_194_106, 1_246_974, 1_302_182, 1_359_835, 1_420_040,
    1_482_910, 1_548_564, 1_617_125, 1_688_722, 1_763_488, 1_841_564, 1_923_097, 2_008_240,
  ]
  let value = (magnitude + 1) << 20
  var octave = 0
  while value >> (octave + 1) >= 1 << 20 { octave += 1 }
  let step = roots.lastIndex { $0 << octave <= value } ?? 0
  return Int16(octave * 16 + step)
}

extension EntropyTables {
  /// The magnitude of a symbol as the model sees it, in sixteenths of octaves of 1 + m.
  package static func logMagnitude(_ magnitude: UInt32) -> Int {
    Int(LearnedCodec.logMagnitude(magnitude))
  }
}
