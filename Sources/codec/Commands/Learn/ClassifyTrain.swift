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

  @OptionGroup var folder: TrainingFolder

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

  @OptionGroup var seeds: SeedOptions

  @OptionGroup var work: WorkOptions

  func validate() throws {
    try demand((1...10_000).contains(epochs), "--epochs is a number from 1 on")
    try demand((1...4096).contains(batch), "--batch is a number from 1 on")
    try demand(rate > 0 && rate.isFinite, "--rate is a positive number")
    try demand((0...1000).contains(variants), "--variants is a number from 0 on")
    try demand((0...1).contains(whitening), "--whitening is a number 0...1")
    try demand((0..<1).contains(dropped), "--dropped is a share below 1")
    try demand((0...100).contains(quality), "-q is a number 0...100")
  }

  func run() async throws {
    try work.checkMemory()
    try folder.check()
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
      throw MediaFileError.unsupported(
        file: coded.path, what: "to train on pixels takes the pictures themselves")
    }
    let trainings = try folder.begin()
    var results: [ClassifyResult] = []
    for kind in try kinds.map({ try input($0, codec) }) {
      results.append(try await train(kind, training, heldOut, trainings))
    }
    try await ClassifyResult.time(&results)
    try await ClassifyReport(results: results, data: data, test: test).write(to: folder)
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
    try demand(side % 2 == 0, "\(kind.rawValue): \(side) x \(side) pixels a patch have no half")
    return ClassifierInput(
      name: kind.rawValue, input: .pixels(scale: scale, side: side / 2), isFine: true)
  }

  /// Trains on one kind of input, with each seed.
  private func train(
    _ kind: ClassifierInput, _ training: LabelledFiles, _ heldOut: LabelledFiles,
    _ trainings: Trainings
  ) async throws -> ClassifyResult {
    var bar = ProgressBar()
    let (examples, skipped) = try await LatentDataset(training, input: kind.input).load(
      variants: variants, augmentation: PictureAugmentation(), seed: seeds.seed,
      threads: work.threads
    ) { bar.show("\(kind.name): reading", share: $0) }
    let (unseen, skippedToo) = try await LatentDataset(heldOut, input: kind.input)
      .load(threads: work.threads)
    bar.finish()
    report(skipped + skippedToo, of: training.files.count + heldOut.files.count)
    guard !examples.isEmpty else { throw DatasetError.noFiles(folder: data) }
    guard !unseen.isEmpty else { throw DatasetError.noFiles(folder: test ?? data) }
    let statistics = ChannelStatistics(of: examples, channels: kind.input.channels)
      .softened(whitening)
    let labels = training.labels
    let network = Classification.network(
      head, inputs: kind.input.channels, classes: labels.count, isFine: kind.isFine)
    var options = Classification.Options()
    options.dropped = dropped
    var models: [(model: SavedModel, seconds: Double?)] = []
    var found: [[Prediction]] = []
    for seed in seeds.all {
      var schedule = LearningSchedule()
      (schedule.epochs, schedule.batch, schedule.rate, schedule.seed) = (epochs, batch, rate, seed)
      let (epochs, name) = (epochs, "\(kind.name), seed \(seed)")
      models.append(
        try await trainings.run("\(kind.name)-\(seed)") { training in
          var run = try training.run(network, schedule)
          // Only a training without a test set may choose by what it holds out.
          let isDone = try await Classification.train(
            &run, network, on: examples, statistics: statistics, options: options,
            heldOut: test == nil ? unseen : [], isStopped: training.isStopped
          ) { entry in
            Diagnostics.print(
              "\(name), epoch \(entry.epoch) of \(epochs): loss \(fixed(entry.loss, 3))"
                + (entry.validation.map { ", held out \(fixed($0, 3))" } ?? ""))
          }
          guard isDone else { return nil }
          let model = SavedModel(
            network: network, parameters: run.result, statistics: statistics, labels: labels,
            metadata: kind.metadata)
          try model.save(to: training.model)
          return model
        })
      found.append(await predictions(models.last!.model, unseen))
      let right = found.last!.count { $0.label == $0.predicted }
      Diagnostics.print(
        "\(name): accuracy \(fixed(Double(right) / Double(unseen.count) * 100, 1)) %")
    }
    return ClassifyResult(
      kind, models[0].model, found, trainingSeconds: models.compactMap(\.seconds),
      first: unseen[0].latents, trained: examples.count)
  }
}

extension Classification.Head: ExpressibleByArgument {}
