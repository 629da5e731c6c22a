/// Adaptive binary models whose predictions are mixed in the logistic domain, integers only.
///
/// Each decision is predicted by three contexts; their log-odds are weighed by a small linear
/// model, itself learned as decisions are coded (M. Mahoney, "Adaptive weighing of context models
/// for lossless data compression", 2005). Contexts and weight sets are given by index.
public struct ContextMixer: ~Copyable {
  @usableFromInline let contexts: FixedBuffer<AdaptiveBit>
  @usableFromInline let weights: FixedBuffer<Int32>
  @usableFromInline let limit: UInt32
  @usableFromInline let stretch = FixedBuffer(Logistic.stretchTable)
  @usableFromInline let squash = FixedBuffer(Logistic.squashTable)
  @usableFromInline let reciprocals = FixedBuffer(AdaptiveBit.reciprocals)

  /// Step of the weights: the error in units of 2^-16 times log-odds, times 2^-15. Best of 14 to
  /// 18 on held-out photographs.
  @inlinable static var learningShift: Int32 { 15 }
  /// Bound of the weights, which keeps the weighed sum within 32 bits.
  @inlinable static var largestWeight: Int32 { 1 << 18 }

  /// A mixer that goes on from `state`.
  public init(_ state: MixerState) {
    contexts = FixedBuffer(state.contexts)
    weights = FixedBuffer(
      state.weights.map { min(max($0, -Self.largestWeight), Self.largestWeight) })
    limit = min(max(state.limit, 1), 1023)
  }

  /// What the mixer knows now.
  public var state: MixerState {
    var state = MixerState(contexts: 0, weightSets: 0, limit: limit)
    (state.contexts, state.weights) = (contexts.array, weights.array)
    return state
  }

  /// Codes one decision with three contexts and a set of weights, and learns from it.
  ///
  /// Indices are within the contexts and the sets of weights.
  @inlinable @inline(__always)
  public func code<Coder: BinaryCoder>(
    _ bit: Bool, with coder: inout Coder, contexts first: Int, _ second: Int, _ third: Int,
    weights set: Int
  ) -> Bool {
    precondition(
      first < contexts.count && second < contexts.count && third < contexts.count
        && set * 4 + 4 <= weights.count && first | second | third | set >= 0,
      "a context or weight set that the mixer does not have")
    let states = contexts.base
    let weight = weights.base + set * 4
    // Probabilities have 16 bits, and the table 2^12 entries.
    let a = Int32(stretch.base[Int(states[first].probability >> 4)])
    let b = Int32(stretch.base[Int(states[second].probability >> 4)])
    let c = Int32(stretch.base[Int(states[third].probability >> 4)])
    // |weights| <= 2^18 and |log-odds| < 2^11, so the sum fits 32 bits.
    let sum = a &* weight[0] &+ b &* weight[1] &+ c &* weight[2] &+ weight[3] &* 256
    let logOdds = min(max(sum >> 16, -2047), 2047)
    let probability = UInt32(squash.base[Int(logOdds &+ 2048)])
    let result = coder.code(bit, probability: probability)
    let error = (result ? 65535 : 0) &- Int32(bitPattern: probability)
    Self.learn(&weight[0], error: error, input: a)
    Self.learn(&weight[1], error: error, input: b)
    Self.learn(&weight[2], error: error, input: c)
    Self.learn(&weight[3], error: error, input: 256)
    states[first].update(result, limit: limit, reciprocals: reciprocals.base)
    states[second].update(result, limit: limit, reciprocals: reciprocals.base)
    states[third].update(result, limit: limit, reciprocals: reciprocals.base)
    return result
  }

  @inlinable @inline(__always)
  static func learn(_ weight: inout Int32, error: Int32, input: Int32) {
    // |error| < 2^16 and |input| < 2^11: the product fits 32 bits.
    let step = (error &* input &+ 1 << (learningShift &- 1)) >> learningShift
    weight = min(max(weight &+ step, -largestWeight), largestWeight)
  }
}
