import Networks
import Wavelets

extension PictureCodec {
  /// The symbols of a strip, chosen with the decoder in the loop.
  ///
  /// Plain rounding asks which symbols are close to the latents. What counts is whether the
  /// picture that a decoder makes of them is close to the original; where a network takes part,
  /// that is not quite the same. So the strip is decoded, and the derivative of its squared error
  /// says where the latents would have to lie for symbols close to them to do better: the picture
  /// is nearly an isometric function of the latents, for which the error falls to nothing half a
  /// derivative away. Symbols are chosen for these latents, and so on; the best of all rounds, by
  /// error and bits, is returned. What lies beyond the strip is not looked at.
  /// What the derivative needs takes a gigabyte or more for a strip of a megapixel.
  ///
  /// - Parameters:
  ///   - latents: of `bands`, as many channels as are coded.
  ///   - bands: of the strip.
  func refine(
    _ latents: Latents, of bands: Subbands, network: SynthesisNetwork, quality: Quality,
    effort: Effort
  ) -> StripSymbols {
    var chosen = quantize(latents, quality: quality, effort: effort)
    let step = steps.step(at: quality)
    let worth = Self.worthOfBit * Double(step * step)
    let decoder = DecodedError(self, network, of: bands, quality: quality)
    var best = (cost: Double.infinity, symbols: chosen)
    var wanted = latents
    for round in 0...effort.refinements {
      let decoded = dequantize(chosen, quality: quality)
      let (error, slopes) = decoder.squaredError(of: decoded)
      let cost = error + worth * operatingPoint(at: quality).entropy(chosen)
      if cost < best.cost { best = (cost, chosen) }
      if round == effort.refinements { break }
      // Half of the way at first, as the whole overshoots; less and less, as a projection that was
      // trained is no isometry.
      let share = 1 / Float(round + 2)
      for index in wanted.values.indices {
        let better = decoded.values[index] - slopes[index]
        wanted.values[index] += share * (better - wanted.values[index])
      }
      chosen = quantize(wanted, quality: quality, effort: effort)
    }
    return best.symbols
  }

  /// Squared steps that a bit is worth: the slope of the curves of codecs, which is that of a fine
  /// quantiser (2 ln 2 / 12) and a little more for the dead zone.
  static let worthOfBit = 0.13
}

/// The error of what a decoder makes of a strip, and its derivative by the latents.
private struct DecodedError {
  private let codec: PictureCodec
  private let network: SynthesisNetwork
  private let quality: Quality
  private let patchColumns: Int
  /// Bands of the original as the network has them.
  private let target: [Float]
  /// Synthesis gains of these bands.
  private let gains: [Float]

  init(_ codec: PictureCodec, _ network: SynthesisNetwork, of bands: Subbands, quality: Quality) {
    (self.codec, self.network, self.quality) = (codec, network, quality)
    patchColumns = bands.patchColumns
    target =
      Variable(
        constant: bands.coefficients, rows: bands.patchRows * bands.patchColumns,
        columns: bands.dimension
      ).packets(
        from: codec.levels, to: network.shape.levels, patchColumns: bands.patchColumns
      ).values
    let along = synthesisGains(levels: network.shape.levels)
    gains = (0..<codec.planes).flatMap { _ in
      along.flatMap { horizontal in along.map { horizontal * $0 } }
    }
  }

  /// The squared error of all samples, and half its derivative by each number of the latents.
  func squaredError(of latents: Latents) -> (error: Double, slopes: [Float]) {
    let values = Variable(
      parameter: latents.values, rows: latents.patchRows * latents.patchColumns,
      columns: latents.channels)
    let synthesis = Variable(
      constant: Array(codec.synthesis[..<(latents.channels * codec.dimension)]),
      rows: latents.channels, columns: codec.dimension)
    let linear = values.product(synthesis)
      .packets(from: codec.levels, to: network.shape.levels, patchColumns: patchColumns)
    let correction = network.correction(
      to: linear, patchColumns: patchColumns << (codec.levels - network.shape.levels),
      quality: quality, step: codec.steps.step(at: quality),
      weights: network.parameters.constants())
    let error = linear.plus(correction)
      .squaredError(against: target, weights: gains, scale: 0.5)
    error.differentiate()
    return (2 * Double(error.values[0]), values.derivative)
  }
}
