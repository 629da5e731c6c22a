/// Why a training cannot go on.
public enum LearningError: Error, Equatable, CustomStringConvertible {
  /// There is nothing to learn from.
  case noExamples
  /// The loss is no longer a finite number.
  case diverged(step: Int)
  /// The checkpoint is of a training with another schedule or seed.
  case otherSchedule(file: String)
  /// The checkpoint is of a training of more epochs than are asked for.
  case fewerEpochs(file: String, trained: Int, asked: Int)

  /// One sentence.
  public var description: String {
    switch self {
    case .noExamples: "there are no examples to learn from"
    case .diverged(let step):
      "the loss is not finite at step \(step): try a lower learning rate"
    case .otherSchedule(let file):
      "\(file) is of a training with another schedule or seed, and cannot be gone on with"
    case .fewerEpochs(let file, let trained, let asked):
      "\(file) is of a training of \(trained) epochs, which goes on to as many or more, not to \(asked)"
    }
  }
}
