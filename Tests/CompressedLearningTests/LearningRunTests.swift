import Foundation
import Networks
import Signals
import TestSupport
import Testing

@testable import CompressedLearning

/// Two classes of generated grids: stripes along rows and along columns, with noise.
private struct Stripes {
  let inputs: [[Float]]
  static let side = 6

  init(count: Int, seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    inputs = (0..<count).map { index in
      let phase = Int.random(in: 0..<2, using: &random)
      return (0..<Self.side * Self.side * 8).map { place in
        let (row, column) = (place / 8 / Self.side, place / 8 % Self.side)
        let line = index % 2 == 0 ? row : column
        // Channels differ, for what is the same in all of them normalisation takes away.
        return ((line + phase + place) % 2 == 0 ? 1 : -1)
          + Float.random(in: -0.5...0.5, using: &random)
      }
    }
  }

  func loss(_ index: Int, _ weights: Weights) -> Variable {
    logits(index, weights).crossEntropy(against: index % 2 == 0 ? [1, 0] : [0, 1])
  }

  func logits(_ index: Int, _ weights: Weights) -> Variable {
    let input = FeatureMap(inputs[index], rows: Self.side, columns: Self.side, channels: 8)
    return Self.network(input, weights).features
  }

  static let network = Network(inputs: 8, [.residual(hidden: 8), .mean, .linear(2)])
}

@Suite struct LearningRunTests {
  private let stripes = Stripes(count: 22, seed: 1)

  private func run(
    _ checkpoint: URL? = nil, isResumed: Bool = false, stopAfter stop: Int = .max, epochs: Int = 3,
    seed: UInt64 = 1, patience: Int? = nil, stripes: Stripes? = nil,
    validation: ((Parameters) -> Double)? = nil
  ) async throws -> LearningRun {
    var schedule = LearningSchedule()
    (schedule.epochs, schedule.batch, schedule.warmUp) = (epochs, 4, 4)
    (schedule.rate, schedule.seed, schedule.patience) = (0.03, seed, patience)
    var random = SeededGenerator(seed: 5)
    var run = try LearningRun(
      Stripes.network.initialParameters(using: &random), schedule: schedule,
      checkpoint: checkpoint, isResumed: isResumed)
    var asked = 0
    let stripes = stripes ?? self.stripes
    try await run.run(
      examples: stripes.inputs.count, validation: validation,
      isStopped: {
        asked += 1
        return asked > stop
      }
    ) { example, weights, _ in stripes.loss(example, weights) }
    return run
  }

  @Test func itLearns() async throws {
    let run = try await run(epochs: 20, stripes: Stripes(count: 80, seed: 1))
    #expect(run.history.count == 20)
    #expect(run.history[19].loss < 0.3 && run.history[0].loss > run.history[19].loss)
    let unseen = Stripes(count: 20, seed: 9)
    var matrix = ConfusionMatrix(labels: ["rows", "columns"])
    for index in unseen.inputs.indices {
      let logits = unseen.logits(index, run.result.constants()).values
      matrix.add(label: index % 2, predicted: logits[0] > logits[1] ? 0 : 1)
    }
    #expect(matrix.accuracy >= 0.9 && matrix.total == 20)
  }

  @Test func theSameSeedGivesTheSameWeights() async throws {
    let first = try await run()
    #expect(try await run().optimiser == first.optimiser)
    #expect(try await run(seed: 2).optimiser != first.optimiser)
  }

  @Test(arguments: [1, 6, 9, 14])
  func aStoppedTrainingGoesOnAsIfNothingHadBeen(steps: Int) async throws {
    let folder = try TemporaryFolder()
    let checkpoint = URL(fileURLWithPath: folder.file("run.safetensors"))
    let validation = { (parameters: Parameters) in abs(Double(parameters.values[0][0])) }
    let whole = try await run(validation: validation)
    let stopped = try await run(checkpoint, stopAfter: steps, validation: validation)
    #expect(stopped.optimiser.steps == steps)
    let resumed = try await run(checkpoint, isResumed: true, validation: validation)
    #expect(resumed.optimiser == whole.optimiser)
    #expect(resumed.history == whole.history && resumed.best == whole.best)
  }

  /// A training that has ended goes on with the steps of a longer one, which can be stopped as well.
  @Test(arguments: [nil, 20, 25])
  func anEndedTrainingGoesOnToMoreEpochs(stop: Int?) async throws {
    let folder = try TemporaryFolder()
    let checkpoint = URL(fileURLWithPath: folder.file("run.safetensors"))
    #expect(try LearningRun.epochsDone(checkpoint: checkpoint) == nil)
    let short = try await run(checkpoint)
    #expect(try LearningRun.epochsDone(checkpoint: checkpoint) == 3)
    // With as many epochs nothing is left to do.
    #expect(try await run(checkpoint, isResumed: true).optimiser == short.optimiser)
    if let stop {
      let stopped = try await run(
        checkpoint, isResumed: true, stopAfter: stop - short.optimiser.steps, epochs: 6)
      #expect(stopped.optimiser.steps == stop)
    }
    let long = try await run(checkpoint, isResumed: true, epochs: 6)
    #expect(long.optimiser.steps == 36 && long.history.map(\.epoch) == Array(1...6))
    #expect(Array(long.history[..<3]) == short.history)

    // The same steps by hand: three epochs at the rates of three, and three at those of six.
    let other = URL(fileURLWithPath: folder.file("other.safetensors"))
    _ = try await run(other)
    #expect(try await run(other, isResumed: true, epochs: 6).optimiser == long.optimiser)
    #expect(try await run(epochs: 6).optimiser != long.optimiser)
    await #expect(
      throws: LearningError.fewerEpochs(file: checkpoint.path, trained: 6, asked: 5)
    ) { try await run(checkpoint, isResumed: true, epochs: 5) }
  }

  @Test func theBestWeightsAreKeptAndTrainingStopsEarly() async throws {
    nonisolated(unsafe) var calls = 0
    let run = try await run(epochs: 20, patience: 3) { _ in
      calls += 1
      return calls == 2 ? 1 : 2
    }
    #expect(run.history.count == 5 && run.history[1].validation == 1)
    #expect(run.best != nil && run.best != run.optimiser.average)
  }

  @Test func damagedCheckpointsAreRefused() async throws {
    let folder = try TemporaryFolder()
    let checkpoint = URL(fileURLWithPath: folder.file("run.safetensors"))
    _ = try await run(checkpoint, stopAfter: 2)
    await #expect(throws: LearningError.otherSchedule(file: checkpoint.path)) {
      try await run(checkpoint, isResumed: true, seed: 7)
    }
    try Data(contentsOf: checkpoint).dropLast(1).write(to: checkpoint)
    await #expect(throws: SafetensorsError.self) { try await run(checkpoint, isResumed: true) }
  }

  @Test func whatCannotBeLearnedFromIsRefused() async throws {
    var run = try LearningRun(Parameters([.init("a", rows: 1, columns: 1)]), schedule: .init())
    await #expect(throws: LearningError.noExamples) {
      try await run.run(examples: 0) { _, weights, _ in weights["a"] }
    }
    await #expect(throws: LearningError.diverged(step: 0)) {
      try await run.run(examples: 1) { _, weights, _ in
        weights["a"].scaled(by: Variable(constant: [.nan], rows: 1, columns: 1))
      }
    }
  }
}
