import LearnedCodec
import Networks

extension PictureCodec {
  /// Fits the entropy model and the centroids at some qualities to latents of this codec.
  ///
  /// One model serves both tunings of a codec with weights for the eye: every other picture is seen
  /// with these, after they got their scale.
  /// - Parameters:
  ///   - latents: of pictures, all channels.
  ///   - predicted: channels of the coarsest resolution whose mean is predicted.
  ///   - hasSurroundings: see `EntropyTables.surroundingWeights`.
  ///   - progress: called with the share of the qualities that is done.
  /// - Throws: `LinearAlgebraError`.
  mutating func fitOperatingPoints(
    at qualities: [Quality], to latents: [Latents], predicted: Int, hasSurroundings: Bool,
    progress: (Double) -> Void = { _ in }
  ) throws(LinearAlgebraError) {
    var latents = latents
    func fitted(_ quality: Quality) throws(LinearAlgebraError) -> OperatingPoint {
      try fittedOperatingPoint(
        latents, predicted: predicted, hasSurroundings: hasSurroundings, quality: quality)
    }
    if eyeWeights != nil {
      operatingPoints = [try fitted(.standard)]
      scaleEyeWeights(on: latents)
      for index in stride(from: 1, to: latents.count, by: 2) {
        latents[index] = latents[index].tuned(eyeWeights!, for: self)
      }
    }
    var points: [OperatingPoint] = []
    var scale: Float = 1
    for quality in qualities {
      progress(Double(points.count) / Double(qualities.count))
      // One step for all of them: of those for the eye the scale follows theirs.
      let next = steps.step(at: quality) / steps(for: .eye).step(at: quality)
      if next != scale {
        for index in stride(from: 1, to: latents.count, by: 2) {
          for value in latents[index].values.indices {
            latents[index].values[value] *= next / scale
          }
        }
      }
      scale = next
      points.append(try fitted(quality))
    }
    operatingPoints = points
  }

  /// The entropy model and the centroids at one quality, fitted to latents of this codec, whose
  /// own operating points are not looked at.
  ///
  /// - Parameters:
  ///   - latents: of pictures, all channels.
  ///   - predicted: channels of the coarsest resolution whose mean is predicted.
  ///   - hasSurroundings: see `EntropyTables.surroundingWeights`.
  /// - Throws: `LinearAlgebraError`.
  package func fittedOperatingPoint(
    _ latents: [Latents], predicted: Int, hasSurroundings: Bool, quality: Quality
  ) throws(LinearAlgebraError) -> OperatingPoint {
    let pyramids = latents.map { pyramid.resolutions(of: $0) }
    var models: [ResolutionModel] = []
    for index in 0..<(pyramids.first?.count ?? 0) {
      models.append(
        try fittedModel(
          pyramids.map { $0[index] }, predicted: index == 0 ? predicted : 0,
          hasSurroundings: hasSurroundings,
          step: steps.step(at: quality)))
    }
    return OperatingPoint(quality: quality, models: models)
  }

  /// The model of one resolution.
  private func fittedModel(
    _ latents: [Latents], predicted: Int, hasSurroundings: Bool, step: Float
  ) throws(LinearAlgebraError) -> ResolutionModel {
    let channels = latents[0].channels
    let predicted = min(predicted, channels)
    var model = ResolutionModel(
      tables: EntropyTables(channels: channels, predicted: predicted), centroids: [])
    var strips: [Symbols] = []
    // The choice of symbols depends on the model, and the model on the symbols: the first round
    // chooses them as if zero and one were equally likely.
    for _ in 0..<2 {
      strips = latents.map { quantize($0, step: step, model) }
      model.tables = try fitEntropyTables(
        strips, predicted: predicted, hasSurroundings: hasSurroundings)
    }
    model.centroids = centroids(latents, strips, step: step)
    return model
  }

  /// By how many steps latents lie beyond their symbols on average, shape [channels, 2]: for
  /// magnitudes of 1 and for larger ones.
  private func centroids(_ latents: [Latents], _ strips: [Symbols], step: Float) -> [Float] {
    let channels = latents.first?.channels ?? 0
    var sums = [Double](repeating: 0, count: 2 * channels)
    var counts = sums
    for (latents, strip) in zip(latents, strips) {
      for (index, symbol) in strip.values.enumerated() where symbol != 0 {
        let entry = index % channels * 2 + (symbol.magnitude == 1 ? 0 : 1)
        sums[entry] += Double(latents.values[index].magnitude / step - Float(symbol.magnitude))
        counts[entry] += 1
      }
    }
    // Ten symbols without offset stand for what was hardly seen.
    return zip(sums, counts).map { Float($0 / ($1 + 10)) }
  }
}
