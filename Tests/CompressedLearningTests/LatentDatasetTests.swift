import Foundation
@testable import LearnedCodec
import MediaFiles
import Signals
import TestSupport
import Testing
import Training

@testable import CompressedLearning

/// A codec fitted to a few generated pictures: RGB, patches of 4 x 4 with 48 channels.
let tinyCodec: PictureCodec = {
  var fit = ClosedFormFit(levels: 2)
  fit.qualities = [0, 50, 100]
  fit.entropyPatches = 500
  do {
    var codec = try fit.run(
      on: TrainingPictures(count: 4) { index in
        TrainingPicture(image: waves(64, 60, seed: UInt64(index)), isPhotograph: true)
      }
    ) { _, _ in }.codec
    (codec.name, codec.hash) = ("tiny", 0x0123_4567)
    return codec
  } catch {
    fatalError("the fit of a test codec failed: \(error)")
  }
}()

/// A picture of waves along rows or along columns, with some noise. Whole numbers 0...255.
func waves(_ width: Int, _ height: Int, seed: UInt64, alongRows: Bool = true) -> Image {
  var random = SeededGenerator(seed: seed)
  var image = Image(width: width, height: height, planes: 3)
  let phase = Float.random(in: 0...6, using: &random)
  for plane in 0..<3 {
    for row in 0..<height {
      for column in 0..<width {
        let wave = sin(Float(alongRows ? column : row) / 1.5 + phase + Float(plane))
        let noise = Float.random(in: -20...20, using: &random)
        image[plane, row, column] = (128 + 60 * wave + noise).rounded()
      }
    }
  }
  return image
}

struct LatentDatasetTests {
  let folder: TemporaryFolder

  /// Two classes of four pictures.
  init() throws {
    folder = try TemporaryFolder()
    for label in ["across", "down"] {
      try FileManager.default.createDirectory(
        atPath: folder.file(label), withIntermediateDirectories: false)
      for index in 0..<4 as Range<UInt64> {
        try write(waves(40, 37, seed: index, alongRows: label == "across"), "\(label)/\(index).png")
      }
    }
  }

  private func write(_ image: Image, _ name: String) throws {
    let format = ImageFormat(width: image.width, height: image.height, channels: image.planes)
    let sink = try createImage(path: folder.file(name), format: format, overwrite: true)
    try sink.write(image)
    try sink.finish()
  }

  /// Replaces a picture by its `.wlc` file.
  private func encode(_ name: String, _ codec: PictureCodec = tinyCodec) async throws {
    let file = try ImageFile(
      path: folder.file(name), options: ReadingOptions(maximumPixels: 1 << 20))
    let container = try await codec.encode(file.open(), options: .init(quality: Quality(80)))
    _ = try folder.write(
      container.serialized(), to: (name as NSString).deletingPathExtension + ".wlc")
    try FileManager.default.removeItem(atPath: folder.file(name))
  }

  @Test func filesAndPicturesGiveTheSameLatents() async throws {
    let pictures = try await LatentDataset(folder: folder.path, codec: tinyCodec, channels: 12)
      .load().examples
    #expect(pictures.count == 8 && pictures.map(\.label) == [0, 0, 0, 0, 1, 1, 1, 1])
    for label in ["across", "down"] {
      for index in 0..<4 { try await encode("\(label)/\(index).png") }
    }
    let coded = try LatentDataset(folder: folder.path, codec: tinyCodec, channels: 12)
    let (examples, skipped) = try await coded.load()
    #expect(skipped.isEmpty && examples.map(\.latents) == pictures.map(\.latents))
    #expect(examples[0].latents.channels == 12 && examples[0].latents.patchRows == 10)
    #expect(try coded.example(3).latents == examples[3].latents)
  }

  @Test func damagedFilesAreLeftOutAndTold() async throws {
    _ = try folder.write([1, 2, 3], to: "across/1.png")
    try await encode("down/0.png")
    let path = folder.file("down/0.wlc")
    try Data(contentsOf: URL(fileURLWithPath: path)).dropLast(3)
      .write(to: URL(fileURLWithPath: path))
    let (examples, skipped) = try await LatentDataset(folder: folder.path, codec: tinyCodec).load()
    #expect(examples.count == 6)
    #expect(skipped.map(\.path) == [folder.file("across/1.png"), path])
    #expect(skipped.allSatisfy { $0.reason.contains($0.path) })
  }

  @Test func anotherCodecIsAnError() async throws {
    var other = tinyCodec
    other.hash += 1
    try await encode("down/2.png", other)
    let dataset = try LatentDataset(folder: folder.path, codec: tinyCodec)
    await #expect {
      try await dataset.load()
    } throws: { error in
      "\(error)".hasPrefix(folder.file("down/2.wlc") + " was made with codec 0000000001234568")
    }
  }

  @Test func augmentationIsSeededAndKeepsTheFirstVariant() async throws {
    let dataset = try LatentDataset(folder: folder.path, codec: tinyCodec, channels: 8)
    let plain = try await dataset.load().examples
    let first = try await dataset.load(variants: 3, augmentation: PictureAugmentation()).examples
    let again = try await dataset.load(
      variants: 3, augmentation: PictureAugmentation(), threads: 1
    ).examples
    let other = try await dataset.load(
      variants: 3, augmentation: PictureAugmentation(), seed: 2
    ).examples
    #expect(first.map(\.variants) == again.map(\.variants))
    #expect(first.map(\.latents) == plain.map(\.latents))
    #expect(first[0].variants.count == 4 && first[0].variants != other[0].variants)
  }

  @Test func pixelsAreAsManyAsLatents() throws {
    let input = PictureInput.pixels(asMany: 12, as: tinyCodec)
    #expect(input.channels == 12)
    let image = waves(40, 36, seed: 1)
    let patches = try input.values(of: image)
    let latents = try PictureInput.latents(tinyCodec, quality: Quality(80), channels: 12)
      .values(of: image)
    #expect(patches.values.count == latents.values.count)
    // All pixels: every sample is there once, at its place.
    let all = try PictureInput.pixels(scale: 1, side: 4).values(of: image)
    #expect(all.values.sorted() == image.samples.sorted())
    #expect(all.values[48 + 16 + 4 * 2 + 3] == image[1, 2, 4 + 3])
  }

  @Test func statisticsBringChannelsToOneSize() async throws {
    let examples = try await LatentDataset(folder: folder.path, codec: tinyCodec, channels: 6)
      .load().examples
    let statistics = ChannelStatistics(of: examples, channels: 6)
    let normalized = examples.map { statistics.normalized($0.latents) }
    let found = ChannelStatistics(of: normalized, channels: 6)
    #expect(found.mean.allSatisfy { abs($0) < 1e-3 })
    #expect(found.scale.allSatisfy { abs($0 - 1) < 1e-3 })
    let flat = Latents(patchRows: 1, patchColumns: 2, channels: 1, values: [5, 5])
    #expect(ChannelStatistics(of: [flat], channels: 1).scale == [1])
  }

  @Test func aClassifierLearnsFromLatents() async throws {
    let dataset = try LatentDataset(folder: folder.path, codec: tinyCodec, channels: 16)
    let examples = try await dataset.load().examples
    let statistics = ChannelStatistics(of: examples, channels: 16)
    for head in Classification.Head.allCases {
      let network = Classification.network(head, inputs: 16, classes: 2)
      var schedule = LearningSchedule()
      (schedule.epochs, schedule.batch, schedule.rate) = (16, 2, 4e-3)
      schedule.warmUp = 4
      var generator = SeededGenerator(seed: 1)
      var run = try LearningRun(
        network.initialParameters(using: &generator), schedule: schedule)
      try await Classification.train(&run, network, on: examples, statistics: statistics)
      let model = SavedModel(
        network: network, parameters: run.result, statistics: statistics, labels: dataset.labels)
      for (index, example) in examples.enumerated() {
        let found = Classification.probabilities(model, example.latents)
        #expect(found[index / 4] > 0.5, "\(head), file \(index): \(found)")
      }
    }
  }
}
