import Foundation
import Signals
import Testing

struct DownscalingTests {
  @Test(arguments: [1, 0.8, 0.65, 0.5, 0.3, 0.01]) func constantsStay(scale: Double) {
    let image = Image(width: 53, height: 40, planes: 2, filledWith: 77)
    let small = image.downscaled(by: scale)
    #expect(small.planes == 2 && small.samples.allSatisfy { abs($0 - 77) < 1e-3 })
  }

  @Test func sizesAreRounded() {
    for (width, height, scale, expected) in [
      (100, 50, 0.5, (50, 25)), (101, 51, 0.5, (51, 26)), (99, 7, 0.65, (64, 5)),
      (3, 1, 0.1, (1, 1)), (1, 1, 0.5, (1, 1)), (10, 10, 1, (10, 10)),
    ] {
      let small = Image(width: width, height: height, planes: 1).downscaled(by: scale)
      #expect((small.width, small.height) == expected)
    }
  }

  @Test func nothingChangesAtFullSize() {
    var generator = SeededGenerator(seed: 1)
    let image = Image(
      width: 31, height: 20, planes: 3,
      samples: (0..<31 * 20 * 3).map { _ in Float.random(in: 0...255, using: &generator) })
    let same = image.downscaled(by: 1)
    #expect(zip(image.samples, same.samples).allSatisfy { abs($0 - $1) < 1e-3 })
  }

  @Test(arguments: [0.8, 0.625, 0.5]) func rampsStayRamps(scale: Double) {
    var image = Image(width: 120, height: 80, planes: 1)
    for y in 0..<80 {
      for x in 0..<120 { image[0, y, x] = Float(3 * x + 2 * y) }
    }
    let small = image.downscaled(by: scale)
    let (across, down) = (120 / Double(small.width), 80 / Double(small.height))
    // Beyond the border there is nothing to weigh, so that a ramp bends there.
    for y in 5..<small.height - 5 {
      for x in 5..<small.width - 5 {
        let centre = 3 * ((Double(x) + 0.5) * across - 0.5) + 2 * ((Double(y) + 0.5) * down - 0.5)
        #expect(abs(Double(small[0, y, x]) - centre) < 0.15, "\(x), \(y)")
      }
    }
  }

  @Test func whatCannotBeShownDoesNotAlias() {
    // Half the size can show waves of 4 samples at best: one of 2.5 is gone, which a kernel that
    // is not stretched turns into a wave of 45, and one of 20 remains.
    for (period, range) in [(2.5, 0...5), (20, 95...100)] as [(Float, ClosedRange<Float>)] {
      var image = Image(width: 80, height: 80, planes: 1)
      for index in image.samples.indices {
        image.samples[index] = 100 * cos(2 * .pi * Float(index % 80) / period)
      }
      let inside = image.downscaled(by: 0.5).rows(5..<35).samples.enumerated()
        .filter { (5..<35).contains($0.offset % 40) }.map(\.element)
      #expect(range.contains(inside.map(\.magnitude).max()!))
    }
  }
}
