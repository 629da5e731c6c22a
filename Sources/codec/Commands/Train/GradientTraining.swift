import ArgumentParser
import Benchmarking
import Foundation
import LearnedCodec
import MediaFiles
import Training

extension TrainCommand {
  /// Training by gradient.
  func train(
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
  func makeCodec(of folder: String, pictures: TrainingPictures) throws {
    var bar = ProgressBar()
    let codec = try TrainingRun.finish(
      folder: URL(fileURLWithPath: folder), pictures: pictures
    ) {
      bar.show(TrainingRun.Stage.crops.rawValue, share: $0)
    }
    bar.finish()
    Diagnostics.print("\(folder)/codec: codec \(hashText(codec.hash))")
  }
}
