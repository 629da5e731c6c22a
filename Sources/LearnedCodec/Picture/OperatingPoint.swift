/// What a codec has learned at one quality.
package struct OperatingPoint: Sendable, Equatable {
  /// The quality it was fitted at.
  package var quality: Quality
  /// What it has learned of each resolution of `LowpassPyramid`, coarsest first; the last one is that
  /// of the patches.
  package var models: [ResolutionModel]

  /// An operating point; see the properties.
  package init(quality: Quality, models: [ResolutionModel]) {
    self.quality = quality
    self.models = models
  }
}

/// What a codec has learned of one resolution at one quality.
package struct ResolutionModel: Sendable, Equatable {
  /// The entropy model.
  package var tables: EntropyTables
  /// By how many steps the mean magnitude differs from the symbol's: for a magnitude of 1 and
  /// for larger ones. Shape [channels, 2].
  package var centroids: [Float]

  /// A model; see the properties.
  package init(tables: EntropyTables, centroids: [Float]) {
    self.tables = tables
    self.centroids = centroids
  }
}
