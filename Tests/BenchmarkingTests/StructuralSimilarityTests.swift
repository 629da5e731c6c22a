@testable import Benchmarking
import Signals
import Testing

struct StructuralSimilarityTests {
  /// Values by numpy and scipy in double precision: `scipy.ndimage.correlate1d` with the window along
  /// both axes, its inner part, and the formulas of the papers; `avg_pool2d` by padding and slices.
  @Test(arguments: [
    (256, 192, 3, 20, 0.8243222, 0.9831632), (193, 177, 3, 60, 0.3856065, 0.9026473),
    (161, 200, 1, 9, 0.9365477, 0.9940453), (160, 300, 3, 9, 0.9469138, nil),
    (11, 11, 1, 25, 0.6145908, nil), (37, 12, 3, 40, 0.3483329, nil),
  ])
  func agreesWithScipy(
    width: Int, height: Int, planes: Int, strength: Int, ssim: Double, multiScale: Double?
  ) throws {
    let (original, image) = Self.pair(width, height, planes, strength: strength)
    let result = StructuralSimilarity(of: image, against: original, peak: 255)
    #expect(abs(try #require(result.ssim) - ssim) < 2e-6)
    #expect((result.multiScale == nil) == (multiScale == nil))
    if let multiScale { #expect(abs((result.multiScale ?? 0) - multiScale) < 2e-6) }
  }

  @Test func equalPictures() throws {
    let (original, _) = Self.pair(170, 163, 3, strength: 1)
    let result = StructuralSimilarity(of: original, against: original, peak: 255)
    #expect(abs(try #require(result.ssim) - 1) < 1e-6)
    #expect(abs(try #require(result.multiScale) - 1) < 1e-6)
  }

  @Test(arguments: [(1, 1), (10, 400), (400, 10)])
  func picturesWithoutAWindow(width: Int, height: Int) {
    let image = Image(width: width, height: height, planes: 3, filledWith: 7)
    let result = StructuralSimilarity(of: image, against: image, peak: 255)
    #expect(result.ssim == nil && result.multiScale == nil)
  }

  /// A negative of a picture is unlike it, but MS-SSIM is no less than 0.
  @Test func negative() throws {
    let (original, _) = Self.pair(180, 180, 1, strength: 1)
    var image = original
    image.samples = original.samples.map { 255 - $0 }
    let result = StructuralSimilarity(of: image, against: original, peak: 255)
    #expect(try #require(result.ssim) < 0)
    #expect(result.multiScale == 0)
  }

  /// A picture of whole numbers 0...255 and a copy of it with noise, by integers alone, so that any
  /// language makes the same.
  private static func pair(
    _ width: Int, _ height: Int, _ planes: Int, strength: Int
  ) -> (original: Image, image: Image) {
    var original = Image(width: width, height: height, planes: planes)
    var image = original
    for p in 0..<planes {
      for y in 0..<height {
        for x in 0..<width {
          let texture = ((x * 31 + y * 17 + p * 7) ^ (x * 5)) % 32
          let value = (x * x / 64 + y * (3 + p) + x * y / 97) % 200 + texture
          let noise = ((x * 73 + y * 151 + p * 37) ^ (x * y / 7)) % (2 * strength + 1) - strength
          original[p, y, x] = Float(value)
          image[p, y, x] = Float(min(max(value + noise, 0), 255))
        }
      }
    }
    return (original, image)
  }
}
