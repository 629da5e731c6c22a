@testable import LearnedCodec
import Signals
import Testing

struct MagnitudeHistogramTests {
  /// Latents of very different magnitudes, as those of a picture.
  static let latents: Latents = {
    var generator = SeededGenerator(seed: 5)
    let values = (0..<60_000).map { index in
      let scale = Float(1 << (index % 12)) / 16
      return Float.random(in: -1...1, using: &generator) * scale
    }
    return Latents(patchRows: 10, patchColumns: 1000, channels: 6, values: values)
  }()

  /// Counts by looking at every latent.
  func direct(step: Float) -> (nonzeros: Double, squaredError: Double) {
    var (nonzeros, error) = (0.0, 0.0)
    for value in Self.latents.values {
      let isZero = value.magnitude < 0.65 * step
      nonzeros += isZero ? 0 : 1
      error += isZero ? Double(value * value) : Double(step * step) / 12
    }
    return (nonzeros, error)
  }

  @Test(arguments: [0.1, 1, 7.5, 40, 100] as [Float]) func countsAreThoseOfAllLatents(step: Float) {
    var whole = MagnitudeHistogram()
    whole.add(Self.latents)
    let expected = direct(step: step)
    #expect(abs(whole.nonzeros(step: step) / expected.nonzeros - 1) < 0.01)
    #expect(abs(whole.squaredError(step: step) / expected.squaredError - 1) < 0.01)

    var parts = MagnitudeHistogram()
    for rows in [0..<3, 3..<10] {
      var part = MagnitudeHistogram()
      part.add(Self.latents.rows(rows))
      parts.add(part)
    }
    #expect(parts.nonzeros(step: step) == whole.nonzeros(step: step))
  }

  @Test func extremesAreCounted() {
    let values: [Float] = [
      0, -0.0, .leastNonzeroMagnitude, .greatestFiniteMagnitude, -.greatestFiniteMagnitude,
    ]
    var histogram = MagnitudeHistogram()
    histogram.add(Latents(patchRows: 1, patchColumns: 1, channels: 5, values: values))
    #expect(histogram.nonzeros(step: 1) == 2)
  }
}
