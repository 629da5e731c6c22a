import Foundation
import Signals
import Testing
import Wavelets

struct BandFrequencyTests {
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
}
