import ArgumentParser
import Benchmarking
import Foundation
import LearnedCodec
import MediaFiles
import Signals
import Training

extension PictureOptions.Tuning: ExpressibleByArgument {}

/// `codec train`
struct TrainCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Make a codec from a folder of pictures, arrays or sounds.",
    discussion: """
      --fit is closed: linear algebra, no gradients, and a codec is there in minutes. --refit \
      fits the probabilities of a codec to other pictures. --recipe \
      names the codec.json of a codec with a synthesis network: after the same fit the network is \
      trained, for as many steps as the recipe says, or --steps or --minutes, and where the recipe \
      says so ("train": "analysis") the projection with it. The folder --out \
      then holds the trained codec in codec/, rewritten at every checkpoint, log.csv, its curve \
      loss.svg, and what --resume goes on from; control-C stops at a checkpoint.

      --finish names the folder of a training on PyTorch, by python -m learned_codec.train, and makes \
      its codec/: the photographs of --data give the ranges of its network's integers, and where the \
      projection has moved its entropy model.

      The first file that can be read decides how many channels the codec has; files with others are \
      left out. --scale 0.5...0.8 is for photographs from JPEG: scaled down they have no artefacts, \
      and vary in scale.
      """)

  enum Fit: String, ExpressibleByArgument, CaseIterable {
    case klt
    case bandwise
    case sound
  }

  @Option(
    help: """
      How to fit: klt, or bandwise: bands as they are, their colours rotated, a pyramid below; \
      sound for a folder of sounds.
      """
  )
  var fit: Fit?

  @Option(help: "Train by this codec.json.", completion: .file(extensions: ["json"]))
  var recipe: String?

  @Option(
    help: "Fit the entropy model of this codec's folder anew; its transform stays.",
    completion: .directory)
  var refit: String?

  @Option(help: "Make the codec of a training on PyTorch, in this folder.", completion: .directory)
  var finish: String?

  @Option(help: "Folder of pictures, arrays or sounds.", completion: .directory)
  var data: String?

  @Option(
    name: .joined("o"), help: "Folder to write to; it must not exist unless resumed.",
    completion: .directory)
  var out: String?

  @Flag(help: "Go on with the training in --out.")
  var resume = false

  @Option(help: "Levels of the packet tree of a fit; a patch has side 2^levels.")
  var levels = 3

  @Option(help: "Latent channels of a fit to keep (default: all).")
  var channels: Int?

  @Option(
    help: """
      Scale pictures down by a random factor of a range such as 0.5...0.8 (default: the recipe's, \
      or 1).
      """)
  var scale: String?

  @Option(help: "What the network is for, psnr or eye (default: the recipe's).")
  var tune: PictureOptions.Tuning?

  @Option(help: "Seed of all that is random (default: the recipe's, or 1).")
  var seed: UInt64?

  @Option(help: "Steps to train, in place of the recipe's.")
  var steps: Int?

  @Option(help: "Minutes to train, in place of a number of steps.")
  var minutes: Double?

  @Flag(help: "Turn RGB pictures to grey first.")
  var grey = false

  @Option(help: "Leave out pictures of more pixels.")
  var maxPixels = PictureContainer.defaultMaximumPixels

  func validate() throws {
    let isOne = [fit != nil, recipe != nil, refit != nil, finish != nil].count { $0 } == 1
    try demand(isOne, "one of --fit, --recipe, --refit and --finish says what to do")
    try demand(
      recipe != nil || (steps == nil && minutes == nil && !resume && tune == nil),
      "--steps, --minutes, --tune and --resume go with --recipe")
    try demand(
      data != nil && (finish == nil) == (out != nil),
      "--data names what to learn from, and --out goes with --fit, --recipe and --refit")
    try demand(
      steps == nil || minutes == nil, "only one of --steps and --minutes can end a training")
    if let steps, steps < 1 { throw ValidationError("--steps is a number from 1 on") }
    if let minutes, !(minutes > 0) { throw ValidationError("--minutes is a positive number") }
    try demand(
      scale == nil || fit != .sound && finish == nil && factors != nil,
      "--scale is a range within 0.1...1, and not for sounds or --finish")
    try demand((0...6).contains(levels), "--levels is a number 0...6")
    if let channels, channels < 1 { throw ValidationError("--channels is a number from 1 on") }
  }

  /// The factors that `--scale` asks for.
  private var factors: ClosedRange<Double>? { scale.flatMap { ClosedRange(factors: $0) } }

  func run() async throws {
    guard let data else { return }
    if let finish { return try makeCodec(of: finish, pictures: pictures(of: data)) }
    guard let out else { return }
    guard resume || !FileManager.default.fileExists(atPath: out) else {
      throw CodecFolderError.file(path: out, reason: "it exists")
    }
    if fit == .sound { return try fitSounds(of: data, to: out) }
    let pictures = try pictures(of: data)
    if let recipe {
      try await train(recipe, on: pictures, to: out)
    } else if let refit {
      try self.refit(refit, to: pictures, as: out)
    } else {
      try fit(to: pictures, as: out)
    }
  }

  /// The fit to sounds.
  private func fitSounds(of folder: String, to out: String) throws {
    let start = ContinuousClock.now
    let names = try files(inFolder: folder, extensions: Batch.sounds)
    var bar = ProgressBar()
    let outcome = try SoundFit().run(
      on: TrainingSounds(count: names.count) { index in
        try AudioFile(path: folder.appending(path: names[index])).open()
      } leftOut: { index, reason in
        // What a codec refuses it knows by its shape, not by its name.
        let name = reason is CodingError ? "\(names[index]): " : ""
        Diagnostics.print("codec: left out: \(name)\(reason)")
      }
    ) { bar.show("fit", share: $0) }
    bar.finish()
    let codec = try outcome.codec.save(
      to: URL(fileURLWithPath: out),
      training: ["fit": "sound", "sounds": "\(outcome.sounds)"])
    Diagnostics.print(
      "\(out): codec \(hashText(codec.hash)) for sound, fitted to \(outcome.sounds) files "
        + "(\(outcome.skipped) left out) in "
        + "\(fixed((ContinuousClock.now - start) / .seconds(1), 0)) s")
  }

  /// The closed-form fit.
  private func fit(to pictures: TrainingPictures, as out: String) throws {
    let seed = seed ?? 1
    var closedForm = ClosedFormFit(
      levels: levels, channels: channels, seed: seed, isBandwise: fit == .bandwise,
      pyramidLevels: fit == .bandwise ? 3 : 0)
    closedForm.scales = factors ?? .unscaled
    let outcome = try report { try closedForm.run(on: pictures, progress: $0) }
    try save(
      outcome, to: out,
      training: [
        "fit": fit?.rawValue ?? "", "pictures": "\(outcome.pictures)",
        "patches": "\(outcome.patches)", "seed": "\(seed)", "grey": "\(grey)",
        "scale": closedForm.scales.factorsText,
      ])
  }

  /// The fit of an entropy model alone.
  private func refit(_ path: String, to pictures: TrainingPictures, as out: String) throws {
    let folder = URL(fileURLWithPath: path)
    let codec = try PictureCodec(folder: folder)
    let description = try PictureCodecDescription(path: folder.appending(path: "codec.json"))
    var closedForm = ClosedFormFit(seed: seed ?? 1)
    closedForm.scales =
      factors ?? description.training["scale"].flatMap { ClosedRange(factors: $0) } ?? .unscaled
    let outcome = try report { try closedForm.refitted(codec, to: pictures, progress: $0) }
    // Its transform is still that of this training.
    try save(outcome, to: out, training: description.training)
  }

  /// What a fit gives that is shown on a progress bar.
  private func report(
    _ fit: ((ClosedFormFit.Stage, Double) -> Void) throws -> ClosedFormFit.Outcome
  ) rethrows -> ClosedFormFit.Outcome {
    var bar = ProgressBar()
    defer { bar.finish() }
    return try fit { bar.show($0.rawValue, share: $1) }
  }

  private func save(
    _ outcome: ClosedFormFit.Outcome, to out: String, training: [String: String]
  ) throws {
    let codec = try outcome.codec.save(to: URL(fileURLWithPath: out), training: training)
    Diagnostics.print(
      "\(out): codec \(hashText(codec.hash)) for \(codec.planes) channels, fitted to "
        + "\(outcome.patches) patches of \(outcome.pictures) files (\(outcome.skipped) left out)")
  }

  /// Training by gradient.
  private func train(
    _ path: String, on pictures: TrainingPictures, to out: String
  ) async throws {
    var recipe = try TrainingRecipe(path: URL(fileURLWithPath: path))
    if let steps { recipe.steps = steps }
    if let seed { recipe.seed = seed }
    if let tune { recipe.tuning = tune }
    if let factors { recipe.scales = factors }
    try demand(
      recipe.tuning == .psnr || !recipe.trainsAnalysis,
      "--tune eye trains a network alone, and this recipe moves the analysis")
    let start = ContinuousClock.now
    let interrupt = Interrupt()
    var bar = ProgressBar()
    var run = try TrainingRun(
      recipe: recipe, pictures: pictures, folder: URL(fileURLWithPath: out),
      isResumed: resume
    ) { bar.show($0.rawValue, share: $1) }
    bar.finish()
    let threads = ProcessInfo.processInfo.activeProcessorCount
    // The fastest so far: other work on the machine slows the measurement down.
    var peak = await matrixSpeed(threads: threads)
    Diagnostics.print(
      "\(run.pictureCount) pictures, matrix products at \(fixed(peak / 1e9, 0)) GFLOP/s")
    let (minutes, total, operations) = (minutes, recipe.steps, run.operations)
    @Sendable func share() -> Double { (ContinuousClock.now - start) / .seconds(60) / minutes! }
    let begin = (ContinuousClock.now, run.optimiser.steps)
    /// Draws what the log has, if it has anything yet.
    func drawCurve() throws {
      let folder = URL(fileURLWithPath: out)
      guard let log = try? Data(contentsOf: folder.appendingPathComponent("log.csv")) else {
        return
      }
      try Data(trainingCurve(log: String(decoding: log, as: UTF8.self)).utf8)
        .write(to: folder.appendingPathComponent("loss.svg"), options: .atomic)
    }
    try await run.run(share: minutes == nil ? nil : share, isStopped: { interrupt.hasCome }) {
      entry in
      peak = max(peak, await matrixSpeed(threads: threads))
      let spent = (ContinuousClock.now - begin.0) / .seconds(1)
      let left =
        minutes.map { $0 * 60 - (ContinuousClock.now - start) / .seconds(1) }
        ?? spent / Double(entry.step - begin.1) * Double(total - entry.step)
      Diagnostics.print(
        "step \(entry.step): loss \(fixed(entry.loss, 4)), \(fixed(entry.psnr, 2)) dB, "
          + "\(fixed(entry.psnr - entry.linear, 3)) dB above linear, "
          + (entry.heldOutGain.map { "held out \(fixed($0, 3)) dB, " } ?? "")
          + "\(fixed(1 / entry.seconds, 2)) steps/s, "
          + "\(fixed(operations / entry.seconds / peak * 100, 0)) % of matrix speed, "
          + "\(fixed(max(left, 0) / 60, 0)) min left")
      if !entry.heldOut.isEmpty { try drawCurve() }
    }
    try drawCurve()
    Diagnostics.print(
      interrupt.hasCome
        ? "stopped at step \(run.optimiser.steps); --resume goes on"
        : "\(out)/codec: trained for \(run.optimiser.steps) steps")
    if interrupt.hasCome { throw ExitCode(1) }
  }

  /// What is left to do after a training on PyTorch.
  private func makeCodec(of folder: String, pictures: TrainingPictures) throws {
    var bar = ProgressBar()
    let codec = try TrainingRun.finish(
      folder: URL(fileURLWithPath: folder), pictures: pictures
    ) {
      bar.show(TrainingRun.Stage.crops.rawValue, share: $0)
    }
    bar.finish()
    Diagnostics.print("\(folder)/codec: codec \(hashText(codec.hash))")
  }

  private func pictures(of folder: String) throws -> TrainingPictures {
    let names = try files(inFolder: folder, extensions: Batch.pictures)
    let (grey, maxPixels) = (grey, maxPixels)
    return TrainingPictures(count: names.count) { index in
      let path = folder.appending(path: names[index])
      return orLeftOut { try Self.picture(path, grey: grey, maxPixels: maxPixels) }
    }
  }

  /// A picture as encoders see it: samples of 0...255, without alpha.
  private static func picture(
    _ path: String, grey: Bool, maxPixels: Int
  ) throws -> TrainingPicture {
    let file = try ImageFile(path: path, options: ReadingOptions(maximumPixels: maxPixels))
    let rows = try file.open().nextRows(file.format.height)
    let samples = trainingSamples(rows.planes(0..<file.format.channels), file.format)
    return TrainingPicture(
      image: grey ? samples.luma : samples, isPhotograph: file.format.kind == .image)
  }
}
