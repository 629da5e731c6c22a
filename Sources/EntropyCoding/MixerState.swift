/// What a `ContextMixer` knows: the form in which a codec freezes it.
public struct MixerState: Sendable, Equatable {
  /// Weights of one set: one for each of three contexts and one for a constant.
  public static let weightsInSet = 4
  /// Initial weight: each context counts 0.4, in units of 2^-16.
  static let initialWeight: Int32 = 26214

  /// The states of all contexts, in the order of their indices.
  public var contexts: [AdaptiveBit]
  /// Shape [weight sets, `weightsInSet`], in units of 2^-16, each at most 2^18 in magnitude.
  public var weights: [Int32]
  /// Decisions over which an old context averages, 1...1023.
  public var limit: UInt32

  /// Nothing learned: all probabilities one half.
  public init(contexts: Int, weightSets: Int, limit: UInt32) {
    self.contexts = [AdaptiveBit](repeating: AdaptiveBit(), count: contexts)
    weights = (0..<weightSets * Self.weightsInSet).map {
      $0 % Self.weightsInSet < Self.weightsInSet - 1 ? Self.initialWeight : 0
    }
    self.limit = limit
  }
}
