import Benchmarking
import Foundation
import Signals
import Testing

struct BandErrorsTests {
  /// A grey picture of a cosine of so many cycles a sample along rows and along columns.
  private func cosine(_ across: Double, _ down: Double, amplitude: Double = 20) -> Image {
    let (width, height) = (128, 96)
    return Image(
      width: width, height: height, planes: 1,
      samples: (0..<width * height).map {
        let (row, column) = (Double($0 / width), Double($0 % width))
        return Float(
          100 + amplitude * cos(2 * .pi * across * column) * cos(2 * .pi * down * row))
      })
  }

  /// Waves in the middle of a band have most of their energy there, whichever direction is higher.
  @Test(arguments: 0..<8) func wavesLieInTheirBand(band: Int) {
    let high = (Double(band) + 0.5) / 16
    for image in [cosine(high, 0.5 / 16), cosine(0.5 / 16, high)] {
      var errors = BandErrors()
      errors.add(image, copy: image)
      let largest = errors.original.max() ?? 0
      #expect(errors.original[band] == largest && largest > 0)
      #expect(errors.error.allSatisfy { $0 == 0 } && errors.copy == errors.original)
    }
  }

  /// Half the amplitude keeps a quarter of the energy, and the error is another quarter.
  @Test func aFainterCopy() {
    let (image, faint) = (cosine(0.22, 0.1), cosine(0.22, 0.1, amplitude: 10))
    var errors = BandErrors()
    for _ in 0..<2 { errors.add(image, copy: faint) }
    let (whole, left) = (errors.original.reduce(0, +), errors.copy.reduce(0, +))
    #expect(abs(left / whole - 0.25) < 0.01)
    #expect(abs(errors.error.reduce(0, +) / whole - 0.25) < 0.01)
    // Bands are nearly orthonormal: the energy is that of the samples, 20 / 2 in the mean square.
    #expect(abs(errors.rootMeanSquare(whole) - 10) < 0.5)
    #expect(BandErrors().rootMeanSquare(0) == 0)
  }
}
