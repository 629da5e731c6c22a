extension Image {
  /// The samples of the pixels that `isVisible` marks, plane after plane: shape [planes, their count].
  ///
  /// - Parameter isVisible: shape [height, width].
  package func samples(where isVisible: some Sequence<Bool>) -> [Float] {
    (0..<planes).flatMap { plane in
      zip(planes(plane..<plane + 1).samples, isVisible).compactMap { $1 ? $0 : nil }
    }
  }
}
