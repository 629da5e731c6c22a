/// The probability of one binary decision in one context, learned as it is coded.
///
/// The upper 22 bits hold the probability of true, the lower 10 the number of decisions seen up
/// to a limit; the step towards each new decision is one over that number, so that a new context
/// learns at once and an old one averages over about `limit` decisions. Integers only.
public struct AdaptiveBit: Sendable, Equatable, BitwiseCopyable {
  /// Probability and count; what a codec's frozen tables store.
  public var state: UInt32

  /// Probability one half, nothing seen.
  @inlinable
  public init() { state = 1 << 31 }

  /// A frozen state.
  @inlinable
  public init(state: UInt32) { self.state = state }

  /// Probability of true in units of 2^-16, 0...65535.
  @inlinable
  public var probability: UInt32 { state >> 16 }

  /// Learns from a decision. `limit` is 1...1023.
  @inlinable @inline(__always)
  public mutating func update(_ bit: Bool, limit: UInt32, reciprocals: UnsafePointer<Int32>) {
    let count = state & 1023
    let target: Int32 = bit ? (1 << 22) - 1 : 0
    let probability = Int32(bitPattern: state >> 10)
    // |difference| < 2^22 and the reciprocal is at most 2^16, so the product fits 64 bits.
    let step = (Int64(target &- probability) &* Int64(reciprocals[Int(count)])) >> 16
    let moved = UInt32(bitPattern: probability &+ Int32(truncatingIfNeeded: step))
    state = moved << 10 | (count < limit ? count &+ 1 : limit)
  }

  /// The same probability, trusted as little as after `count` decisions, so that a few more still
  /// move it.
  public func forgetting(beyond count: UInt32) -> AdaptiveBit {
    AdaptiveBit(state: state & ~1023 | min(state & 1023, count))
  }

  /// 2^16 / (n + 1.5) for n = 0...1023, the step after n decisions (Krichevsky and Trofimov's
  /// estimator has the same form).
  public static let reciprocals: [Int32] = (0..<1024).map { Int32(131072 / (2 * $0 + 3)) }
}
