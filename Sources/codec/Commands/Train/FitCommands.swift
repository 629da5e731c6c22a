import Foundation
import LearnedCodec
import MediaFiles
import Training

extension TrainCommand {
  /// The fit to sounds.
  func fitSounds(of folder: String, to out: String) throws {
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
  func fit(to pictures: TrainingPictures, as out: String) throws {
    let seed = seed ?? 1
    var closedForm = ClosedFormFit(
      levels: levels ?? 3, channels: channels, seed: seed, isBandwise: fit == .bandwise,
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
  func refit(_ path: String, to pictures: TrainingPictures, as out: String) throws {
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
}
