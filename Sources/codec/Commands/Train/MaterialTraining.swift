import ArgumentParser
import Foundation
import LearnedCodec
import MediaFiles
import Training

/// `codec train --data FOLDER --out FOLDER`: all that a codec for one's own material takes, from the
/// choice of what is held out to its card.
struct MaterialTraining {
  private let command: TrainCommand
  private let material: Material
  private let out: String
  private let minutes: Double
  private let start = ContinuousClock.now
  /// What `--resume` goes on from.
  private var state: String { out + ".training" }

  init(_ command: TrainCommand, data: String, out: String) throws {
    self.command = command
    self.out = out
    minutes = command.minutes ?? 30
    material = try Material(
      folder: data, isGrey: command.grey, maxPixels: command.maxPixels, seed: command.seed ?? 1)
  }

  /// Makes the codec, measures it on what was held out and writes its card.
  func run() async throws {
    guard command.resume || !FileManager.default.fileExists(atPath: state) else {
      throw CodecFolderError.file(path: state, reason: "it exists; --resume goes on from it")
    }
    let (channels, seed) = (material.format.channels, command.seed ?? 1)
    Diagnostics.print(
      "\(material.paths.count) files of \(channels) channels (\(material.leftOut) left out), "
        + "\(fixed(Double(material.pixels) / 1e6, 1)) megapixels; one of \(material.heldOut) is held "
        + "out")
    if let warning = material.warning { Diagnostics.print("codec: warning: \(warning)") }
    let shipped = shippedCodec
    var recipe = material.recipe(from: shipped, scales: command.factors ?? .unscaled)
    recipe.seed = seed
    if let tune = command.tune { recipe.tuning = tune }
    let pictures = command.pictures(at: material.paths)
    var steps: Int?
    if material.format.kind == .image, [1, 3].contains(channels) {
      steps = try await train(recipe, on: pictures, from: shipped?.network)
    } else {
      try fit(to: pictures, recipe)
    }
    let codec = try PictureCodec(folder: URL(fileURLWithPath: out))
    let made = ContinuousClock.now
    let heldOut = material.paths.indices.filter { recipe.isHeldOut($0) }
    let measurement = try await HeldOutMeasurement(
      of: codec, beside: shipped, pictures: heldOut.map { material.paths[$0] }, command)
    let card = MaterialCard(
      codec: codec, material: material, seed: seed, steps: steps, start: shipped,
      minutes: (made - start) / .seconds(60), measurement: measurement)
    try Data(card.text.utf8).write(
      to: URL(fileURLWithPath: out).appendingPathComponent("CARD.md"), options: .atomic)
    for line in measurement.lines { Diagnostics.print(line) }
    if let shipped, measurement.gainsNothing(over: shipped.name) {
      Diagnostics.print(
        "codec: warning: \(shipped.name) is as good on what was held out; more files or minutes may "
          + "help")
    }
    Diagnostics.print(
      "\(out): codec \(hashText(codec.hash)), made in \(fixed((made - start) / .seconds(60), 1)) "
        + "minutes and measured in \(fixed((.now - made) / .seconds(60), 1)); CARD.md has its curve"
    )
  }

  /// The codec that such pictures are coded with by default; nil where there is none.
  private var shippedCodec: PictureCodec? {
    guard material.format.kind == .image,
      let name = try? CodecLibrary.defaultName(for: material.format, file: ""),
      case .picture(let codec)? = try? CodecLibrary.standard.codec(named: name)
    else { return nil }
    return codec
  }

  /// Trains a network and leaves the codec in `out`.
  ///
  /// - Returns: the steps that it took.
  private func train(
    _ recipe: TrainingRecipe, on pictures: TrainingPictures, from network: SynthesisNetwork?
  ) async throws -> Int {
    let folder = URL(fileURLWithPath: state)
    var bar = ProgressBar()
    let interrupt = Interrupt()
    var run = try TrainingRun(
      recipe: recipe, pictures: pictures, folder: folder, isResumed: command.resume, from: network
    ) { bar.show($0.rawValue, share: $1) }
    bar.finish()
    let fitted = ContinuousClock.now - start
    Diagnostics.print("fitted in \(fixed(fitted / .seconds(1), 0)) s; training")
    let (start, minutes) = (start, minutes)
    try await run.run(
      share: { (.now - start) / .seconds(60) / minutes }, isStopped: { interrupt.hasCome }
    ) { entry in
      let left = minutes - (ContinuousClock.now - start) / .seconds(60)
      Diagnostics.print(
        "step \(entry.step), \(fixed(1 / entry.seconds, 1)) a second: network gains "
          + "\(fixed(entry.psnr - entry.linear, 2)) dB"
          + (entry.heldOutGain.map { ", on files held out \(fixed($0, 2)) dB" } ?? "")
          + ", \(fixed(max(left, 0), 1)) min left")
    }
    if interrupt.hasCome {
      Diagnostics.print("stopped at step \(run.optimiser.steps); --resume goes on")
      throw ExitCode(1)
    }
    let files = FileManager.default
    if command.resume { try? files.removeItem(atPath: out) }
    try files.copyItem(
      at: folder.appendingPathComponent("codec"), to: URL(fileURLWithPath: out))
    return run.optimiser.steps
  }

  /// Fits a codec of many channels, all of a patch together.
  private func fit(to pictures: TrainingPictures, _ recipe: TrainingRecipe) throws {
    let levels = (0...3).last { material.format.channels << (2 * $0) <= 1024 } ?? 0
    var closedForm = ClosedFormFit(levels: levels, seed: recipe.seed)
    closedForm.scales = recipe.scales
    var bar = ProgressBar()
    let outcome = try closedForm.run(on: pictures.trained(by: recipe)) {
      bar.show($0.rawValue, share: $1)
    }
    bar.finish()
    _ = try outcome.codec.save(
      to: URL(fileURLWithPath: out),
      training: [
        "fit": "klt", "pictures": "\(outcome.pictures)", "patches": "\(outcome.patches)",
        "seed": "\(recipe.seed)", "heldOut": "\(recipe.heldOut)",
      ])
  }
}
