/// `ContextMixer` for decisions of which more is known: seven contexts instead of three, in
/// vectors. Integers only.
public struct VectorMixer: ~Copyable {
  /// Contexts of a decision.
  public static let contexts = 7
  /// The contexts of one decision by their indices, the last one 0.
  public typealias Contexts = SIMD8<Int32>

  @usableFromInline let states: FixedBuffer<AdaptiveBit>
  @usableFromInline let weights: FixedBuffer<SIMD8<Int32>>
  @usableFromInline let limit: UInt32
  @usableFromInline let stretch = FixedBuffer(Logistic.stretchTable)
  @usableFromInline let squash = FixedBuffer(Logistic.squashTable)
  @usableFromInline let reciprocals = FixedBuffer(AdaptiveBit.reciprocals)

  /// Step of the weights: the error in units of 2^-16 times log-odds, times 2^-15. Best of 13 to
  /// 16 on held-out music.
  @inlinable static var learningShift: Int32 { 15 }
  /// Bound of the weights, 2, which keeps the weighed sum within 32 bits:
  /// (7 * 2047 + 256) * 2^17 < 2^31.
  @inlinable static var largestWeight: Int32 { 1 << 17 }

  /// A mixer that goes on from `state`.
  public init(_ state: VectorMixerState) {
    states = FixedBuffer(state.contexts)
    let bound = SIMD8(repeating: Self.largestWeight)
    weights = FixedBuffer(
      state.weights.map { $0.clamped(lowerBound: 0 &- bound, upperBound: bound) })
    limit = min(max(state.limit, 1), 1023)
  }

  /// What the mixer knows now.
  public var state: VectorMixerState {
    VectorMixerState(contexts: states.array, weights: weights.array, limit: limit)
  }

  /// The probability that a decision is true, in units of 2^-16, which nothing is learned from.
  @inlinable
  public func probability(contexts: Contexts, weights set: Int) -> UInt32 {
    predict(contexts, weights: set).probability
  }

  /// The log-odds of contexts, and the probability that a set of weights makes of them.
  @inlinable @inline(__always)
  func predict(
    _ contexts: Contexts, weights set: Int
  ) -> (inputs: SIMD8<Int32>, probability: UInt32) {
    precondition(
      contexts.min() >= 0 && contexts.max() < states.count && set >= 0 && set < weights.count,
      "a context or weight set that the mixer does not have")
    var inputs = SIMD8<Int32>(repeating: 256)
    for index in 0..<Self.contexts {
      // Probabilities have 16 bits, and the table 2^12 entries.
      inputs[index] = Int32(
        stretch.base[Int(states.base[Int(contexts[index])].probability >> 4)])
    }
    let sum = (inputs &* weights.base[set]).wrappedSum()
    let logOdds = min(max(sum >> 16, -2047), 2047)
    return (inputs, UInt32(squash.base[Int(logOdds &+ 2048)]))
  }

  /// Codes one decision with a set of weights, and learns from it.
  @inlinable @inline(__always)
  public func code<Coder: BinaryCoder>(
    _ bit: Bool, with coder: inout Coder, contexts: Contexts, weights set: Int
  ) -> Bool {
    let (inputs, probability) = predict(contexts, weights: set)
    let (states, weight) = (states.base, weights.base[set])
    let result = coder.code(bit, probability: probability)
    let error = (result ? 65535 : 0) &- Int32(bitPattern: probability)
    // |error| < 2^16 and |inputs| < 2^11: the product fits 32 bits.
    let half = SIMD8<Int32>(repeating: 1 << (Self.learningShift &- 1))
    let step = (inputs &* error &+ half) &>> SIMD8(repeating: Self.learningShift)
    let bound = SIMD8(repeating: Self.largestWeight)
    // Not `clamped`, which is a call.
    let moved = weight &+ step
    weights.base[set] = moved.replacing(with: bound, where: moved .> bound)
      .replacing(with: 0 &- bound, where: moved .< 0 &- bound)
    for index in 0..<Self.contexts {
      states[Int(contexts[index])].update(result, limit: limit, reciprocals: reciprocals.base)
    }
    return result
  }
}

/// What a `VectorMixer` knows: the form in which a codec freezes it.
public struct VectorMixerState: Sendable, Equatable {
  /// The states of all contexts, in the order of their indices.
  public var contexts: [AdaptiveBit]
  /// Sets of weights, one for each of seven contexts and one for a constant, in units of 2^-16.
  public var weights: [SIMD8<Int32>]
  /// Decisions over which an old context averages, 1...1023.
  public var limit: UInt32

  /// A state from its parts.
  public init(contexts: [AdaptiveBit], weights: [SIMD8<Int32>], limit: UInt32) {
    self.contexts = contexts
    self.weights = weights
    self.limit = limit
  }

  /// Nothing learned: all probabilities one half, each context counts 0.2.
  public init(contexts: Int, weightSets: Int, limit: UInt32) {
    self.init(
      contexts: [AdaptiveBit](repeating: AdaptiveBit(), count: contexts),
      weights: [SIMD8<Int32>](
        repeating: SIMD8(13107, 13107, 13107, 13107, 13107, 13107, 13107, 0), count: weightSets),
      limit: limit)
  }
}
