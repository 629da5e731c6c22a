import Wavelets

/// The symbols of consecutive patches of sound.
public struct SpectrumSymbols: Sendable, Equatable {
  /// For each patch the index of its number of blocks in `LappedTransform.blockCounts`.
  public var shapes: [Int]
  /// For each patch and each pair of channels the rotation of the pair in sixteenths of half a
  /// turn, 0...15: shape [patches, channels / 2].
  public var angles: [UInt8]
  /// Steps of the bands of hearing, see `BandSteps`: shape [patches, channels, bands], or empty where
  /// all have the step of the quality.
  public var bandSteps: [UInt8]
  /// Shape [patches, channels, S]: places as `LappedTransform` orders them.
  public var values: [Int32]
  /// Channels.
  public let channels: Int

  /// Symbols of patches; see the properties.
  public init(
    shapes: [Int], angles: [UInt8], bandSteps: [UInt8] = [], values: [Int32], channels: Int
  ) {
    precondition(
      angles.count == shapes.count * (channels / 2)
        && (bandSteps.isEmpty || bandSteps.count == shapes.count * channels * BandSteps.count)
        && values.count == shapes.count * channels * LappedTransform.patchFrames,
      "symbols of another shape")
    self.shapes = shapes
    self.angles = angles
    self.bandSteps = bandSteps
    self.values = values
    self.channels = channels
  }

  /// Silence; with steps of bands where they are coded.
  public init(patches: Int, channels: Int, hasBandSteps: Bool) {
    self.init(
      shapes: [Int](repeating: 0, count: patches),
      angles: [UInt8](repeating: 0, count: patches * (channels / 2)),
      bandSteps: hasBandSteps
        ? [UInt8](repeating: 16, count: patches * channels * BandSteps.count) : [],
      values: [Int32](repeating: 0, count: patches * channels * LappedTransform.patchFrames),
      channels: channels)
  }
}
