import LearnedCodec
import Networks

extension Codec {
  /// The entropy model and the centroids at one quality, fitted to latents of this codec, whose
  /// own anchors are not looked at.
  ///
  /// - Parameters:
  ///   - latents: of pictures, all channels.
  ///   - predicted: channels whose mean is predicted.
  /// - Throws: `LinearAlgebraError`.
  public func fittedAnchor(
    _ latents: [Latents], predicted: Int, quality: Quality
  ) throws(LinearAlgebraError) -> QualityAnchor {
    var codec = self
    let predicted = min(predicted, channels)
    var anchor = QualityAnchor(
      quality: quality, tables: EntropyTables(channels: channels, predicted: predicted),
      centroids: [])
    var strips: [Symbols] = []
    // The choice of symbols depends on the model, and the model on the symbols: the first round
    // chooses them as if zero and one were equally likely.
    for _ in 0..<2 {
      codec.anchors = [anchor]
      strips = latents.map { codec.symbols(of: $0, quality: quality) }
      anchor.tables = try fitEntropyTables(strips, predicted: predicted)
    }
    anchor.centroids = centroids(latents, strips, step: steps.step(at: quality))
    return anchor
  }

  /// By how many steps latents lie beyond their symbols on average, shape [channels, 2]: for
  /// magnitudes of 1 and for larger ones.
  private func centroids(_ latents: [Latents], _ strips: [Symbols], step: Float) -> [Float] {
    let channels = latents.first?.channels ?? 0
    var sums = [Double](repeating: 0, count: 2 * channels)
    var counts = sums
    for (latents, strip) in zip(latents, strips) {
      for (index, symbol) in strip.values.enumerated() where symbol != 0 {
        let place = index % channels * 2 + (symbol.magnitude == 1 ? 0 : 1)
        sums[place] += Double(latents.values[index].magnitude / step - Float(symbol.magnitude))
        counts[place] += 1
      }
    }
    // Ten symbols without offset stand for what was hardly seen.
    return zip(sums, counts).map { Float($0 / ($1 + 10)) }
  }
}
