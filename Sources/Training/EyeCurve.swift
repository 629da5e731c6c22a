import Foundation
import LearnedCodec

/// How much less the eye minds an error of higher spatial frequency and of colour: what makes the
/// weights of a codec's channels, `PictureCodec.eyeWeights`.
///
/// The weight of a frequency of f cycles a pixel is 1 - depth (1 - exp(-(f / frequency)^2)), for
/// colour with constants of its own.
package struct EyeCurve: Sendable, Equatable {
  /// How much the weight of grey falls from the lowest frequencies to the highest, 0..<1.
  package var depth: Double
  /// Where it has fallen by 63 % of that, in cycles a pixel.
  package var frequency: Double
  /// The weight of the lowest frequencies of colour.
  package var colour: Double
  /// How much of it falls, 0..<1.
  package var colourDepth: Double
  /// Where, in cycles a pixel.
  package var colourFrequency: Double

  /// A curve; see the properties.
  package init(
    depth: Double, frequency: Double, colour: Double, colourDepth: Double, colourFrequency: Double
  ) {
    self.depth = depth
    self.frequency = frequency
    self.colour = colour
    self.colourDepth = colourDepth
    self.colourFrequency = colourFrequency
  }

  /// Best of eight curves on seven training photographs at five qualities, by SSIMULACRA 2 and the
  /// 3-norm of Butteraugli together; `measure eye` looks for better ones.
  package static let standard = EyeCurve(
    depth: 0.75, frequency: 0.2, colour: 0.6, colourDepth: 0.75, colourFrequency: 0.2)

  /// The weight of each channel of a codec for grey or colour: the mean over its bands, by the
  /// energy that they have in its row of the projection. Shape [C]; see `scaleEyeWeights`.
  package func weights(of codec: PictureCodec) -> [Float] {
    let (side, planes) = (1 << codec.levels, codec.planes)
    let frequencies = (0..<side).map { bandFrequency($0, levels: codec.levels) }
    return (0..<codec.channels).map { channel in
      let row = codec.projection[channel * codec.dimension..<(channel + 1) * codec.dimension]
      var (sum, energy) = (0.0, 0.0)
      for horizontal in 0..<side {
        for vertical in 0..<side {
          let band = (0..<planes).map { plane in
            Double(row[row.startIndex + (plane * side + horizontal) * side + vertical])
          }
          // The part of it along the diagonal of the colour cube is grey.
          let all = band.reduce(0) { $0 + $1 * $1 }
          let mean = band.reduce(0, +)
          let grey = mean * mean / Double(planes)
          let f =
            (frequencies[horizontal] * frequencies[horizontal]
            + frequencies[vertical] * frequencies[vertical]).squareRoot()
          sum +=
            grey * Self.weight(f, depth, frequency)
            + (all - grey) * colour * Self.weight(f, colourDepth, colourFrequency)
          energy += all
        }
      }
      return Float(sum / energy)
    }
  }

  private static func weight(_ f: Double, _ depth: Double, _ frequency: Double) -> Double {
    1 - depth * (1 - exp(-(f / frequency) * (f / frequency)))
  }
}

extension PictureCodec {
  /// Multiplies the weights for the eye by what makes files of the standard quality about as large
  /// as those of one step for all channels: as many bits for these latents.
  ///
  /// - Parameter latents: of one step. The codec has an entropy model for them.
  package mutating func scaleEyeWeights(on latents: [Latents]) {
    let point = operatingPoint(at: .standard)
    func bits(_ latents: [Latents]) -> Double {
      latents.reduce(0) { $0 + point.entropy(quantize($1, quality: .standard)) }
    }
    guard let weights = eyeWeights, case let wanted = bits(latents), wanted > 0 else { return }
    var scale: Float = 2
    for _ in 0..<5 {
      let found = bits(latents.map { $0.tuned(weights.map { $0 * scale }, for: self) })
      // Bits are about as the power 0.8 of the scale.
      scale = min(max(scale * Float(pow(wanted / max(found, 1), 1.25)), 0.1), 100)
    }
    eyeWeights = weights.map { $0 * scale }
  }
}

extension Latents {
  /// Latents of a codec tuned for the eye: each channel times its weight, and where the codec masks,
  /// those of a patch times its factor, by lowest bands that are not rounded.
  func tuned(_ weights: [Float], for codec: PictureCodec) -> Latents {
    var tuned = self
    for index in values.indices { tuned.values[index] *= weights[index % channels] }
    var weighted = codec
    weighted.eyeWeights = weights
    weighted.tuned(for: .eye).mask(&tuned)
    return tuned
  }
}
