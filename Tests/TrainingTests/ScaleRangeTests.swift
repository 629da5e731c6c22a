import Signals
import Testing

@testable import Training

struct ScaleRangeTests {
  @Test func textsOfFactors() {
    #expect(ClosedRange(factors: "0.5...0.8") == .photographs)
    #expect(ClosedRange(factors: "1") == .unscaled && ClosedRange(factors: "0.25") == 0.25...0.25)
    for factors in [ClosedRange.photographs, .unscaled, 0.3...0.3] {
      #expect(ClosedRange(factors: factors.factorsText) == factors)
    }
    for text in ["", "x", "0.8...0.5", "0...1", "0.5...1.1", "0.5...0.6...0.7", "0.5...", "nan"] {
      #expect(ClosedRange(factors: text) == nil, "\(text)")
    }
  }

  /// Without scaling every crop is a piece of its picture, in one of eight orientations; with it none
  /// has the picture's sharpest edges.
  @Test func cropsAreScaledWhereAsked() throws {
    var image = Image(width: 96, height: 96, planes: 1)
    for index in image.samples.indices { image.samples[index] = index % 2 == 0 ? 255 : 0 }
    let pictures = TrainingPictures(count: 1) { [image] _ in
      TrainingPicture(image: image, isPhotograph: true)
    }
    var generator = SeededGenerator(seed: 2)
    let plain = try CropSource(pictures, side: 64) { _ in }
    #expect(plain.crop(using: &generator).samples.allSatisfy { abs($0 - 127.5) > 127 })
    let scaled = try CropSource(pictures, side: 32, scales: .photographs) { _ in }
    #expect(scaled.crop(using: &generator).samples.contains { abs($0 - 127.5) < 120 })
    // Those that are too small to be scaled down are left out.
    #expect(throws: FitError.nothingToFit(files: 1)) {
      _ = try CropSource(pictures, side: 88, scales: .photographs) { _ in }
    }
    let picture = try #require(try pictures.picture(0))
    #expect(picture.scaled(by: .unscaled, using: &generator) == image)
    #expect(picture.scaled(by: 0.5...0.5, using: &generator).width == 48)
    // Arrays are as they are.
    #expect(
      TrainingPicture(image: image, isPhotograph: false)
        .scaled(by: .photographs, using: &generator) == image)
  }
}
