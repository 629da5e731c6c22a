import EntropyCoding
import Wavelets

/// Where the contexts of each kind of decision about a spectrum lie among those of the mixer.
enum SpectrumContexts {
  /// Levels of an expected magnitude: none, then four an octave.
  static let levels = 64
  /// Levels of coarser ones: one an octave.
  static let coarseLevels = 16
  /// Parts of the spectrum, four an octave.
  static let frequencyClasses = 52
  /// Bits of a magnitude in unary before an escape.
  static let unaryBits = 18

  /// Contexts of one bit of the unary code, for each kind of context.
  static let sizes = [
    levels * 4,
    coarseLevels * coarseLevels * 2,
    frequencyClasses * coarseLevels,
    coarseLevels * coarseLevels * 4,
    3 * 3 * 3 * 3 * 3 * 2,
    LappedTransform.blockCounts.count * coarseLevels * coarseLevels,
    coarseLevels * coarseLevels,
  ]
  /// Contexts of one bit of the unary code together.
  static let stride = sizes.reduce(0, +)
  /// Where each kind begins among those of a bit.
  static let offsets: VectorMixer.Contexts = {
    var offsets = VectorMixer.Contexts()
    var next = 0
    for (index, size) in sizes.enumerated() {
      offsets[index] = Int32(next)
      next += size
    }
    return offsets
  }()
  /// All contexts of the mixer.
  static let count = unaryBits * stride
  /// Sets of weights: by bit of the unary code and coarse level.
  static let weightSets = unaryBits * coarseLevels

  /// The level of a weighed sum of magnitudes in units of 1/64: four an octave.
  @inline(__always)
  static func level(_ sum: Int32) -> Int32 {
    guard sum > 0 else { return 0 }
    let octave = 31 - Int32(truncatingIfNeeded: sum.leadingZeroBitCount)
    let quarter = octave >= 2 ? sum >> (octave - 2) & 3 : sum << (2 - octave) & 3
    return min(1 + octave * 4 + quarter, Int32(levels - 1))
  }

  /// The coarse level of a weighed sum of magnitudes.
  @inline(__always)
  static func coarseLevel(_ sum: Int32) -> Int32 {
    min((32 - Int32(truncatingIfNeeded: sum.leadingZeroBitCount)), Int32(coarseLevels - 1))
  }

  /// The part of the spectrum that coefficient `index` of S lies in: four parts an octave.
  static func frequencyClass(_ index: Int) -> Int32 {
    min(level(Int32(truncatingIfNeeded: index)), Int32(frequencyClasses - 1))
  }

  // Contexts of the decisions beside magnitudes, which are few and not mixed.
  /// Changes of the blocks' length: by the last one.
  static let blockLevels = 0
  /// Rotation of a pair: 16 angles, by tree.
  static let angles = blockLevels + LappedTransform.blockCounts.count * 8
  /// Ends of spectra: bit length by tree, by that of the last end.
  static let endLengths = angles + 32
  /// The bits below: by bit length and the two bits before.
  static let endBits = endLengths + 2 * 16 * 16
  /// Escapes of magnitudes: bit length in unary.
  static let escapes = endBits + 16 * 16 * 4
  /// Steps of bands: by the change of the band below.
  static let steps = escapes + 32
  /// All of them.
  static let sideCount = steps + 5 * 32
}
