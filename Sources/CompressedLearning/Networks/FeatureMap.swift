import Networks

/// What a layer takes and gives: channels of the patches of a grid, of one example.
public struct FeatureMap {
  /// Shape [patches, channels], patches row by row.
  public var features: Variable
  /// Patches in a row of the grid.
  public var columns: Int

  /// A map of these features.
  public init(_ features: Variable, columns: Int) {
    precondition(columns > 0 && features.rows % columns == 0, "a grid of another shape")
    self.features = features
    self.columns = columns
  }

  /// Numbers of an example that nothing is differentiated by.
  ///
  /// - Parameter values: shape [rows, columns, channels].
  public init(_ values: [Float], rows: Int, columns: Int, channels: Int) {
    self.init(
      Variable(constant: values, rows: rows * columns, columns: channels), columns: columns)
  }

  /// Rows of the grid.
  public var rows: Int { features.rows / columns }
  /// Channels of a patch.
  public var channels: Int { features.columns }
}
