import ArgumentParser
import Benchmarking
import CompressedLearning
import Foundation
import LearnedCodec
import MediaFiles
import Signals
import Wavelets

/// `codec learn separate train`
struct SeparateTrain: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Train on a folder of stems: sounds of one length that together are a song.",
    discussion: """
      The song is the sum of the stems, and coded with blocks of one length; the network reads \
      16 times fewer of its numbers than samples (--reduction), those of largest power. It learns \
      from the first --train seconds, mixed anew each time with random gains and shifts; the last \
      --validation seconds of them choose its best weights, and the rest of the song tests it. \
      --input latents audio full trains the same network on latents, on the sound at a 16th of its \
      rate and on all numbers. \
      The folder --out then holds a model for each input and seed, report.json and report.html. \
      \(TrainingFolder.help)
      """)

  @Option(help: "Folder of the stems of a song.", completion: .directory)
  var data: String

  @OptionGroup var folder: TrainingFolder

  @Option(help: "Codec by name or folder.", completion: .codecs)
  var codec = "music"

  @Option(name: .joined("q"), help: "Quality at which the song is encoded.")
  var quality = 60.0

  @Option(help: "Blocks of every patch of 4096 frames, 1 or 2.")
  var blocks = 2

  @Option(help: "How many times fewer numbers than samples are read: 1, 2, 4, 8 or 16.")
  var reduction = 16

  /// Kinds of input, by what they are called on the command line and in reports.
  enum Kind: String, ExpressibleByArgument, CaseIterable {
    /// The numbers of the song's file that hold most of the stems.
    case latents
    /// As many numbers of the sound at a lower rate.
    case audio
    /// All numbers of the song's file.
    case full
  }

  @Option(
    name: .customLong("input"), parsing: .upToNextOption,
    help: """
      What to train on, each after the other, to compare: latents, as many numbers of the sound at \
      a lower rate (audio), or all numbers (full).
      """)
  var kinds: [Kind] = [.latents]

  @Option(help: "Seconds of the song to learn from.")
  var train = 120.0

  @Option(help: "Seconds at their end that choose the best weights.")
  var validation = 12.0

  @Option(help: "Times that every part of the song is seen.")
  var epochs = 60

  @Option(help: "Channels within the network, a multiple of 8.")
  var width = 256

  @Option(help: "Residual blocks of the network: how many slots it sees to each side.")
  var depth = 4

  @OptionGroup var seeds: SeedOptions

  func validate() throws {
    try demand(
      !kinds.isEmpty && Set(kinds).count == kinds.count, "--input takes different kinds")
    try demand([1, 2].contains(blocks), "--blocks is 1 or 2")
    try demand([1, 2, 4, 8, 16].contains(reduction), "--reduction is 1, 2, 4, 8 or 16")
    try demand((0...100).contains(quality), "-q is a number 0...100")
    try demand((1...10_000).contains(epochs), "--epochs is a number from 1 on")
    try demand(
      (8...1024).contains(width) && width % 8 == 0 && (0...32).contains(depth),
      "--width is a multiple of 8 up to 1024, --depth a number 0...32")
    try demand(
      validation > 0 && train > validation && train.isFinite,
      "--validation is above 0, and --train above that")
  }

  func run() async throws {
    try folder.check()
    let codec = try CodecLibrary.standard.codec(named: codec).soundCodec(for: data)
    let song = try StemSong(
      files: files(inFolder: data, extensions: Batch.sounds).map {
        data.appending(path: $0)
      }, folder: data)
    guard song.seconds > train + 1 else {
      throw SeparationError.tooShort(folder: data, seconds: song.seconds)
    }
    let trainings = try folder.begin()
    let test = song.part(from: train, to: song.seconds)
    let mixture = test.mixture
    var result = SeparateResult(
      song: data, stems: song.names, codec: codec.name, quality: quality, testSeconds: test.seconds,
      mixture: test.stems.map { siSDR(of: mixture, against: $0) })
    var found: [SeparateReport.Found] = []
    for input in inputs(codec, channels: mixture.channels) {
      let training = try await SeparationTraining(
        song: song.part(from: 0, to: train - validation),
        validation: song.part(from: train - validation, to: train), input: input.input,
        coefficients: input.coefficients, width: width, blocks: depth)
      for seed in seeds.all {
        let (separator, seconds) = try await separator(
          training, "\(input.name)-\(seed)", seed, trainings)
        let mixed = try await input.input.blocks(of: mixture, sampleRate: song.sampleRate)
        let parts = separator.stems(of: mixed).map {
          input.input.sound(of: $0, frames: mixture.frames)
        }
        result.runs.append(
          SeparateResult.Run(
            input: input.name, seed: seed,
            siSDR: zip(parts, test.stems).map { siSDR(of: $0, against: $1) },
            numbersASecond: Double(training.coefficients.count * song.sampleRate)
              / Double(LappedTransform.patchFrames / blocks),
            multiplicationsASlot: training.network.multiplications(rows: 1, columns: 1),
            weights: separator.model.parameters.count,
            trainingSeconds: seconds))
        Diagnostics.print(result.lastLine)
        if seed == seeds.seed {
          found.append(SeparateReport.Found(input: input.name, parts: parts))
        }
      }
    }
    try await SeparateReport(result: result, test: test, found: found).write(to: folder)
  }

  /// Kinds of input, and how many numbers of a block each reads; nil for all that there are.
  private func inputs(
    _ codec: SoundCodec, channels: Int
  ) -> [(name: String, input: SeparationInput, coefficients: Int?)] {
    let latents = SeparationInput.latents(codec, quality: Quality(quality), blocks: blocks)
    let coefficients = channels * LappedTransform.patchFrames / blocks / reduction
    return kinds.map { kind in
      switch kind {
      case .latents: (kind.rawValue, latents, coefficients)
      case .audio: (kind.rawValue, .audio(ratio: reduction, blocks: blocks), nil)
      case .full: (kind.rawValue, latents, nil)
      }
    }
  }

  /// Trains a separator, or takes the one that is there.
  private func separator(
    _ training: SeparationTraining, _ name: String, _ seed: UInt64, _ trainings: Trainings
  ) async throws -> (model: Separator, seconds: Double?) {
    var schedule = LearningSchedule()
    (schedule.epochs, schedule.batch, schedule.seed) = (epochs, 4, seed)
    let epochs = epochs
    return try await trainings.run(name) { named in
      try named.hasMade(named.model, epochs: epochs, checkpoints: [named.checkpoint])
        ? Separator(path: named.model.path) : nil
    } train: { named in
      var bar = ProgressBar()
      var run = try named.run(training.network, schedule)
      let separator = try await training.run(&run, isStopped: named.isStopped) { entry in
        bar.show(
          "\(name): loss \(fixed(entry.loss, 3)), held out \(fixed(entry.validation ?? .nan, 3))",
          share: Double(entry.epoch) / Double(epochs))
      }
      bar.finish()
      try separator?.model.save(to: named.model)
      return separator
    }
  }
}
