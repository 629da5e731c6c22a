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

  @Option(
    name: .joined("o"), help: "Folder to write to; it must not exist unless resumed.",
    completion: .directory)
  var out: String

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

  @Option(help: "How many models to train, with seeds from --seed on.")
  var seeds = 1

  @Option(help: "First seed of weights and mixtures.")
  var seed: UInt64 = 1

  @Flag(help: "Go on with the training in --out.")
  var resume = false

  func validate() throws {
    guard !kinds.isEmpty, Set(kinds).count == kinds.count else {
      throw ValidationError("--input takes different kinds")
    }
    guard [1, 2].contains(blocks) else { throw ValidationError("--blocks is 1 or 2") }
    guard [1, 2, 4, 8, 16].contains(reduction) else {
      throw ValidationError("--reduction is 1, 2, 4, 8 or 16")
    }
    guard (0...100).contains(quality) else { throw ValidationError("-q is a number 0...100") }
    guard (1...100).contains(seeds) else { throw ValidationError("--seeds is a number 1...100") }
    guard (1...10_000).contains(epochs) else {
      throw ValidationError("--epochs is a number from 1 on")
    }
    guard (8...1024).contains(width), width % 8 == 0, (0...32).contains(depth) else {
      throw ValidationError("--width is a multiple of 8 up to 1024, --depth a number 0...32")
    }
    guard validation > 0, train > validation, train.isFinite else {
      throw ValidationError("--validation is above 0, and --train above that")
    }
  }

  func run() async throws {
    try TrainingFolder.check(out, isResumed: resume)
    let codec = try CodecLibrary.standard.codec(named: codec).soundCodec(for: data)
    let song = try StemSong(
      files: files(inFolder: data, extensions: Batch.sounds).map {
        data.appending(path: $0)
      }, folder: data)
    guard song.seconds > train + 1 else {
      throw SeparationError.tooShort(folder: data, seconds: song.seconds)
    }
    try makeFolder(out)
    let test = song.part(from: train, to: song.seconds)
    let mixture = test.mixture
    var result = SeparateResult(
      song: data, stems: song.names, codec: codec.name, quality: quality, testSeconds: test.seconds,
      mixture: test.stems.map { siSDR(of: mixture, against: $0) })
    let interrupt = Interrupt()
    var found: [SeparateReport.Found] = []
    for input in inputs(codec, channels: mixture.channels) {
      let training = try await SeparationTraining(
        song: song.part(from: 0, to: train - validation),
        validation: song.part(from: train - validation, to: train), input: input.input,
        coefficients: input.coefficients, width: width, blocks: depth)
      for seed in seed..<seed + UInt64(seeds) {
        let start = ContinuousClock.now
        let isTrained = try isTrained("\(input.name)-\(seed)")
        guard
          let separator = try await separator(training, "\(input.name)-\(seed)", seed, interrupt)
        else {
          Diagnostics.print("stopped; --resume goes on")
          throw ExitCode(1)
        }
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
            trainingSeconds: isTrained ? nil : (ContinuousClock.now - start) / .seconds(1)))
        Diagnostics.print(result.lastLine)
        if seed == self.seed { found.append(SeparateReport.Found(input: input.name, parts: parts)) }
      }
    }
    try await SeparateReport(
      result: result, test: test, found: found, provenance: .now(program: "codec")
    ).write(to: out, overwrite: resume)
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

  /// Whether there is a model of this name to go on with, from a training that has ended and was
  /// not shorter than this one.
  private func isTrained(_ name: String) throws -> Bool {
    let base = URL(fileURLWithPath: out).appendingPathComponent(name)
    guard resume,
      FileManager.default.fileExists(atPath: base.appendingPathExtension("safetensors").path)
    else { return false }
    let done = try LearningRun.epochsDone(checkpoint: base.appendingPathExtension("checkpoint"))
    return done ?? epochs >= epochs
  }

  /// Trains a separator, or takes the one that is there; nil where it was stopped.
  private func separator(
    _ training: SeparationTraining, _ name: String, _ seed: UInt64, _ interrupt: Interrupt
  ) async throws -> Separator? {
    let base = URL(fileURLWithPath: out).appendingPathComponent(name)
    let file = base.appendingPathExtension("safetensors")
    if try isTrained(name) { return try Separator(file: file) }
    var schedule = LearningSchedule()
    (schedule.epochs, schedule.batch, schedule.seed) = (epochs, 4, seed)
    let epochs = epochs
    var bar = ProgressBar()
    let separator = try await training.run(
      schedule: schedule, checkpoint: base.appendingPathExtension("checkpoint"),
      isResumed: resume, isStopped: { interrupt.hasCome }
    ) { entry in
      bar.show(
        "\(name): loss \(fixed(entry.loss, 3)), held out \(fixed(entry.validation ?? .nan, 3))",
        share: Double(entry.epoch) / Double(epochs))
    }
    bar.finish()
    try separator?.model.save(to: file)
    return separator
  }
}
