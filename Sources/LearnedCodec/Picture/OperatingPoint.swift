/// What a codec has learned at one quality.
public struct OperatingPoint: Sendable, Equatable {
  /// The quality it was fitted at.
  public var quality: Quality
  /// What it has learned of each resolution of `LowpassPyramid`, coarsest first; the last one is that
  /// of the patches.
  public var models: [ResolutionModel]

  /// An operating point; see the properties.
  public init(quality: Quality, models: [ResolutionModel]) {
    self.quality = quality
    self.models = models
  }
}

/// What a codec has learned of one resolution at one quality.
public struct ResolutionModel: Sendable, Equatable {
  /// The entropy model.
  public var tables: EntropyTables
  /// By how many steps the mean magnitude differs from the symbol's: for a magnitude of 1 and
  /// for larger ones. Shape [channels, 2].
  public var centroids: [Float]

  /// A model; see the properties.
  public init(tables: EntropyTables, centroids: [Float]) {
    self.tables = tables
    self.centroids = centroids
  }
}
