import ArgumentParser
import Benchmarking
import CompressedLearning
import Foundation
import LearnedCodec
import MediaFiles
import Signals

/// `codec learn document train`
struct DocumentTrain: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Train on a folder of pages, each a picture with a table of its text lines.",
    discussion: """
      The table of NAME.jpg is NAME.csv: left,top,right,bottom,text in pixels. Of the pages in order \
      of their names, the third and sixth of every seven test, and of the others every sixth \
      chooses weights and thresholds. Latents are read from pages that are encoded on the fly, with \
      random scales, shifts and tones as augmentation. One network finds lines; another tells \
      amounts, dates and other lines apart, by labels that patterns find in the texts. --input \
      latents pixels full trains the same networks on latents, on as many pixels of the downscaled \
      page and on all pixels. The folder --out then holds the models of each input and seed, \
      report.json and report.html. \
      \(TrainingFolder.help)
      """)

  @Option(help: "Folder of pages.", completion: .directory)
  var data: String

  @OptionGroup var folder: TrainingFolder

  @Option(help: "Codec for grey pictures by name or folder.", completion: .codecs)
  var codec = "klt-grey"

  @Option(help: "The first latent channels to read.")
  var channels = 4

  @Option(name: .joined("q"), help: "Quality at which pages are encoded.")
  var quality = 80.0

  /// Kinds of input, by what they are called on the command line and in reports.
  enum Kind: String, ExpressibleByArgument, CaseIterable {
    /// Latents of the codec.
    case latents
    /// As many pixels of the downscaled page.
    case pixels
    /// The same pixels after a cosine transform of each patch.
    case transformed
    /// All pixels.
    case full
  }

  @Option(
    name: .customLong("input"), parsing: .upToNextOption,
    help: """
      What to train on, each after the other, to compare: latents, as many pixels of the downscaled \
      page (pixels), the same after a cosine transform of each patch (transformed), or all pixels \
      (full).
      """)
  var kinds: [Kind] = [.latents]

  @Option(help: "Times that every page is seen, in four parts.")
  var epochs = 60

  @Option(help: "Channels within the networks, a multiple of 8.")
  var width = 32

  @Option(help: "Residual blocks of the network that finds lines: patches it sees to each side.")
  var depth = 6

  @OptionGroup var seeds: SeedOptions

  func validate() throws {
    try demand(
      !kinds.isEmpty && Set(kinds).count == kinds.count, "--input takes different kinds")
    try demand((1...10_000).contains(epochs), "--epochs is a number from 1 on")
    try demand(
      (8...1024).contains(width) && width % 8 == 0 && (0...32).contains(depth),
      "--width is a multiple of 8 up to 1024, --depth a number 0...32")
    try demand((0...100).contains(quality), "-q is a number 0...100")
  }

  func run() async throws {
    try folder.check()
    let codec = try CodecLibrary.standard.codec(named: codec).pictureCodec(for: data)
    guard codec.planes == 1 else {
      throw CodingError.otherChannels(codec: codec.name, expected: codec.planes, found: 1)
    }
    guard (1...codec.channels).contains(channels) else {
      throw CodingError.noSuchChannels(
        codec: codec.name, asked: channels, available: codec.channels)
    }
    let split = PageSplit(try pages())
    guard !split.test.isEmpty, !split.validation.isEmpty else {
      throw DatasetError.noFiles(folder: data)
    }
    let trainings = try folder.begin()
    var result = DocumentResult(
      data: data, trainingPages: split.training.map(\.name),
      validationPages: split.validation.map(\.name), testPages: split.test.map(\.name))
    var shown: [DocumentReport.Shown] = []
    for (name, input) in try inputs(codec) {
      let finding = try LineFinderTraining(
        pages: split.training, validation: split.validation, input: input, width: width,
        blocks: depth)
      result.inputs.append(
        DocumentResult.Input(
          name: name, description: DocumentReport.description(of: input),
          numbers: input.channels, samples: input.side * input.side,
          multiplicationsAPatch: finding.network.multiplications(rows: 1, columns: 1),
          weights: finding.network.entries.reduce(0) { $0 + $1.count },
          bytesATestPage: try await bytes(split.test, input)))
      for seed in seeds.all {
        let (reader, seconds) = try await reader(
          finding, split, "\(name)-\(seed)", seed, codec, trainings)
        let tested = try DocumentTest(reader, split.test)
        let run = tested.run(
          input: name, seed: seed, linking: reader.finder.linking, seconds: seconds)
        result.runs.append(run)
        Diagnostics.print(
          "\(name), seed \(seed): F1 of lines \(fixed(run.f1, 4)), of kinds \(fixed(run.macroF1, 4))"
        )
        if seed == seeds.seed { shown.append(.init(input: name, pages: tested.pages)) }
      }
    }
    result.trainingKinds = LineKind.allCases.map { kind in
      split.training.flatMap(\.lines).count { LineKind(of: $0.text) == kind }
    }
    try await DocumentReport(result: result, pages: split.test, shown: shown).write(to: folder)
  }

  /// The pages that can be read; others are told.
  private func pages() throws -> [TextPage] {
    let names = try files(inFolder: data, extensions: Batch.pictures.subtracting(["npy"]))
    let pages = names.compactMap { name in
      orLeftOut { try TextPage(path: data.appending(path: name)) }
    }
    if pages.count < names.count {
      Diagnostics.print("codec: \(names.count - pages.count) of \(names.count) pages were left out")
    }
    return pages
  }

  private func inputs(_ codec: PictureCodec) throws -> [(String, PageInput)] {
    let latents = PageInput.latents(codec, quality: Quality(quality), channels: channels)
    // As many pixels of a patch as there are channels.
    let side = Int(Double(channels).squareRoot().rounded())
    let isSquare = side * side == channels && codec.patchSide % side == 0
    try demand(
      isSquare || !kinds.contains(where: { [.pixels, .transformed].contains($0) }),
      "--input pixels and transformed take --channels 1, 4, 16 or 64")
    return kinds.map { kind in
      switch kind {
      case .latents: (kind.rawValue, latents)
      case .pixels, .transformed:
        (
          kind.rawValue,
          .pixels(
            reduction: codec.patchSide / max(side, 1), side: codec.patchSide,
            isTransformed: kind == .transformed)
        )
      case .full: (kind.rawValue, .pixels(reduction: 1, side: codec.patchSide))
      }
    }
  }

  /// Mean bytes of the files that latents come from; nil for pixels.
  private func bytes(_ pages: [TextPage], _ input: PageInput) async throws -> Double? {
    guard case .latents(let codec, let quality, let channels) = input else { return nil }
    var sum = 0
    for page in pages {
      let format = ImageFormat(width: page.image.width, height: page.image.height, channels: 1)
      sum += try await codec.encode(
        ImageRows(page.image, format: format),
        options: PictureOptions(quality: quality, channels: channels)
      ).byteCount
    }
    return Double(sum) / Double(max(pages.count, 1))
  }

  /// Trains a reader, or takes the one that is there.
  private func reader(
    _ finding: LineFinderTraining, _ split: PageSplit, _ name: String, _ seed: UInt64,
    _ codec: PictureCodec, _ trainings: Trainings
  ) async throws -> (model: DocumentReader, seconds: Double?) {
    func checkpoints(_ named: Trainings.Named) -> [URL] {
      ["lines.checkpoint", "kinds.checkpoint"].map(named.file)
    }
    return try await trainings.run(name) { named in
      guard try named.hasMade(named.models, epochs: epochs, checkpoints: checkpoints(named)) else {
        return nil
      }
      return try DocumentReader(folder: named.models) {
        $0 == codec.name
          ? codec : try CodecLibrary.standard.codec(named: $0).pictureCodec(for: folder.out)
      }
    } train: { named in
      var schedule = LearningSchedule()
      (schedule.epochs, schedule.batch, schedule.seed, schedule.rate) = (epochs, 4, seed, 4e-3)
      var bar = ProgressBar()
      func show(_ what: String, _ entry: LearningRun.Entry) {
        bar.show(
          "\(name), \(what): loss \(fixed(entry.loss, 3)), F1 held out "
            + fixed(1 - (entry.validation ?? 1), 3), share: Double(entry.epoch) / Double(epochs))
      }
      var lines = try named.run(finding.network, schedule, checkpoint: checkpoints(named)[0])
      let finder = try await finding.run(&lines, isStopped: named.isStopped) { show("lines", $0) }
      guard let finder else { return nil }
      let telling = try LineClassifierTraining(
        pages: split.training, validation: split.validation, input: finding.input, width: width,
        seed: seed)
      schedule.batch = 32
      var kinds = try named.run(telling.network, schedule, checkpoint: checkpoints(named)[1])
      let classifier = try await telling.run(&kinds, isStopped: named.isStopped) {
        show("kinds", $0)
      }
      bar.finish()
      guard let classifier else { return nil }
      let reader = DocumentReader(input: finding.input, finder: finder, classifier: classifier)
      try reader.save(to: named.models)
      return reader
    }
  }
}

/// Pages for training, validation and test, by their order.
struct PageSplit {
  var training: [TextPage] = []
  var validation: [TextPage] = []
  var test: [TextPage] = []

  init(_ pages: [TextPage]) {
    var others: [TextPage] = []
    for (index, page) in pages.enumerated() {
      if [2, 5].contains(index % 7) { test.append(page) } else { others.append(page) }
    }
    for (index, page) in others.enumerated() {
      if index % 6 == 3 { validation.append(page) } else { training.append(page) }
    }
  }
}
