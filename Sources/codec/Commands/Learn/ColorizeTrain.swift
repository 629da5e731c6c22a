import ArgumentParser
import Benchmarking
import CompressedLearning
import Foundation
import LearnedCodec
import MediaFiles
import Signals

/// `codec learn colorize train`
struct ColorizeTrain: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Train on a folder of pictures; every tenth of them is held out.",
    discussion: """
      The folder --out then holds the model, report.json and report.html with the pictures held \
      out. Several --share train on parts of the pictures too, which shows what more of them would \
      bring. \(TrainingFolder.help)
      """)

  @Option(help: "Folder of pictures.", completion: .directory)
  var data: String

  @OptionGroup var folder: TrainingFolder

  @Option(help: "Codec by name or folder.", completion: .codecs)
  var codec = "photo-16x"

  @Option(name: .joined("q"), help: "Quality at which pictures are encoded.")
  var quality = 100.0

  @Option(help: "Pictures are scaled down to this many pixels along their longer side.")
  var side = 320

  @Option(help: "Times that every picture is seen.")
  var epochs = 40

  @Option(help: "Highest learning rate.")
  var rate: Float = 2e-3

  @Option(help: "Augmented variants of each picture.")
  var variants = 4

  @Option(
    name: .customLong("share"), parsing: .upToNextOption,
    help: "Shares of the pictures to train on.")
  var shares: [Double] = [1]

  @Option(help: "Seed of all that is random.")
  var seed: UInt64 = 1

  @OptionGroup var work: WorkOptions

  func validate() throws {
    try demand((0...100).contains(quality), "-q is a number 0...100")
    try demand(
      side >= 16 && (1...10_000).contains(epochs) && variants >= 0 && rate > 0 && rate.isFinite,
      "--side, --epochs, --variants and --rate are positive numbers")
    try demand(
      !shares.isEmpty && shares.allSatisfy((0.001...1).contains),
      "--share is a list of numbers 0.001...1")
  }

  func run() async throws {
    try work.checkMemory()
    try folder.check()
    let codec = try CodecLibrary.standard.codec(named: codec).pictureCodec(for: data)
    guard codec.planes == 3 else {
      throw CodingError.otherChannels(codec: codec.name, expected: codec.planes, found: 3)
    }
    let paths = try LabelledFiles.files(below: data).filter { !CodedFile.isCoded(path: $0) }
    let (training, heldOut) = (
      paths.enumerated().filter { $0.offset % 10 != 5 }.map(\.element),
      paths.enumerated().filter { $0.offset % 10 == 5 }.map(\.element)
    )
    guard !heldOut.isEmpty else { throw DatasetError.noFiles(folder: data) }
    let trainings = try folder.begin()
    let pictures = try read(training, codec)
    guard !pictures.isEmpty else { throw DatasetError.noFiles(folder: data) }
    let unseen = heldOut.compactMap { path in (try? picture(path)).map { (path, $0) } }
    var rows: [ColorizeReport.Row] = []
    for share in shares.sorted() {
      // Evenly spread.
      let count = max(1, Int((Double(pictures.count) * share).rounded()))
      let part = (0..<count).map { pictures[$0 * pictures.count / count] }
      let (model, seconds) = try await train(part, share, codec, trainings)
      rows.append(
        try ColorizeReport.Row(
          SavedColorizer(model: model, codec: codec, quality: Quality(quality)), unseen,
          mean: Colorization.Statistics(of: part.flatMap { $0 }).difference.mean,
          trained: part.count, seconds: seconds ?? 0))
      Diagnostics.print(rows.last!.text)
    }
    try await ColorizeReport(rows: rows, data: data).write(to: folder)
  }

  /// A picture of three planes, scaled down.
  private func picture(_ path: String) throws -> Image {
    let image = try PictureInput.picture(file: path)
    guard image.planes == 3 else {
      throw MediaFileError.unsupported(file: path, what: "it has no colours")
    }
    var small = image.downscaled(
      by: min(1, Double(side) / Double(max(image.width, image.height))))
    for index in small.samples.indices {
      small.samples[index] = min(max(small.samples[index].rounded(), 0), 255)
    }
    return small
  }

  /// Variants of all pictures that can be used.
  private func read(_ paths: [String], _ codec: PictureCodec) throws -> [[Colorization.Example]] {
    var augmentation = PictureAugmentation()
    (augmentation.jitter, augmentation.scale) = (0, 0.7...1)
    var bar = ProgressBar()
    var read: [[Colorization.Example]] = []
    for (index, path) in paths.enumerated() {
      bar.show("reading", share: Double(index) / Double(paths.count))
      let examples = orLeftOut {
        let image = try picture(path)
        var generator = SeededGenerator(seed: seed &+ UInt64(index) &* 0xD1B5_4A32_D192_ED03)
        let images = [image] + (0..<variants).map { _ in augmentation(image, using: &generator) }
        return try images.map {
          try Colorization.Example($0, codec: codec, quality: Quality(quality))
        }
      }
      if let examples { read.append(examples) }
    }
    bar.finish()
    return read
  }

  /// Trains on a share of the pictures.
  private func train(
    _ pictures: [[Colorization.Example]], _ share: Double, _ codec: PictureCodec,
    _ trainings: Trainings
  ) async throws -> (model: SavedModel, seconds: Double?) {
    let statistics = Colorization.Statistics(of: pictures.flatMap { $0 })
    let network = Colorization.network(channels: codec.channels)
    var schedule = LearningSchedule()
    // Smaller shares are seen more often, for as many steps.
    schedule.epochs = Int((Double(epochs) / share).rounded())
    (schedule.batch, schedule.rate, schedule.seed) = (8, rate, seed)
    return try await trainings.run("model-\(pictures.count)") { training in
      var run = try training.run(network, schedule)
      let isDone = try await Colorization.train(
        &run, network, on: pictures, statistics: statistics, codec: codec,
        isStopped: training.isStopped
      ) { entry in
        Diagnostics.print(
          "\(pictures.count) pictures, epoch \(entry.epoch) of \(schedule.epochs): loss "
            + fixed(entry.loss, 4))
      }
      guard isDone else { return nil }
      let model = Colorization.model(
        network, run.result, statistics,
        metadata: SavedModel.metadata(codec, Quality(quality))
          .merging(["task": "colorize"]) { $1 })
      try model.save(to: training.model)
      return model
    }
  }
}
