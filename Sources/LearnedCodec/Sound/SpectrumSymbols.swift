import Wavelets

/// The symbols of consecutive patches of sound.
package struct SpectrumSymbols: Sendable, Equatable {
  /// For each patch the binary logarithm of its number of blocks, an index into
  /// `LappedTransform.blockCounts`.
  package var blockLevels: [Int]
  /// For each patch and each pair of channels the rotation of the pair in sixteenths of half a
  /// turn, 0...15: shape [patches, channels / 2].
  package var angles: [UInt8]
  /// Steps of the bands of hearing, see `BandSteps`: shape [patches, channels, bands], or empty where
  /// all have the step of the quality.
  package var bandSteps: [UInt8]
  /// Shape [patches, channels, S]: coefficients as `LappedTransform` orders them.
  package var values: [Int32]
  /// Channels.
  package let channels: Int

  /// Symbols of patches; see the properties.
  package init(
    blockLevels: [Int], angles: [UInt8], bandSteps: [UInt8] = [], values: [Int32], channels: Int
  ) {
    precondition(
      angles.count == blockLevels.count * (channels / 2)
        && (bandSteps.isEmpty || bandSteps.count == blockLevels.count * channels * BandSteps.count)
        && values.count == blockLevels.count * channels * LappedTransform.patchFrames,
      "symbols of another shape")
    self.blockLevels = blockLevels
    self.angles = angles
    self.bandSteps = bandSteps
    self.values = values
    self.channels = channels
  }

  /// Silence; with steps of bands where they are coded.
  package init(patches: Int, channels: Int, hasBandSteps: Bool) {
    self.init(
      blockLevels: [Int](repeating: 0, count: patches),
      angles: [UInt8](repeating: 0, count: patches * (channels / 2)),
      bandSteps: hasBandSteps
        ? [UInt8](repeating: 16, count: patches * channels * BandSteps.count) : [],
      values: [Int32](repeating: 0, count: patches * channels * LappedTransform.patchFrames),
      channels: channels)
  }
}
