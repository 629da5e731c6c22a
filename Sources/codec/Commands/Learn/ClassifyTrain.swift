import ArgumentParser
import Benchmarking
import CompressedLearning
import Foundation
import LearnedCodec
import MediaFiles
import Networks
import Signals

/// `codec learn classify train`
struct ClassifyTrain: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Train a classifier on a folder with a folder for each class.",
    discussion: """
      Reads .wlc files by entropy decoding alone; pictures are encoded on the fly, with random \
      scales, shifts, mirrors and colours as augmentation. The folder --out then holds a model for \
      each seed, report.json and report.html. Without --test one of five files of each class is \
      held out, and the weights that are best on it are kept. --input latents pixels full trains \
      the same network on latents, on as many downscaled pixels and on all pixels. \(TrainingFolder.help)
      """)

  @Option(
    help: "Folder with a folder for each class, or a table of files and labels (.csv).",
    completion: .file())
  var data: String

  @Option(help: "The same, to test on.", completion: .file())
  var test: String?

  @Option(
    name: .joined("o"), help: "Folder to write to; it must not exist unless resumed.",
    completion: .directory)
  var out: String

  @Option(help: "Codec by name or folder.", completion: .codecs)
  var codec = "photo-16x"

  @Option(help: "The first latent channels to read (default: all).")
  var channels: Int?

  @Option(name: .joined("q"), help: "Quality at which pictures are encoded.")
  var quality = 80.0

  /// Kinds of input, by what they are called on the command line and in reports.
  enum Kind: String, ExpressibleByArgument, CaseIterable {
    /// Latents of the codec.
    case latents
    /// As many downscaled pixels, on the grid of the codec's patches.
    case pixels
    /// The same pixels, of which the network begins on patches of half the side.
    case pixelsFine = "pixels-fine"
    /// All pixels, on the grid of the codec's patches.
    case full
    /// All pixels, of which the network begins on patches of half the side.
    case fullFine = "full-fine"
  }

  @Option(
    name: .customLong("input"), parsing: .upToNextOption,
    help: """
      What to train on, each after the other, to compare: latents, as many downscaled pixels, all \
      pixels; fine ones begin on patches of half the side.
      """)
  var kinds: [Kind] = [.latents]

  @Option(help: "What is between patches and classes: linear, convolution or attention.")
  var head = Classification.Head.convolution

  @Option(help: "Times that every file is seen.")
  var epochs = 40

  @Option(help: "Examples of a step.")
  var batch = 8

  @Option(help: "Highest learning rate.")
  var rate: Float = 2e-3

  @Option(help: "Augmented variants of each picture.")
  var variants = 6

  @Option(help: "How far channels are brought to one size, from 0, not at all, to 1.")
  var whitening: Float = 0.5

  @Option(help: "Share of patches that training drops.")
  var dropped: Float = 0

  @Option(help: "How many models to train, with seeds from --seed on.")
  var seeds = 1

  @Option(help: "First seed of weights, order and augmentation.")
  var seed: UInt64 = 1

  @Flag(help: "Go on with the training in --out.")
  var resume = false

  @OptionGroup var work: WorkOptions

  func validate() throws {
    guard (1...10_000).contains(epochs) else {
      throw ValidationError("--epochs is a number from 1 on")
    }
    guard (1...4096).contains(batch) else { throw ValidationError("--batch is a number from 1 on") }
    guard rate > 0, rate.isFinite else { throw ValidationError("--rate is a positive number") }
    guard (1...100).contains(seeds) else { throw ValidationError("--seeds is a number 1...100") }
    guard (0...1000).contains(variants) else {
      throw ValidationError("--variants is a number from 0 on")
    }
    guard (0...1).contains(whitening) else {
      throw ValidationError("--whitening is a number 0...1")
    }
    guard (0..<1).contains(dropped) else { throw ValidationError("--dropped is a share below 1") }
    guard (0...100).contains(quality) else { throw ValidationError("-q is a number 0...100") }
  }

  func run() async throws {
    try work.checkMemory()
    try TrainingFolder.check(out, isResumed: resume)
    let codec = try CodecLibrary.standard.codec(named: codec).pictureCodec(for: data)
    if let channels, !(1...codec.channels).contains(channels) {
      throw CodingError.noSuchChannels(
        codec: codec.name, asked: channels, available: codec.channels)
    }
    // Only where there is no test set is a file of each class held out.
    let all = try labelledFiles(data, smallestClass: test == nil ? 2 : 1)
    let (training, heldOut) =
      try test.map { (all, try labelledFiles($0, labels: all.labels)) } ?? all.split(heldOut: 5)
    if kinds.contains(where: { $0 != .latents }),
      let coded = all.files.first(where: { CodedFile.isCoded(path: $0.path) })
    {
      throw UnusableModel(
        description: "\(coded.path): to train on pixels takes the pictures themselves")
    }
    try makeFolder(out)
    let interrupt = Interrupt()
    var results: [ClassifyResult] = []
    for kind in try kinds.map({ try input($0, codec) }) {
      guard let result = try await train(kind, training, heldOut, interrupt) else {
        Diagnostics.print("stopped; --resume goes on")
        throw ExitCode(1)
      }
      results.append(result)
    }
    try await ClassifyResult.time(&results)
    try await ClassifyReport(
      results: results, data: data, test: test, provenance: .now(program: "codec")
    ).write(to: out, overwrite: resume)
  }

  /// A kind of input with this codec.
  private func input(_ kind: Kind, _ codec: PictureCodec) throws -> ClassifierInput {
    let count = channels ?? codec.channels
    let whole: PictureInput =
      switch kind {
      case .latents: .latents(codec, quality: Quality(quality), channels: count)
      case .pixels, .pixelsFine: .pixels(asMany: count, as: codec)
      case .full, .fullFine: .pixels(scale: 1, side: codec.patchSide)
      }
    guard kind == .pixelsFine || kind == .fullFine, case .pixels(let scale, let side) = whole else {
      return ClassifierInput(name: kind.rawValue, input: whole)
    }
    guard side % 2 == 0 else {
      throw ValidationError("\(kind.rawValue): \(side) x \(side) pixels a patch have no half")
    }
    return ClassifierInput(
      name: kind.rawValue, input: .pixels(scale: scale, side: side / 2), isFine: true)
  }

  /// Trains on one kind of input, with each seed; nil where it was stopped.
  private func train(
    _ kind: ClassifierInput, _ training: LabelledFiles, _ heldOut: LabelledFiles,
    _ interrupt: Interrupt
  ) async throws -> ClassifyResult? {
    var bar = ProgressBar()
    let (examples, skipped) = try await LatentDataset(training, input: kind.input).load(
      variants: variants, augmentation: PictureAugmentation(), seed: seed, threads: work.threads
    ) { bar.show("\(kind.name): reading", share: $0) }
    let (unseen, skippedToo) = try await LatentDataset(heldOut, input: kind.input)
      .load(threads: work.threads)
    bar.finish()
    report(skipped + skippedToo, of: training.files.count + heldOut.files.count)
    guard !examples.isEmpty else { throw DatasetError.noFiles(folder: data) }
    guard !unseen.isEmpty else { throw DatasetError.noFiles(folder: test ?? data) }
    let statistics = ChannelStatistics(of: examples, channels: kind.input.channels)
      .softened(whitening)
    let network = Classification.network(
      head, inputs: kind.input.channels, classes: training.labels.count, isFine: kind.isFine)
    var options = Classification.Options()
    options.dropped = dropped
    var matrices: [ConfusionMatrix] = []
    var seconds: [Double] = []
    var first: SavedModel?
    for seed in seed..<seed + UInt64(seeds) {
      let file = URL(fileURLWithPath: out).appendingPathComponent("\(kind.name)-\(seed)")
      var schedule = LearningSchedule()
      (schedule.epochs, schedule.batch, schedule.rate, schedule.seed) = (epochs, batch, rate, seed)
      var generator = SeededGenerator(seed: seed)
      var run = try LearningRun(
        network.initialParameters(using: &generator), schedule: schedule,
        checkpoint: file.appendingPathExtension("checkpoint"), isResumed: resume)
      let (epochs, name) = (epochs, "\(kind.name), seed \(seed)")
      let start = ContinuousClock.now
      // Only a training without a test set may choose by what it holds out.
      let isDone = try await Classification.train(
        &run, network, on: examples, statistics: statistics, options: options,
        heldOut: test == nil ? unseen : [], isStopped: { interrupt.hasCome }
      ) { entry in
        Diagnostics.print(
          "\(name), epoch \(entry.epoch) of \(epochs): loss \(fixed(entry.loss, 3))"
            + (entry.validation.map { ", held out \(fixed($0, 3))" } ?? ""))
      }
      guard isDone else { return nil }
      seconds.append((ContinuousClock.now - start) / .seconds(1))
      let model = SavedModel(
        network: network, parameters: run.result, statistics: statistics, labels: training.labels,
        metadata: kind.metadata)
      try model.save(to: file.appendingPathExtension("safetensors"))
      first = first ?? model
      matrices.append(try await confusion(model, unseen))
      Diagnostics.print("\(name): accuracy \(fixed(matrices.last!.accuracy * 100, 1)) %")
    }
    return try await ClassifyResult(
      kind, first!, matrices: matrices, trainingSeconds: seconds, unseen: unseen,
      trained: examples.count)
  }
}

extension Classification.Head: ExpressibleByArgument {}
