/// Where the probabilities of each kind of decision lie among those of `EntropyTables`.
///
/// A decision about a symbol has two: one frozen, by the expected magnitude, and one of its channel,
/// which follows what was coded. One about the end of a patch has two that follow.
package struct ContextLayout: Sendable {
  private let channels: Int
  private let predicted: Int
  /// That of the probabilities from `ends` on.
  let endLayout: EndCoder.Layout

  /// Levels of the expected magnitude, see `magnitudeLevel`.
  package static let levels = 128
  /// Levels for each channel, every second one of those.
  static let channelLevels = levels / 2
  /// Classes of the number of channels left before the end of a patch, see `leftClass`.
  static let leftClasses = 8
  /// Leading bits of a magnitude: 1, 2...3, 4...7 and so on up to 2^20.
  static let octaves = 21
  /// What the signs of two neighbours can be together.
  static let signPairs = 9
  /// Fractions of a predicted mean.
  static let fractions = 16

  // Frozen probabilities.

  /// Whether a symbol is zero: shape [leftClasses, levels].
  static let zero = 0
  /// Whether a magnitude reaches the next octave: shape [octaves, levels].
  static let octave = zero + leftClasses * levels
  /// The bit of a magnitude below its leading one: shape [octaves, levels].
  static let mantissa = octave + octaves * levels
  /// The bits below that one: shape [octaves, octaves] by octave and bit.
  package static let lowBits = mantissa + octaves * levels
  /// Whether a symbol is negative: shape [channels, signPairs, signPairs] by the neighbours west
  /// and north and those on the diagonals.
  static let sign = lowBits + octaves * octaves
  /// All of them.
  package let frozen: Int

  // Probabilities that follow.

  /// Whether a symbol is zero: shape [channels, channelLevels, 2] by whether fewer than 8 channels
  /// are left.
  static let channelZero = 0
  /// Whether a magnitude is more than 1: shape [channels, channelLevels].
  let channelOctave: Int
  /// Whether it reaches a further octave: shape [channels, octaves].
  let channelOctaves: Int
  /// Whether a symbol is negative: shape [channels, signPairs].
  let channelSign: Int
  /// Whether a symbol with a predicted mean lies below it: shape [predicted, signPairs, fractions].
  let predictedSign: Int
  /// The end of a patch, see `EndCoder.Layout`.
  package let ends: Int
  /// All of them.
  let adaptive: Int

  package init(channels: Int, predicted: Int) {
    frozen = Self.sign + channels * Self.signPairs * Self.signPairs
    channelOctave = Self.channelZero + channels * Self.channelLevels * 2
    channelOctaves = channelOctave + channels * Self.channelLevels
    channelSign = channelOctaves + channels * Self.octaves
    predictedSign = channelSign + channels * Self.signPairs
    ends = predictedSign + predicted * Self.signPairs * Self.fractions
    endLayout = EndCoder.Layout(channels: channels)
    adaptive = ends + endLayout.contexts
    self.channels = channels
    self.predicted = predicted
  }

  /// The tables of these probabilities, the rows of each alike: a channel, or what is around a patch.
  package var adaptiveTables: [(start: Int, rows: Int, columns: Int)] {
    [
      (Self.channelZero, channels, Self.channelLevels * 2),
      (channelOctave, channels, Self.channelLevels), (channelOctaves, channels, Self.octaves),
      (channelSign, channels, Self.signPairs),
      (predictedSign, predicted, Self.signPairs * Self.fractions),
    ] + endLayout.tables.map { (ends + $0.start, $0.rows, $0.columns) }
  }

  /// The level of an expected magnitude in units of 2^-11 octaves: four levels an octave of it
  /// below 1, where it is nearly the probability of a symbol that is not zero, and eight levels
  /// a unit above, where it is the logarithm of the magnitude.
  @inline(__always)
  static func magnitudeLevel(_ expected: Int16) -> Int {
    let value = UInt32(truncatingIfNeeded: max(expected, 0)) &* 2 &+ 4
    // Both, as no processor foretells which: at 2^11 they meet.
    let octave = 31 &- UInt32(truncatingIfNeeded: value.leadingZeroBitCount)
    let below = (octave &- 2) &* 4 &+ (value &>> (octave &- 2)) & 3
    let above = min(32 &+ value &>> 9, UInt32(levels - 1))
    return Int(value < 1 << 11 ? below : above)
  }

  /// The class of so many channels left behind one that is not the last: its bit length.
  @inline(__always)
  static func leftClass(_ left: Int) -> Int {
    min(Int.bitWidth - left.leadingZeroBitCount, leftClasses - 1)
  }
}
