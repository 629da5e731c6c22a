import Foundation
import MediaFiles
import Signals
import TestSupport
import Testing
import Training
import Wavelets

@testable import CompressedLearning
@testable import LearnedCodec

/// A codec fitted to a generated sound.
let tinySoundCodec: SoundCodec = {
  do {
    var codec = try SoundFit().run(
      on: TrainingSounds(count: 1) { _ in
        let audio = tones(20_000, step: 0.1)
        return AudioFrames(
          audio,
          format: AudioFormat(
            sampleRate: 8000, channels: audio.channels, frames: audio.frames, sampleType: .float32))
      }
    ) { _ in }.codec
    (codec.name, codec.hash) = ("tiny sound", 0x0123_4567)
    return codec
  } catch {
    fatalError("the fit of a test codec failed: \(error)")
  }
}()

/// A tone that swells, in two channels, and some noise.
func tones(_ frames: Int, step: Double, seed: UInt64 = 1) -> Audio {
  var generator = SeededGenerator(seed: seed)
  var audio = Audio(frames: frames, channels: 2)
  for frame in 0..<frames {
    let tone = 0.4 * sin(Double(frame) * step) * sin(Double(frame) / 5000)
    for channel in 0..<2 {
      let noise = Double.random(in: -0.01...0.01, using: &generator)
      audio[channel, frame] = Float(tone * (channel == 0 ? 1 : 0.3) + noise)
    }
  }
  return audio
}

struct SoundDatasetTests {
  let folder: TemporaryFolder

  /// Two classes of three sounds of three patches.
  init() throws {
    folder = try TemporaryFolder()
    for (label, step) in [("high", 0.9), ("low", 0.05)] {
      try FileManager.default.createDirectory(
        atPath: folder.file(label), withIntermediateDirectories: false)
      for index in 0..<3 as Range<UInt64> {
        let sink = try createAudio(
          path: folder.file("\(label)/\(index).flac"),
          format: AudioFormat(sampleRate: 8000, channels: 2, frames: 10_000), overwrite: false)
        try sink.write(tones(10_000, step: step, seed: index))
        try sink.finish()
      }
    }
  }

  /// Replaces a sound by its `.wlc` file.
  private func encode(
    _ name: String, _ codec: SoundCodec = tinySoundCodec, blocks: Int? = 4
  ) async throws {
    var bytes: [UInt8] = []
    try await codec.encode(
      AudioFile(path: folder.file(name)).open(),
      options: SoundOptions(quality: Quality(80), tuning: .snr, blocks: blocks)
    ) { bytes += $0 }
    _ = try folder.write(bytes, to: (name as NSString).deletingPathExtension + ".wlc")
    try FileManager.default.removeItem(atPath: folder.file(name))
  }

  private func dataset(frequencies: Int? = 100) throws -> LatentDataset {
    try LatentDataset(
      folder: folder.path, codec: tinySoundCodec, blocks: 4, frequencies: frequencies)
  }

  @Test func filesAndSoundsGiveTheSameLatents() async throws {
    let sounds = try await dataset().load()
    #expect(sounds.skipped.isEmpty && sounds.examples.map(\.label) == [0, 0, 0, 1, 1, 1])
    let latents = sounds.examples[0].latents
    #expect(latents.patchRows == 12 && latents.patchColumns == 2 && latents.channels == 100)
    for label in ["high", "low"] {
      for index in 0..<3 { try await encode("\(label)/\(index).flac") }
    }
    let coded = try await dataset().load().examples
    #expect(coded.map(\.latents) == sounds.examples.map(\.latents))
    let whole = try dataset(frequencies: nil).example(4).latents
    #expect(whole.channels == 1024 && whole.prefix(channels: 100) == coded[4].latents)
  }

  @Test func damagedFilesAreLeftOutAndTold() async throws {
    try await encode("low/2.flac")
    let path = folder.file("low/2.wlc")
    try Data(contentsOf: URL(fileURLWithPath: path)).dropLast(3)
      .write(to: URL(fileURLWithPath: path))
    let (examples, skipped) = try await dataset().load()
    #expect(examples.count == 5 && skipped.map(\.path) == [path])
    #expect(skipped[0].reason.contains(path))
  }

  @Test func whatDoesNotGoTogetherIsAnError() async throws {
    await #expect(throws: DatasetError.augmentedSounds) {
      try await dataset().load(variants: 1, augmentation: PictureAugmentation())
    }
    try await encode("low/0.flac", blocks: nil)
    await #expect(throws: SeparationError.changingBlocks(file: folder.file("low/0.wlc"))) {
      try await dataset().load()
    }
    try FileManager.default.removeItem(atPath: folder.file("low/0.wlc"))
    try await encode("low/1.flac", blocks: 16)
    await #expect(
      throws: DatasetError.otherBlocks(file: folder.file("low/1.wlc"), found: 16, expected: 4)
    ) {
      try await dataset().load()
    }
    try FileManager.default.removeItem(atPath: folder.file("low/1.wlc"))
    var other = tinySoundCodec
    other.hash += 1
    try await encode("high/1.flac", other)
    let input = SoundInput(tinySoundCodec, blocks: 4)
    #expect(throws: ContainerError.self) { try input.values(file: folder.file("high/1.wlc")) }
    let files = try LabelledFiles(folder: folder.path, labels: ["high", "low"])
    await #expect {
      try await LatentDataset(files, input: input).load()
    } throws: { error in
      "\(error)".hasPrefix(folder.file("high/1.wlc") + " was made with codec 0000000001234568")
    }
  }

  @Test func writtenWindowsHaveNoSeam() throws {
    let audio = tones(150_000, step: 0.2)
    let blocks = SoundBlocks(analyzing: audio, blocks: 2, transform: LappedTransform())
    let latents = Latents(
      patchRows: blocks.count, patchColumns: 2, channels: blocks.frequencies, values: blocks.values)
    let sink = AudioCollector(channels: 2)
    try SoundLatents(latents, frequencies: 2048, frames: 150_000).write(to: sink)
    #expect(sink.audio == blocks.audio(frames: 150_000, transform: LappedTransform()))
  }
}
