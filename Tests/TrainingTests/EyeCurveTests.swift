import Foundation
import LearnedCodec
import Signals
import Testing
@testable import Training
import Wavelets

/// The weights that `--tune eye` gives to channels.
struct EyeCurveTests {
  @Test func weightsFallWithFrequencyAndColour() throws {
    let curve = EyeCurve(
      depth: 0.5, frequency: 0.2, colour: 0.8, colourDepth: 0.7, colourFrequency: 0.1)
    let pictures = TrainingPictures(count: 3) { index in
      TrainingPicture(
        image: smoothPicture(width: 128, height: 128, planes: 3, seed: UInt64(index)),
        isPhotograph: true)
    }
    var fit = ClosedFormFit(levels: 2, isBandwise: true)
    (fit.qualities, fit.entropyPatches) = ([50], 200)
    let codec = try fit.run(on: pictures) { _, _ in }.codec
    let standard = EyeCurve.standard.weights(of: codec)
    let scale = codec.eyeWeights![0] / standard[0]
    #expect(zip(codec.eyeWeights!, standard).allSatisfy { abs($0 / $1 - scale) < 1e-4 * scale })
    let weights = curve.weights(of: codec)
    // Bandwise, the first three channels are grey and two colours of the lowest band.
    #expect(weights[0] < 1 && weights[0] > 0.9)
    #expect(weights[1] < 0.8 * 0.95 && weights[1] > 0.4 && abs(weights[1] - weights[2]) < 0.05)
    #expect(weights.allSatisfy { $0 > 0.8 * 0.3 - 1e-3 })
    #expect(weights.min()! < 0.3)
  }

  /// The bits at the standard quality are those of one step.
  @Test func theScaleKeepsTheBits() throws {
    let pictures = (0..<4).map { smoothPicture(width: 96, height: 96, planes: 1, seed: $0) }
    var fit = ClosedFormFit(levels: 2)
    (fit.qualities, fit.entropyPatches) = ([60], 2400)
    var codec = try fit.run(
      on: TrainingPictures(count: 4) { TrainingPicture(image: pictures[$0], isPhotograph: true) }
    ) { _, _ in }.codec
    let latents = pictures.map { codec.project(Subbands(analyzing: $0, levels: 2)) }
    codec.eyeWeights = EyeCurve.standard.weights(of: codec)
    codec.scaleEyeWeights(on: latents)
    func bits(_ codec: PictureCodec) -> Double {
      pictures.reduce(0) {
        let latents = codec.project(Subbands(analyzing: $1, levels: 2))
        return $0
          + codec.operatingPoint(at: .standard).entropy(
            codec.quantize(latents, quality: .standard))
      }
    }
    #expect(abs(bits(codec.tuned(for: .eye)) / bits(codec) - 1) < 0.005)
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
