/// The factors by which pictures are scaled down before a codec learns from them, at random.
extension ClosedRange<Double> {
  /// Pictures as they are.
  package static var unscaled: Self { 1...1 }

  /// Factors of photographs, at which the artefacts of their compression are gone.
  package static var photographs: Self { 0.5...0.8 }

  /// Factors as texts state them, such as "0.5...0.8", or one for all, such as "1"; nil where they
  /// do not lie within 0.1...1.
  package init?(factors text: String) {
    let bounds = text.split(separator: "...", omittingEmptySubsequences: false).map {
      Double($0) ?? .nan
    }
    guard (1...2).contains(bounds.count), let low = bounds.first, let high = bounds.last,
      low >= 0.1, high <= 1, low <= high
    else { return nil }
    self = low...high
  }

  /// The text of these factors.
  package var factorsText: String { "\(lowerBound)...\(upperBound)" }
}
