import ArgumentParser
import CompressedLearning
import Foundation
import MediaFiles
import Signals

/// The folder that a training writes to.
struct TrainingFolder: ParsableArguments {
  @Option(
    name: .joined("o"), help: "Folder to write to; it must not exist unless resumed.",
    completion: .directory)
  var out: String

  @Flag(help: "Go on with the training in --out.")
  var resume = false

  /// What the help of each command that trains says of `--resume`.
  static let help = """
    Control-C stops at a checkpoint, from which --resume goes on as if nothing had been. With more \
    --epochs it goes on too, even from the end of a training: from there on learning rates are \
    those of the longer one, so that this is not the same as one long training.
    """

  /// Throws where the folder exists and its training is not to be gone on with.
  func check() throws {
    guard resume || !FileManager.default.fileExists(atPath: out) else {
      throw Refusal(
        "\(out) exists; --resume goes on with the training in it, --out names another folder")
    }
  }

  /// Makes the folder. From here on control-C stops a training where it can go on.
  func begin() throws -> Trainings {
    try makeFolder(out)
    return Trainings(folder: self, interrupt: Interrupt())
  }
}

/// How many models are trained on each input.
struct SeedOptions: ParsableArguments {
  @Option(help: "How many models to train, with seeds from --seed on.")
  var seeds = 1

  @Option(help: "First seed of weights, order and augmentation.")
  var seed: UInt64 = 1

  func validate() throws {
    try demand((1...100).contains(seeds), "--seeds is a number 1...100")
  }

  /// All seeds, one a model.
  var all: [UInt64] { (0..<UInt64(seeds)).map { seed &+ $0 } }
}

/// The trainings of a command, one after the other, each by a name that its files begin with.
struct Trainings {
  let folder: TrainingFolder
  let interrupt: Interrupt

  /// A training and where its files lie.
  struct Named {
    /// The folder of a training with several models; files are called like it.
    let models: URL
    fileprivate let isResumed: Bool
    let isStopped: () -> Bool

    /// The file of this ending.
    func file(_ ending: String) -> URL { models.appendingPathExtension(ending) }
    /// The file of the model.
    var model: URL { file("safetensors") }
    /// The file of the state.
    var checkpoint: URL { file("checkpoint") }
    /// The training of a network with the state in a file, from where it stopped.
    func run(
      _ network: Network, _ schedule: LearningSchedule, checkpoint: URL? = nil
    ) throws -> LearningRun {
      try LearningRun(
        network, schedule: schedule, checkpoint: checkpoint ?? self.checkpoint, isResumed: isResumed
      )
    }

    /// Whether `made` is there to go on with, from a training that has ended and was not shorter than
    /// this one.
    func hasMade(_ made: URL, epochs: Int, checkpoints: [URL]) throws -> Bool {
      guard isResumed, FileManager.default.fileExists(atPath: made.path) else { return false }
      return try checkpoints.allSatisfy {
        try LearningRun.epochsDone(checkpoint: $0) ?? epochs >= epochs
      }
    }
  }

  /// Runs a training and measures its time.
  ///
  /// - Parameters:
  ///   - found: the model of one that has ended, which is taken as it is.
  ///   - train: gives the model, or nil where it was stopped, which ends the command.
  /// - Returns: The model, and the seconds of its training; nil where it was there already.
  func run<Model>(
    _ name: String, found: (Named) throws -> Model? = { _ in nil },
    train: (Named) async throws -> Model?
  ) async throws -> (model: Model, seconds: Double?) {
    let training = Named(
      models: URL(fileURLWithPath: folder.out).appendingPathComponent(name),
      isResumed: folder.resume, isStopped: { interrupt.hasCome })
    if let model = try found(training) { return (model, nil) }
    let start = ContinuousClock.now
    guard let model = try await train(training) else {
      Diagnostics.print("stopped; --resume goes on")
      throw ExitCode(1)
    }
    return (model, (ContinuousClock.now - start) / .seconds(1))
  }
}
