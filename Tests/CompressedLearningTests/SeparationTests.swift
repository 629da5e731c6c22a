import Foundation
import LearnedCodec
import Networks
import Signals
import TestSupport
import Testing
import Wavelets

@testable import CompressedLearning

@Suite struct SeparationTests {
  /// A low and a high tone that swell in turn, and some noise.
  private func song(_ frames: Int) -> StemSong {
    var generator = SeededGenerator(seed: 1)
    let stems = [0.02, 0.09].enumerated().map { index, step in
      var stem = Audio(frames: frames, channels: 2)
      for frame in 0..<frames {
        let swell = 0.5 + 0.5 * sin(Double(frame) / 9000 + Double(index) * 2)
        let tone = 0.3 * swell * sin(Double(frame) * step)
        stem[0, frame] = Float(tone + Double.random(in: -0.001...0.001, using: &generator))
        stem[1, frame] = Float(tone * (index == 0 ? 1 : 0.5))
      }
      return stem
    }
    return StemSong(names: ["low", "high"], sampleRate: 8000, stems: stems)
  }

  private func snr(_ a: Audio, _ b: Audio) -> Double {
    let (energy, error) = zip(a.samples, b.samples).reduce((0.0, 1e-20)) {
      ($0.0 + Double($1.0 * $1.0), $0.1 + Double(($1.0 - $1.1) * ($1.0 - $1.1)))
    }
    return 10 * log10(energy / error)
  }

  @Test(arguments: [1, 2, 32], [1, 2, 3])
  func blocksAreTheSound(blocks: Int, channels: Int) throws {
    let mixture = song(20_000).mixture
    let audio = Audio(
      frames: 20_000, channels: channels,
      samples: Array((mixture.samples + mixture.samples)[..<(20_000 * channels)]))
    let analyzed = SoundBlocks(analyzing: audio, blocks: blocks, transform: LappedTransform())
    #expect(analyzed.count == 5 * blocks && analyzed.frequencies == 4096 / blocks)
    #expect(analyzed.channels == channels)
    #expect(snr(audio, analyzed.audio(frames: 20_000, transform: LappedTransform())) > 90)
  }

  @Test func changingBlocksAreRefused() {
    let spectra = Spectra(
      blockLevels: [1, 2], angles: [4, 4], values: [Float](repeating: 0, count: 4 * 4096),
      channels: 2)
    #expect(throws: SeparationError.changingBlocks(file: "f")) {
      try SoundBlocks(spectra, file: "f")
    }
  }

  @Test func selectedCoefficientsHoldMostOfEveryStem() {
    // Loud at coefficient 0, soft at coefficient 5.
    var loud = SoundBlocks(
      count: 2, channels: 1, frequencies: 8, values: [Float](repeating: 0, count: 16))
    var soft = loud
    (loud.values[0], loud.values[1], loud.values[8]) = (100, 3, 100)
    (soft.values[5], soft.values[13]) = (0.01, 0.01)
    let coefficients = SelectedCoefficients(strongest: 2, of: [loud, soft])
    #expect(coefficients.indices == [0, 5])
    #expect(coefficients.values(of: loud) == [100, 0, 100, 0])
    let blocks = coefficients.blocks([1, 2, 3, 4], channels: 1)
    #expect(blocks.values[0] == 1 && blocks.values[5] == 2 && blocks.values[13] == 4)
    #expect(blocks.values.reduce(0, +) == 10)
  }

  @Test func neighboursSmoothOnlyWithinAChannel() {
    let coefficients = SelectedCoefficients(width: 4, indices: [0, 1, 2, 3])
    let features = coefficients.features(of: [1, 2, 4, 8], frequencies: 2)
    let powers: [Float] = [1 + 4, 4 + 1, 16 + 64, 64 + 16]
    for (found, power) in zip(features, powers) { #expect(abs(found - log(power)) < 1e-4) }
  }

  @Test func remixesAreSums() {
    let song = song(60_000)
    let input = SeparationInput.audio(ratio: 2, blocks: 2)
    let blocks = song.stems.map { input.exactBlocks(of: $0) }
    let remixed = RemixedStems(
      blocks, coefficients: SelectedCoefficients(strongest: 64, of: blocks), input: input, length: 8
    )
    var generator = SeededGenerator(seed: 1)
    let example = remixed.example(using: &generator)
    #expect(example.mixture.count == 8 * 64 && example.stems.count == 2)
    for index in example.mixture.indices {
      let sum = example.stems[0][index] + example.stems[1][index]
      #expect(abs(example.mixture[index] - sum) < 1e-5)
    }
    var again = SeededGenerator(seed: 1)
    #expect(remixed.example(using: &again).mixture == example.mixture)
  }

  @Test func tonesAreSeparated() async throws {
    let song = song(160_000)
    let (learned, heldOut) = (song.part(from: 0, to: 12), song.part(from: 12, to: 15))
    let test = song.part(from: 15, to: 20)
    let input = SeparationInput.audio(ratio: 4, blocks: 2)
    let training = try await SeparationTraining(
      song: learned, validation: heldOut, input: input, coefficients: 64, width: 16, blocks: 1)
    var schedule = LearningSchedule()
    (schedule.epochs, schedule.batch, schedule.rate) = (30, 2, 1e-2)
    var run = try LearningRun(training.network, schedule: schedule)
    let separator = try #require(await training.run(&run))
    let mixture = test.mixture
    let parts = separator.stems(
      of: try await input.blocks(of: mixture, sampleRate: test.sampleRate)
    ).map { input.sound(of: $0, frames: mixture.frames) }
    for (part, stem) in zip(parts, test.stems) {
      #expect(snr(stem, part) > snr(stem, mixture) + 3)
    }
    let folder = try TemporaryFolder()
    let file = folder.file("s.safetensors")
    try separator.model.save(to: URL(fileURLWithPath: file))
    let loaded = try Separator(path: file)
    #expect(
      loaded.coefficients == separator.coefficients && loaded.model.labels == ["low", "high"])
    #expect(loaded.model.parameters == separator.model.parameters)
  }
}
