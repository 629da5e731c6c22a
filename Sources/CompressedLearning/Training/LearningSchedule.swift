import Networks

/// How long and how fast a model learns.
public struct LearningSchedule: Sendable, Equatable, Codable {
  /// Times that every example is seen.
  public var epochs = 60
  /// Examples of a step, at least 1.
  public var batch = 16
  /// Highest learning rate: reached after the warm-up, then half a cosine down to nothing.
  public var rate: Float = 2e-3
  /// Steps in which the learning rate rises to it.
  public var warmUp = 50
  /// What matrices lose at each step, times the learning rate (I. Loshchilov and F. Hutter,
  /// "Decoupled weight decay regularization", 2019).
  public var weightDecay: Float = 0.02
  /// Longer gradients are scaled to this length.
  public var largestNorm: Float = 1
  /// Epochs without a better validation after which training ends; nil for never.
  public var patience: Int?
  /// Seed of the order of the examples and of what is random in them.
  public var seed: UInt64 = 1

  /// The schedule of the properties' defaults.
  public init() {}

  /// Steps of an epoch of so many examples; the last one may be smaller.
  public func steps(examples: Int) -> Int { (examples + batch - 1) / batch }

  /// The learning rate at a step, counted from 0, of so many.
  public func rate(at step: Int, of steps: Int) -> Float {
    learningRate(
      highest: rate, warmUp: warmUp, step: step, share: Float(step) / Float(max(steps, 1)))
  }
}
