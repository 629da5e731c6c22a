import Networks

/// What a layer takes and gives: channels of the patches of a grid, of one example.
public struct FeatureMap {
  /// Shape [patches, channels], patches row by row.
  public var features: Variable
  /// Patches in a row of the grid.
  public var columns: Int

  /// A map of these features, shape [patches, channels], of so many patches in a row of the grid.
  public init(_ features: Variable, columns: Int) {
    precondition(columns > 0 && features.rows % columns == 0, "a grid of another shape")
    self.features = features
    self.columns = columns
  }

  /// Numbers of an example that nothing is differentiated by.
  ///
  /// - Parameters:
  ///   - values: shape [rows, columns, channels].
  ///   - rows: patches from top to bottom.
  ///   - columns: patches from left to right, at least 1.
  ///   - channels: numbers of a patch.
  public init(_ values: [Float], rows: Int, columns: Int, channels: Int) {
    self.init(
      Variable(constant: values, rows: rows * columns, columns: channels), columns: columns)
  }

  /// Rows of the grid.
  public var rows: Int { features.rows / columns }
  /// Channels of a patch.
  public var channels: Int { features.columns }
}
