@testable import Benchmarking
import Signals
import Testing

struct PSNRTests {
  @Test func knownErrors() {
    let image = Image(width: 2, height: 1, planes: 3, samples: [10, 20, 30, 40, 50, 60])
    #expect(psnr(of: image, against: image, peak: 255) == .infinity)
    var other = image
    // One error of 6 in 6 samples: a mean squared error of 6 over all planes.
    other[2, 0, 1] = 66
    #expect(abs(psnr(of: other, against: image, peak: 255) - 40.34929) < 1e-4)
    #expect(abs(psnr(of: image, against: other, peak: 65535) - 88.54795) < 1e-4)
    let black = Image(width: 3, height: 3, planes: 1)
    let white = Image(width: 3, height: 3, planes: 1, filledWith: 255)
    #expect(psnr(of: black, against: white, peak: 255) == 0)
  }

  @Test func picturesWithoutSamplesAreEqual() {
    let empty = Image(width: 0, height: 4, planes: 3)
    #expect(psnr(of: empty, against: empty, peak: 255) == .infinity)
  }
}
