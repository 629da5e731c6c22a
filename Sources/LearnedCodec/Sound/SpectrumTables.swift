import EntropyCoding

/// The integers that the entropy model of sound starts from, frozen into a codec by the fit.
package struct SpectrumTables: Sendable, Equatable {
  /// Contexts and weights of magnitudes.
  package var mixer: VectorMixerState
  /// Contexts of the ends of spectra, of block lengths and of rotations.
  package var side: [AdaptiveBit]

  /// Tables that know nothing.
  package init() {
    mixer = VectorMixerState(
      contexts: SpectrumContexts.count, weightSets: SpectrumContexts.weightSets,
      limit: Self.adaptationLimit)
    side = [AdaptiveBit](repeating: AdaptiveBit(), count: SpectrumContexts.sideCount)
  }

  /// Decisions over which a context averages, chosen on held-out music.
  static let adaptationLimit: UInt32 = 255
  /// Decisions over which a context of side information averages.
  static let sideLimit: UInt32 = 60
  /// Largest magnitude of a symbol.
  package static let largestSymbol: Int32 = (1 << 20) - 1
}
