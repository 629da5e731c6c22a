import Signals

/// How much error the surroundings of a patch hide: eyes see less of it in gravel than in the sky.
///
/// Latents of a patch are multiplied with a factor before they are rounded, above 1 where its lowest
/// band is close to those around it and below 1 where it is not: a finer and a coarser step. Those
/// bands are coded before all else, so that a decoder knows the factors without a bit for them. Only
/// the latents above the pyramid have them.
///
/// Every operation is of those that IEEE 754 rounds correctly, so that factors are the same
/// everywhere.
package struct Masking: Sendable {
  /// Grey levels by which flat patches differ when their first latents differ by 1.
  private let unit: Float

  /// Differences in grey levels that count as much as the others together: below, factors hardly
  /// change. Best of 2, 6 and 12 on training photographs, by SSIMULACRA 2 and Butteraugli.
  private static let threshold: Float = 6
  /// Largest difference, in units of twice the threshold, that makes another factor.
  private static let largest: Float = 32

  /// That of a codec whose first latent gets a weight; none without a pyramid.
  init?(_ codec: PictureCodec, weight: Float) {
    guard codec.pyramidLevels > 0 else { return nil }
    let size = 1 << (2 * codec.levels)
    // What a flat patch has in its lowest bands, for each grey level.
    let flat = Float(1 << codec.levels)
    let response = (0..<codec.planes).reduce(Float(0)) {
      $0 + codec.projection[$1 * size] * weight * flat
    }
    unit = 1 / max(response.magnitude, 1e-3)
  }

  /// What takes the factors of patches back, (d + 6) / 12 to the power 3/16 for a mean difference
  /// of d grey levels to the four patches beside one.
  ///
  /// - Parameter lowest: what `LowpassPyramid` makes of the decoded symbols, of which the first
  ///   channel counts: shape [channels, patch rows, patch columns].
  /// - Returns: shape [patch rows, patch columns].
  func inverses(of lowest: Image) -> [Float] {
    let (rows, columns) = (lowest.height, lowest.width)
    return (0..<rows * columns).map { patch in
      let (row, column) = (patch / columns, patch % columns)
      let own = lowest.samples[patch]
      var sum: Float = 0
      if column > 0 { sum += (own - lowest.samples[patch - 1]).magnitude }
      if column + 1 < columns { sum += (own - lowest.samples[patch + 1]).magnitude }
      if row > 0 { sum += (own - lowest.samples[patch - columns]).magnitude }
      if row + 1 < rows { sum += (own - lowest.samples[patch + columns]).magnitude }
      let difference = sum * (unit / 4)
      let activity = min((difference + Self.threshold) / (2 * Self.threshold), Self.largest)
      let eighth = activity.squareRoot().squareRoot().squareRoot()
      return eighth * eighth.squareRoot()
    }
  }
}

extension Latents {
  /// Multiplies the latents of each patch with its own factor.
  mutating func multiply(by factors: [Float]) {
    precondition(factors.count == patchRows * patchColumns, "factors of other patches")
    let channels = channels
    values.withUnsafeMutableBufferPointer { values in
      for patch in factors.indices {
        let factor = factors[patch]
        for index in patch * channels..<(patch + 1) * channels { values[index] *= factor }
      }
    }
  }
}

extension PictureCodec {
  /// Multiplies latents of this codec, tuned for the eye, with the factors of their patches: all
  /// channels above the lowest band, by that band as it is.
  package func mask(_ latents: inout Latents) {
    guard let masking else { return }
    let (channels, size) = (latents.channels, latents.patchRows * latents.patchColumns)
    let lowest = Image(
      width: latents.patchColumns, height: latents.patchRows, planes: 1,
      samples: (0..<size).map { latents.values[$0 * channels] })
    for (patch, inverse) in masking.inverses(of: lowest).enumerated() {
      for channel in min(pyramid.channels, channels)..<channels {
        latents.values[patch * channels + channel] /= inverse
      }
    }
  }
}
