import MediaFiles
import Signals
import TestSupport
import Testing

@testable import Benchmarking

struct CropComparisonTests {
  @Test func nearestRateThatDidNotFail() async throws {
    var results = Sweeps.results([
      ("a", Curves.curve([(0.1, 25), (0.3, 30), (0.9, 35)])), ("b", Curves.curve([(5, 40)])),
      ("c", Curves.curve([(0.5, 30)])), ("d", Curves.curve([(0.5, 30), (0.6, 31)])),
    ])
    for index in results.measurements.indices {
      if results.measurements[index].contender == "d", results.measurements[index].rate == 0.5 {
        results.measurements[index].failure = "no"
      }
    }
    let image = Image(width: 20, height: 10, planes: 3, filledWith: 7)
    let crops = try await CropComparison(
      of: "1.png", in: results, atRate: 0.5, size: 8, original: image
    ) { measurement in
      #expect(measurement.file == "1.png")
      return measurement.contender == "c" ? nil : image
    }
    #expect(crops.versions.map(\.contender) == ["a", "b", "d"])
    #expect(crops.versions.map(\.rate) == [0.3, 5, 0.6])
    #expect(crops.versions.map(\.quality) == [31, 41, 32])
    // By ratio, the middle of 0.3 and 0.9 is 0.52.
    #expect(results.nearest(to: 0.51, file: "1.png", contender: "a")?.rate == 0.3)
    #expect(results.nearest(to: 0.53, file: "1.png", contender: "a")?.rate == 0.9)
    #expect(results.nearest(to: 0.5, file: "2.png", contender: "a") == nil)
  }

  @Test func partOfMostDetail() throws {
    // One border of black and white at the left, a fine texture at the right.
    var image = Image(width: 96, height: 64, planes: 1)
    for row in 0..<64 {
      for column in 0..<20 { image[0, row, column] = 255 }
    }
    var generator = SeededGenerator(seed: 3)
    for row in 16..<48 {
      for column in 56..<88 {
        image[0, row, column] = Float(Int.random(in: 0...120, using: &generator))
      }
    }
    let part = mostDetailedPart(of: image, size: 32)
    #expect(part.rows == 16..<48)
    #expect(part.columns == 56..<88)
    let (rows, columns) = mostDetailedPart(of: image, size: 1000)
    #expect(rows == 0..<64 && columns == 0..<96)
  }

  @Test(arguments: [1, 7, 8, 9, 30]) func anySize(size: Int) {
    for (width, height) in [(1, 1), (5, 40), (8, 8), (33, 9), (40, 31)] {
      let part = mostDetailedPart(of: Image(width: width, height: height, planes: 3), size: size)
      #expect(part.rows.count == min(size, height) && part.columns.count == min(size, width))
      #expect(part.rows.upperBound <= height && part.columns.upperBound <= width)
    }
  }

  @Test func pngHoldsThePart() async throws {
    var generator = SeededGenerator(seed: 4)
    let original = Image(
      width: 24, height: 16, planes: 3,
      samples: (0..<24 * 16 * 3).map { _ in Float(Int.random(in: 0...255, using: &generator)) })
    let crops = try await CropComparison(
      of: "1.png", in: Sweeps.results([("a", Curves.curve([(1, 30)]))]), atRate: 1, size: 16,
      original: original
    ) { _ in original.planes(0..<1) }
    let folder = try TemporaryFolder()
    let part = mostDetailedPart(of: original, size: 16)
    for (png, planes) in [(crops.original, 3), (crops.versions[0].png, 1)] {
      let path = try folder.write(png, to: "crop.png")
      let image = try ImageFile(path: path, options: ReadingOptions(maximumPixels: 1000)).open()
        .nextRows(16)
      #expect((image.planes, image.width, image.height) == (planes, 16, 16))
      #expect(image[0, 3, 5] == original[0, part.rows.lowerBound + 3, part.columns.lowerBound + 5])
    }
  }
}
