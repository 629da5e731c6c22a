import LearnedCodec
import Signals
import Testing
import Training

struct ClosedFormFitTests {
  static let images: [Image] = (0..<4 as Range<UInt64>).map {
    smoothPicture(width: 90, height: 70, planes: 3, seed: $0)
  }

  func fit(
    _ pictures: TrainingPictures, levels: Int = 2, channels: Int? = nil, seed: UInt64 = 1,
    scales: ClosedRange<Double> = .photographs
  ) throws -> ClosedFormFit.Outcome {
    var fit = ClosedFormFit(levels: levels, channels: channels, seed: seed)
    (fit.qualities, fit.scales) = ([20, 80], scales)
    return try fit.run(on: pictures) { _, _ in }
  }

  @Test func theSameSeedGivesTheSameCodec() throws {
    let first = try fit(pictures(Self.images))
    let second = try fit(pictures(Self.images))
    #expect(first.codec.projection == second.codec.projection)
    #expect(first.codec.operatingPoints == second.codec.operatingPoints)
    let other = try fit(pictures(Self.images), seed: 2)
    #expect(first.codec.projection != other.codec.projection)
  }

  @Test func whatIsFittedAndWhatIsLeftOut() throws {
    let grey = smoothPicture(width: 90, height: 70, planes: 1, seed: 9)
    let outcome = try fit(pictures([nil, Self.images[0], grey, Self.images[1], nil]))
    #expect(outcome.pictures == 2 && outcome.skipped == 3)
    #expect(outcome.codec.planes == 3 && outcome.codec.levels == 2 && outcome.codec.channels == 48)
    #expect(outcome.codec.operatingPoints.map(\.quality.value) == [20, 80])
    // Scaled down by 0.5 to 0.8, or as they are.
    let patches = 23 * 18
    #expect((patches / 2 - 40...2 * patches * 2 / 3).contains(outcome.patches))
    #expect(
      try fit(pictures(Self.images), scales: .unscaled).patches == patches * Self.images.count)
    #expect(try fit(pictures(Self.images), channels: 5).codec.channels == 5)
  }

  @Test func arraysAreTakenAsTheyAre() throws {
    var image = Self.images[0]
    image.samples = image.samples.map { $0 / 1000 }
    let outcome = try fit(pictures([image], arePhotographs: false))
    #expect(outcome.patches == 23 * 18)
    // Steps are in proportion to the largest sample.
    let peak = Double(image.samples.max()!)
    let photographs = try fit(pictures(Self.images)).codec.steps
    #expect(abs(outcome.codec.steps.finest / (photographs.finest * peak / 255) - 1) < 1e-6)
    #expect(abs(outcome.codec.steps.coarsest / (photographs.coarsest * peak / 255) - 1) < 1e-6)
  }

  @Test func whatCannotBeFitted() {
    #expect(throws: FitError.nothingToFit(files: 0)) { try fit(pictures([])) }
    #expect(throws: FitError.nothingToFit(files: 2)) { try fit(pictures([nil, nil])) }
    #expect(throws: FitError.nothingToFit(files: 1)) {
      try fit(pictures([Image(width: 9, height: 9, planes: 2)], arePhotographs: false))
    }
    #expect(throws: FitError.tooManyBands(planes: 3, levels: 6)) {
      try fit(pictures(Self.images), levels: 6)
    }
    for channels in [-1, 0, 49] {
      #expect(throws: FitError.noSuchChannels(asked: channels, available: 48)) {
        try fit(pictures(Self.images), channels: channels)
      }
    }
  }

  @Test func tinyPicturesAreEnough() throws {
    let images = [
      Image(width: 1, height: 1, planes: 1, filledWith: 9), Image(width: 3, height: 9, planes: 1),
    ]
    let outcome = try fit(pictures(images, arePhotographs: false), levels: 1)
    #expect(outcome.codec.channels == 4 && outcome.patches == 1 + 2 * 5)
    #expect(outcome.codec.projection.allSatisfy { $0.isFinite })
  }

  @Test func progressIsToldFromStartToEnd() throws {
    var stages: [ClosedFormFit.Stage] = []
    var fit = ClosedFormFit(levels: 1)
    fit.qualities = [50]
    _ = try fit.run(on: pictures(Self.images)) { stage, share in
      #expect((0...1).contains(share))
      if stages.last != stage { stages.append(stage) }
    }
    #expect(stages == [.covariance, .latents, .entropyModel])
  }
}
