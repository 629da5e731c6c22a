import Foundation
import LearnedCodec
import Networks
import Signals
import Wavelets

/// A training on disk: the folder that it works in and goes on from.
///
/// `fit/` is the closed-form codec it starts from, `checkpoint.safetensors` the state of the
/// optimiser, `log.csv` what was found, and `codec/` the trained codec as of the last checkpoint.
/// Where the analysis moves, lines of the log with a validation end in bits of a pixel, by the
/// rate model, and PSNR for each of `validatedQualities`.
public struct TrainingRun: Sendable {
  /// How it trains.
  public let recipe: TrainingRecipe
  /// The state it has reached.
  public private(set) var optimiser: Adam
  private let folder: URL
  private let codec: PictureCodec
  private let training: SynthesisTraining
  private let source: CropSource
  private let validation: [Image]

  /// Means of the steps since the last entry of the log, and a validation where one was made.
  public struct Entry: Sendable {
    /// Steps made.
    public var step: Int
    /// What training makes small, without a unit: squared errors weighed by picture and step, and
    /// bits where the analysis moves.
    public var loss: Double
    /// Mean PSNR of the linear synthesis of the crops, in dB, for a peak of 255.
    public var linear: Double
    /// Mean PSNR of their synthesis with the network, in dB.
    public var psnr: Double
    /// Seconds of a step.
    public var seconds: Double
    /// Means on pictures held out, for each of `validatedQualities`.
    package var heldOut: [SynthesisTraining.Report] = []

    /// Mean gain of the network in dB on pictures held out, over all qualities.
    public var heldOutGain: Double? {
      heldOut.isEmpty
        ? nil : heldOut.reduce(0) { $0 + $1.psnr - $1.linear } / Double(heldOut.count)
    }
  }

  /// Qualities at which pictures held out are coded, 0...100.
  public static let validatedQualities = [0.0, 25, 50, 75, 100]
  /// Steps between entries of the log.
  static let logged = 100
  /// Steps between validations.
  static let validated = 1000
  /// Time between checkpoints at most, as far as entries of the log allow.
  static let longestUnsaved = Duration.seconds(300)

  /// What is being done before the first step, for a progress bar.
  public enum Stage: String, Sendable {
    case look = "looking at pictures"
    case fit = "closed-form fit"
    case crops = "reading pictures"
  }

  /// Starts a training in a folder, or goes on with the one that stopped there.
  ///
  /// - Parameters:
  ///   - recipe: how to train; that of the training it goes on with.
  ///   - pictures: to train on; one of `recipe.heldOut` of them is held out.
  ///   - folder: what the training keeps on disk; it has no folder `fit` unless it goes on.
  ///   - isResumed: whether to go on from the fit and the checkpoint, as far as they exist.
  ///   - network: what the weights start from, of the recipe's shape; nil for random ones.
  ///   - progress: called with the stage and the share of it that is done, 0...1.
  /// - Throws: `FitError`, `LinearAlgebraError`, `CodecFolderError`, `SafetensorsError`, or what
  ///   reading a picture or the checkpoint throws.
  package init(
    recipe: TrainingRecipe, pictures: TrainingPictures, folder: URL, isResumed: Bool,
    from network: SynthesisNetwork? = nil, progress: (Stage, Double) -> Void
  ) throws {
    self.recipe = recipe
    self.folder = folder
    let fit = folder.appendingPathComponent("fit")
    let isFitted = FileManager.default.fileExists(atPath: fit.path)
    if isFitted && isResumed {
      codec = try PictureCodec(folder: fit)
    } else {
      var closedForm = ClosedFormFit(
        levels: recipe.levels, channels: recipe.channels, seed: recipe.seed,
        isBandwise: recipe.isBandwise, pyramidLevels: recipe.pyramidLevels)
      (closedForm.steps, closedForm.scales) = (recipe.stepRange, recipe.scales)
      codec = try closedForm.run(on: pictures.trained(by: recipe)) {
        progress($0 == .entropyModel ? .fit : .look, $1)
      }.codec.save(to: fit, training: recipe.fields)
    }
    // Of other planes there is no luma.
    guard recipe.tuning == .psnr || codec.eyeWeights != nil && [1, 3].contains(codec.planes) else {
      throw CodecFolderError.field(
        path: fit.path, field: "training.tuning", value: "eye for a codec that has none")
    }
    source = try CropSource(trainedBy: recipe, pictures) { progress(.crops, $0) }
    let planes = source.planes
    validation = try (0..<pictures.count).filter(recipe.isHeldOut).prefix(Self.validationPictures)
      .compactMap { index in
        guard let picture = try pictures.picture(index), picture.image.planes == planes else {
          return nil
        }
        let scale = (recipe.scales.lowerBound + recipe.scales.upperBound) / 2
        let image =
          picture.isScaled(by: recipe.scales) ? picture.image.downscaled(by: scale) : picture.image
        let patches = image.cut(toMultiplesOf: 1 << recipe.levels)
        return patches.samples.isEmpty ? nil : patches
      }
    training = SynthesisTraining(
      codec: codec, recipe: recipe, source: source, from: network)
    let checkpoint = folder.appendingPathComponent("checkpoint.safetensors")
    if isResumed, FileManager.default.fileExists(atPath: checkpoint.path) {
      optimiser = try Adam(
        training.initialParameters.entries,
        from: Safetensors(
          parsing: [UInt8](Data(contentsOf: checkpoint)), name: checkpoint.path))
    } else {
      optimiser = Adam(training.initialParameters)
    }
  }

  /// At most so many pictures are held out for validation, which takes time.
  private static let validationPictures = 12

  /// Pictures that crops are cut from.
  public var pictureCount: Int { source.count }

  /// Multiplications and additions of a step in matrix products.
  public var operations: Double {
    let side = recipe.side >> recipe.network.levels
    let patches = recipe.crops * side * side
    // A product forward, and one for each of its two derivatives.
    return Double(6 * training.multiplications * patches)
  }

  /// Trains until the recipe's steps are made, or until `isStopped`, and saves its state then.
  ///
  /// - Parameters:
  ///   - share: the share of the training that is done by the time a step begins, 0...1, where time
  ///     and not the recipe's number of steps ends it.
  ///   - isStopped: asked before every step.
  ///   - report: called with each entry of the log, one every 100 steps.
  /// - Throws: `LinearAlgebraError` or `CodecFolderError` where the trained codec cannot be fitted
  ///   or saved, or what writing a file and `report` throw.
  public mutating func run(
    share: (@Sendable () -> Double)? = nil, isStopped: () -> Bool,
    report: (Entry) async throws -> Void
  ) async throws {
    var sums = (loss: 0.0, linear: 0.0, psnr: 0.0, count: 0.0)
    var start = ContinuousClock.now
    var saved = start
    func progress() -> Double { share?() ?? Double(optimiser.steps) / Double(recipe.steps) }
    while progress() < 1, !isStopped() {
      let rate = learningRate(
        highest: recipe.rate, warmUp: recipe.warmUp, step: optimiser.steps,
        share: Float(progress()))
      let result = await training.step(&optimiser, source: source, rate: rate)
      sums.loss += result.loss
      sums.linear += result.linear
      sums.psnr += result.psnr
      sums.count += 1
      guard optimiser.steps % Self.logged == 0 else { continue }
      var entry = Entry(
        step: optimiser.steps, loss: sums.loss / sums.count, linear: sums.linear / sums.count,
        psnr: sums.psnr / sums.count,
        seconds: (ContinuousClock.now - start) / .seconds(1) / sums.count)
      if optimiser.steps % Self.validated == 0, !validation.isEmpty {
        entry.heldOut = await training.validate(
          validation, qualities: Self.validatedQualities, optimiser.average)
      }
      if !entry.heldOut.isEmpty || ContinuousClock.now - saved > Self.longestUnsaved {
        try save()
        saved = .now
      }
      try log(entry)
      try await report(entry)
      sums = (0, 0, 0, 0)
      start = ContinuousClock.now
    }
    try save()
  }

  /// The trained codec, not yet saved.
  ///
  /// The ranges of its network, and where its analysis has moved its entropy model, are of random
  /// crops, always the same.
  /// - Throws: `LinearAlgebraError` where that fit has no solution.
  public func trained() throws(LinearAlgebraError) -> PictureCodec {
    var trained = training.codec(optimiser.average)
    if recipe.trainsAnalysis {
      trained = try trained.withEntropyModel(like: codec, source: source, seed: recipe.seed)
    }
    return trained.measuringRanges(source: source, recipe: recipe)
  }

  /// Writes the state and the trained codec, each complete before it takes its name.
  private func save() throws {
    try Data(Safetensors(tensors: optimiser.tensors).serialized())
      .write(to: folder.appendingPathComponent("checkpoint.safetensors"), options: .atomic)
    var fields = recipe.fields
    fields["steps"] = "\(optimiser.steps)"
    _ = try trained().replaceCodec(of: folder, training: fields)
  }

  private func log(_ entry: Entry) throws {
    let path = folder.appendingPathComponent("log.csv")
    var text = (try? String(contentsOf: path, encoding: .utf8)) ?? Self.header
    text += [entry.loss, entry.linear, entry.psnr, entry.seconds].reduce("\(entry.step)") {
      $0 + String(format: ",%.5g", $1)
    }
    text += "," + (entry.heldOutGain.map { String(format: "%.4f", $0) } ?? "")
    if recipe.trainsAnalysis {
      for report in entry.heldOut {
        text += String(format: ",%.4f,%.3f", report.bitsPerPixel, report.psnr)
      }
    }
    text += "\n"
    try Data(text.utf8).write(to: path, options: .atomic)
  }

  private static let header = "step,loss,linear_psnr_db,psnr_db,seconds,held_out_gain_db\n"
}

extension Image {
  /// The top left part of a picture whose sides are multiples of `side`.
  fileprivate func cut(toMultiplesOf side: Int) -> Image {
    rows(0..<height / side * side).columns(0..<width / side * side)
  }
}
