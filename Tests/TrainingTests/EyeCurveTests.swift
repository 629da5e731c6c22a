import Foundation
import LearnedCodec
import Signals
import Testing
@testable import Training
import Wavelets

/// The weights that `--tune eye` gives to channels.
struct EyeCurveTests {
  /// A cosine in the middle of a band's frequencies has most of its energy there.
  @Test(arguments: [1, 2, 3]) func bandsHaveTheirFrequency(levels: Int) {
    for band in 0..<1 << levels {
      let frequency = bandFrequency(band, levels: levels)
      var image = Image(width: 256, height: 64, planes: 1)
      for index in image.samples.indices {
        image.samples[index] = Float(cos(2 * .pi * frequency * Double(index % 256)))
      }
      let bands = Subbands(analyzing: image, levels: levels)
      var energy = [Float](repeating: 0, count: 1 << levels)
      for (index, value) in bands.coefficients.enumerated() {
        energy[(index % bands.dimension) >> levels] += value * value
      }
      #expect(energy[band] == energy.max())
    }
  }

  @Test func weightsFallWithFrequencyAndColour() throws {
    let curve = EyeCurve(
      depth: 0.5, frequency: 0.2, colour: 0.8, colourDepth: 0.7, colourFrequency: 0.1, scale: 2)
    let pictures = TrainingPictures(count: 3) { index in
      TrainingPicture(
        image: smoothPicture(width: 128, height: 128, planes: 3, seed: UInt64(index)),
        isPhotograph: true)
    }
    var fit = ClosedFormFit(levels: 2, isBandwise: true)
    (fit.qualities, fit.entropyPatches) = ([50], 200)
    let codec = try fit.run(on: pictures) { _, _ in }.codec
    #expect(codec.eyeWeights == EyeCurve.standard.weights(of: codec))
    let weights = curve.weights(of: codec)
    // Bandwise, the first three channels are grey and two colours of the lowest band.
    #expect(weights[0] < 2 && weights[0] > 1.8)
    #expect(weights[1] < 1.6 * 0.95 && weights[1] > 0.8 && abs(weights[1] - weights[2]) < 0.1)
    #expect(weights.allSatisfy { $0 > 2 * 0.8 * 0.3 - 1e-3 })
    #expect(weights.min()! < 0.6)
  }

  @Test func arraysHaveNone() throws {
    let picture = smoothPicture(width: 64, height: 64, planes: 3, seed: 3)
    var fit = ClosedFormFit(levels: 2)
    (fit.qualities, fit.entropyPatches) = ([50], 200)
    let codec = try fit.run(
      on: TrainingPictures(count: 1) { _ in TrainingPicture(image: picture, isPhotograph: false) }
    ) { _, _ in }.codec
    #expect(codec.eyeWeights == nil)
  }
}
