import Foundation
import Networks
import Signals

/// A training that learns from examples: weights, the optimiser and what was found so far.
///
/// What an example is, only the closure knows that makes its loss; the run shuffles, makes batches,
/// steps, validates and keeps the best weights. With a checkpoint file it can be stopped anywhere
/// and goes on as if nothing had been. With a schedule of more epochs it goes on too, even from its
/// end: the steps that were taken stay as they are, and those to come have the learning rates of the
/// longer schedule.
///
/// ```swift
/// var run = try LearningRun(network, schedule: schedule)
/// try await run.run(examples: count) { example, weights, _ in
///   network(inputs[example], weights).features.crossEntropy(against: targets[example])
/// }
/// ```
public struct LearningRun: Sendable {
  /// How it learns.
  public let schedule: LearningSchedule
  /// Weights and moments.
  public private(set) var optimiser: Adam
  /// The moving average of the weights at the best validation so far; nil before the first.
  public private(set) var best: Parameters?
  /// A line an epoch.
  public private(set) var history: [Entry] = []
  /// Sum of the losses of the steps since the last entry.
  private var lossSum = 0.0
  private let checkpoint: URL?

  /// What an epoch has come to.
  public struct Entry: Sendable, Equatable, Codable {
    /// Epochs done.
    public var epoch: Int
    /// Mean training loss of the epoch.
    public var loss: Double
    /// What validation found for the moving average of the weights, smaller is better; nil without
    /// a validation.
    public var validation: Double?
  }

  /// The weights that a finished training has found: the best of a validation, or else the moving
  /// average of the last.
  public var result: Parameters { best ?? optimiser.average }

  /// A training from these weights.
  ///
  /// - Parameters:
  ///   - parameters: the weights to start from, unless it goes on from a file.
  ///   - schedule: how long and how fast it learns.
  ///   - checkpoint: a file to keep the state in, at each epoch, each minute, and when stopped.
  ///   - isResumed: whether to go on from the file, where it exists.
  /// - Throws: `SafetensorsError` where the file is damaged or of another network, `LearningError`
  ///   where it is of another schedule that differs in more than fewer epochs, or what reading the
  ///   file throws.
  public init(
    _ parameters: Parameters, schedule: LearningSchedule, checkpoint: URL? = nil,
    isResumed: Bool = false
  ) throws {
    self.schedule = schedule
    self.checkpoint = checkpoint
    optimiser = Adam(parameters)
    if isResumed, let checkpoint, FileManager.default.fileExists(atPath: checkpoint.path) {
      try restore(
        Safetensors(parsing: [UInt8](Data(contentsOf: checkpoint)), name: checkpoint.path),
        parameters.entries)
    }
  }

  /// A training of a network from random weights, of the seed of the schedule; see the other
  /// initialiser.
  public init(
    _ network: Network, schedule: LearningSchedule, checkpoint: URL? = nil, isResumed: Bool = false
  ) throws {
    var generator = SeededGenerator(seed: schedule.seed)
    try self.init(
      network.initialParameters(using: &generator), schedule: schedule, checkpoint: checkpoint,
      isResumed: isResumed)
  }

  /// Learns until the schedule ends, validation no longer gets better, or `isStopped`.
  ///
  /// - Parameters:
  ///   - examples: how many there are.
  ///   - validation: what these weights are worth on examples held out, smaller is better.
  ///   - isStopped: asked before every step.
  ///   - report: called after each epoch.
  ///   - loss: of an example, a single number; the generator is for augmentation, and always the
  ///     same for the same step of the same seed.
  /// - Returns: whether training has ended, and was not stopped.
  /// - Throws: `LearningError.noExamples` or `diverged`, or what `loss`, `validation` and writing a
  ///   file throw.
  @discardableResult
  public mutating func run(
    examples: Int, validation: ((Parameters) async throws -> Double)? = nil,
    isStopped: () -> Bool = { false }, report: (Entry) -> Void = { _ in },
    loss:
      @escaping @Sendable (_ example: Int, _ weights: Weights, _ generator: inout SeededGenerator)
      throws -> Variable
  ) async throws -> Bool {
    guard examples > 0 else { throw LearningError.noExamples }
    let stepsPerEpoch = schedule.steps(examples: examples)
    let steps = schedule.epochs * stepsPerEpoch
    var saved = ContinuousClock.now
    while optimiser.steps < steps, !hasStoppedEarly {
      if isStopped() {
        try save()
        return false
      }
      let (epoch, index) = optimiser.steps.quotientAndRemainder(dividingBy: stepsPerEpoch)
      let order = order(of: examples, epoch: epoch)
      let batch = Array(
        order[index * schedule.batch..<min((index + 1) * schedule.batch, examples)])
      let seed = schedule.seed &+ UInt64(optimiser.steps) &* 0x9E37_79B9_7F4A_7C15
      let step = try await batchGradient(
        examples: batch.count, parameters: optimiser.parameters
      ) { index, weights in
        var generator = SeededGenerator(seed: seed &+ UInt64(index) &* 0xD1B5_4A32_D192_ED03)
        let loss = try loss(batch[index], weights, &generator)
        return (loss, Double(loss.values[0]))
      }
      let mean = step.reports.reduce(0, +) / Double(batch.count)
      guard mean.isFinite else { throw LearningError.diverged(step: optimiser.steps) }
      optimiser.step(
        step.gradient, rate: schedule.rate(at: optimiser.steps, of: steps),
        largestNorm: schedule.largestNorm, decay: schedule.weightDecay)
      lossSum += mean
      let isEpochDone = index == stepsPerEpoch - 1
      if isEpochDone {
        try await endEpoch(epoch + 1, steps: stepsPerEpoch, validation)
        report(history[history.count - 1])
      }
      if isEpochDone || ContinuousClock.now - saved > .seconds(60) {
        try save()
        saved = .now
      }
    }
    return true
  }

  /// A random order of the examples, always the same for an epoch.
  private func order(of examples: Int, epoch: Int) -> [Int] {
    var generator = SeededGenerator(
      seed: schedule.seed ^ (UInt64(epoch) &+ 1) &* 0xA24B_AED4_963E_E407)
    return (0..<examples).shuffled(using: &generator)
  }

  private mutating func endEpoch(
    _ epoch: Int, steps: Int, _ validation: ((Parameters) async throws -> Double)?
  ) async throws {
    var entry = Entry(epoch: epoch, loss: lossSum / Double(steps))
    lossSum = 0
    if let validation {
      let found = try await validation(optimiser.average)
      // What is not a number is no better than nothing.
      entry.validation = found.isFinite ? found : nil
      if found < bestValidation { best = optimiser.average }
    }
    history.append(entry)
  }

  private var bestValidation: Double {
    history.compactMap(\.validation).min() ?? .infinity
  }

  /// Whether so many epochs have brought nothing that early stopping ends the training.
  private var hasStoppedEarly: Bool {
    guard let patience = schedule.patience else { return false }
    let found = history.compactMap(\.validation)
    guard let smallest = found.min(), let index = found.firstIndex(of: smallest) else {
      return false
    }
    return found.count - 1 - index >= patience
  }
}

// MARK: The state in a file

extension LearningRun {
  private func save() throws {
    guard let checkpoint else { return }
    var tensors = optimiser.tensors
    if let best { tensors.merge(best.tensors(prefix: "best.")) { first, _ in first } }
    // The same state gives the same bytes.
    let metadata = ["run": try sortedJSON(state)]
    try Data(Safetensors(tensors: tensors, metadata: metadata).serialized())
      .write(to: checkpoint, options: .atomic)
  }

  /// What a checkpoint holds beside weights.
  private struct State: Codable {
    var schedule: LearningSchedule
    var history: [Entry]
    var lossSum: Double
  }

  private var state: State { State(schedule: schedule, history: history, lossSum: lossSum) }

  /// How many epochs a checkpoint has done; nil where there is none.
  ///
  /// - Throws: `SafetensorsError` where the file is damaged.
  public static func epochsDone(checkpoint: URL) throws -> Int? {
    guard FileManager.default.fileExists(atPath: checkpoint.path) else { return nil }
    return try state(
      of: Safetensors(parsing: [UInt8](Data(contentsOf: checkpoint)), name: checkpoint.path)
    ).history.count
  }

  private static func state(of file: Safetensors) throws -> State {
    guard let text = file.metadata["run"],
      let state = try? JSONDecoder().decode(State.self, from: Data(text.utf8))
    else {
      throw SafetensorsError.file(file.name, what: "it is no checkpoint of a training")
    }
    return state
  }

  private mutating func restore(_ file: Safetensors, _ entries: [Parameters.Entry]) throws {
    let state = try Self.state(of: file)
    var longer = state.schedule
    longer.epochs = schedule.epochs
    guard longer == schedule else { throw LearningError.otherSchedule(file: file.name) }
    guard state.schedule.epochs <= schedule.epochs else {
      throw LearningError.fewerEpochs(
        file: file.name, trained: state.schedule.epochs, asked: schedule.epochs)
    }
    optimiser = try Adam(entries, from: file)
    history = state.history
    lossSum = state.lossSum
    if file.tensors.keys.contains(where: { $0.hasPrefix("best.") }) {
      best = try Parameters(entries, from: file, prefix: "best.")
    }
  }
}
