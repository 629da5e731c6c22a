import Signals
import Testing

struct LumaTests {
  @Test(
    arguments: [
      ([255, 255, 255], 255), ([255, 0, 0], 76.245), ([0, 255, 0], 149.685), ([0, 0, 255], 29.07),
    ] as [([Float], Float)])
  func lumaIsThatOfTheStandard(colour: [Float], luma: Float) {
    let image = Image(width: 1, height: 2, planes: 3, samples: colour.flatMap { [$0, $0] })
    #expect(image.luma.planes == 1 && image.luma.height == 2)
    #expect(image.luma.samples.allSatisfy { abs($0 - luma) < 1e-3 })
  }

  @Test func otherPicturesStayAsTheyAre() {
    let five = Image(width: 1, height: 1, planes: 5, samples: [1, 2, 3, 4, 5])
    #expect(five.luma == five)
  }
}
