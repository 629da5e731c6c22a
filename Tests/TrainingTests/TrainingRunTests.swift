import Foundation
import LearnedCodec
import Networks
import Signals
import TestSupport
import Testing

@testable import Training

@Suite struct TrainingRunTests {
  private static let recipe: TrainingRecipe = {
    var recipe = TrainingRecipe()
    recipe.pyramidLevels = 1
    recipe.network = .init(levels: 2, width: 8, hidden: 16, blocks: 1, qualityNodes: 2)
    recipe.steps = 6
    recipe.crops = 2
    recipe.side = 64
    recipe.heldOut = 4
    return recipe
  }()

  private static let pictures = TrainingPictures(count: 5) { index in
    // One of them cannot be used.
    index == 3
      ? nil
      : TrainingPicture(
        image: smoothPicture(width: 140, height: 130, planes: 3, seed: UInt64(index)),
        isPhotograph: true)
  }

  private func run(
    _ folder: TemporaryFolder, _ recipe: TrainingRecipe = Self.recipe, isResumed: Bool = false,
    stopAfter stop: Int = .max
  ) async throws -> Adam {
    var run = try TrainingRun(
      recipe: recipe, pictures: Self.pictures,
      folder: URL(fileURLWithPath: folder.file("run")), isResumed: isResumed
    ) { _, _ in }
    var asked = 0
    try await run.run(
      isStopped: {
        asked += 1
        return asked > stop
      }, report: { _ in })
    return run.optimiser
  }

  @Test func theSameSeedGivesTheSameWeights() async throws {
    let folders = (try TemporaryFolder(), try TemporaryFolder(), try TemporaryFolder())
    let first = try await run(folders.0)
    #expect(first.steps == 6)
    #expect(try await run(folders.1) == first)
    var other = Self.recipe
    other.seed = 2
    #expect(try await run(folders.2, other).parameters != first.parameters)
  }

  @Test func aStoppedTrainingGoesOnAsIfNothingHadBeen() async throws {
    let folders = (try TemporaryFolder(), try TemporaryFolder())
    let whole = try await run(folders.0)
    #expect(try await run(folders.1, stopAfter: 2).steps == 2)
    #expect(try await run(folders.1, isResumed: true) == whole)
    let codecs = try [folders.0, folders.1].map {
      try PictureCodec(folder: URL(fileURLWithPath: $0.file("run/codec")))
    }
    #expect(codecs[0].network == codecs[1].network && codecs[0].network != nil)
  }

  @Test func prefixesAreTrained() async throws {
    var recipe = Self.recipe
    recipe.prefixShare = 1
    let folders = (try TemporaryFolder(), try TemporaryFolder())
    let prefixes = try await run(folders.0, recipe)
    let all = try await run(folders.1)
    #expect(prefixes.parameters != all.parameters)
  }

  @Test func theAnalysisMovesWhereTheRecipeSaysSo() async throws {
    let folders = (try TemporaryFolder(), try TemporaryFolder())
    var recipe = Self.recipe
    (recipe.isBandwise, recipe.pyramidLevels, recipe.channels) = (false, 0, 5)
    (recipe.trainsAnalysis, recipe.stepRange) = (true, StepRange(coarsest: 60, finest: 20))
    let whole = try await run(folders.0, recipe)
    #expect(try await run(folders.1, recipe, stopAfter: 2).steps == 2)
    #expect(try await run(folders.1, recipe, isResumed: true) == whole)
    let codecs = try ["0/codec", "1/codec", "0/fit"].map {
      let folder = $0.first == "0" ? folders.0 : folders.1
      return try PictureCodec(folder: URL(fileURLWithPath: folder.file("run/\($0.dropFirst(2))")))
    }
    // The codec is the same whether the training stopped on its way or not, but for the steps
    // that its description states; and it is another one than at the start.
    #expect(
      codecs[0].projection == codecs[1].projection
        && codecs[0].operatingPoints == codecs[1].operatingPoints)
    #expect(codecs[0].channels == 5 && codecs[0].steps == recipe.stepRange)
    #expect(codecs[0].projection != codecs[2].projection)
    #expect(codecs[0].synthesis != codecs[2].synthesis && codecs[0].network != nil)
    // It started where the fit has ended: a few steps change little.
    for (moved, start) in zip(codecs[0].projection, codecs[2].projection) {
      #expect(abs(moved - start) < 0.02)
    }
  }

  @Test func trainingHelps() async throws {
    // Stripes, which a network learns in a few steps.
    let stripes = TrainingPictures(count: 4) { index in
      var image = Image(width: 140, height: 130, planes: 3)
      for place in image.samples.indices {
        image.samples[place] = (place % 140) / (20 + index) % 2 == 0 ? 40 : 210
      }
      return TrainingPicture(image: image, isPhotograph: true)
    }
    let folder = try TemporaryFolder()
    var recipe = Self.recipe
    (recipe.steps, recipe.rate, recipe.warmUp) = (100, 0.005, 5)
    var run = try TrainingRun(
      recipe: recipe, pictures: stripes, folder: URL(fileURLWithPath: folder.file("run")),
      isResumed: false
    ) { _, _ in }
    var entries: [TrainingRun.Entry] = []
    try await run.run(isStopped: { false }, report: { entries.append($0) })
    #expect(entries.count == 1 && entries[0].psnr > entries[0].linear + 0.05)
    let log = try String(contentsOfFile: folder.file("run/log.csv"), encoding: .utf8)
    #expect(log.split(separator: "\n").count == 2 && log.hasPrefix("step,loss,"))
  }

  /// For the eye the network learns from its latents; beside another one it is kept apart.
  @Test func aNetworkForTheEye() async throws {
    let folder = try TemporaryFolder()
    var recipe = Self.recipe
    recipe.tuning = .eye
    #expect(try await run(folder, recipe).steps == 6)
    let path = URL(fileURLWithPath: folder.file("run/codec"))
    let first = try PictureCodec(folder: path)
    #expect(first.network != nil && first.eyeNetwork == nil && first.eyeWeights != nil)
    // The training goes on from a codec with a network: that one stays.
    try FileManager.default.removeItem(atPath: folder.file("run/fit"))
    try FileManager.default.moveItem(atPath: path.path, toPath: folder.file("run/fit"))
    try FileManager.default.removeItem(atPath: folder.file("run/checkpoint.safetensors"))
    _ = try await run(folder, recipe, isResumed: true)
    let second = try PictureCodec(folder: path)
    #expect(second.network == first.network)
    #expect(try #require(second.eyeNetwork).parameters == first.network?.parameters)
    // Arrays have no weights for the eye.
    let arrays = TrainingPictures(count: 5) { index in
      TrainingPicture(
        image: smoothPicture(width: 140, height: 130, planes: 3, seed: UInt64(index)),
        isPhotograph: false)
    }
    #expect(throws: CodecFolderError.self) {
      try TrainingRun(
        recipe: recipe, pictures: arrays, folder: URL(fileURLWithPath: folder.file("arrays")),
        isResumed: false
      ) { _, _ in }
    }
  }

  @Test func damagedCheckpointsAreRefused() async throws {
    let folder = try TemporaryFolder()
    _ = try await run(folder, stopAfter: 1)
    let path = URL(fileURLWithPath: folder.file("run/checkpoint.safetensors"))
    let bytes = try Data(contentsOf: path)
    try bytes.dropLast(1).write(to: path)
    await #expect(throws: (any Error).self) { try await run(folder, isResumed: true) }
    // Another recipe's network does not fit.
    try bytes.write(to: path)
    var other = Self.recipe
    other.network.width = 16
    await #expect(throws: (any Error).self) { try await run(folder, other, isResumed: true) }
  }

  @Test func picturesTooSmallForACropAreNothingToTrainOn() throws {
    let small = TrainingPictures(count: 3) { index in
      TrainingPicture(
        image: smoothPicture(width: 60, height: 60, planes: 3, seed: UInt64(index)),
        isPhotograph: true)
    }
    #expect(throws: FitError.nothingToFit(files: 3)) {
      _ = try CropSource(small, side: 64) { _ in }
    }
  }
}
