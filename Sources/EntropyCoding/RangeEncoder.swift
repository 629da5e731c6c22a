/// Codes binary decisions, each with the probability its model gives it.
///
/// One model, written once against this protocol, serves encoder, decoder and cost counter.
public protocol BinaryCoder {
  /// Whether it gives decisions back and does not take them.
  static var isDecoder: Bool { get }

  /// Codes one decision.
  ///
  /// - Parameters:
  ///   - bit: the decision; a decoder ignores it.
  ///   - probability: of the decision being true, in units of 2^-16, 1...65535.
  /// - Returns: the decision; a decoder's own.
  mutating func code(_ bit: Bool, probability: UInt32) -> Bool

  /// Says to which part of a model the next decisions belong, for coders that keep accounts.
  mutating func begin(part: Int)

  /// Says in which contexts the next decision is, for coders that count.
  mutating func begin(frozen: Int, adaptive: Int?)

  /// Likewise, of a decision in two adaptive contexts.
  mutating func begin(adaptive first: Int, _ second: Int)
}

extension BinaryCoder {
  /// Most take decisions.
  @inlinable
  public static var isDecoder: Bool { false }

  /// Keeps no accounts.
  @inlinable @inline(__always)
  public mutating func begin(part: Int) {}

  /// Counts nothing.
  @inlinable @inline(__always)
  public mutating func begin(frozen: Int, adaptive: Int?) {}

  /// Counts nothing.
  @inlinable @inline(__always)
  public mutating func begin(adaptive first: Int, _ second: Int) {}
}

/// Range encoder: 64-bit state, output in 32-bit words.
///
/// After G. N. N. Martin, "Range encoding", 1979. The interval is [low, low + range) of 64 bits;
/// a carry out of `low` goes into the words already written.
public struct RangeEncoder: BinaryCoder, Sendable {
  /// Start of the interval, less the words already written.
  @usableFromInline var low: UInt64 = 0
  /// Width of the interval. Invariant between calls: at least 2^32, so that a probability of 16
  /// bits loses less than 2^-16 of itself.
  @usableFromInline var range: UInt64 = .max
  @usableFromInline var words: [UInt32] = []

  /// An encoder that has written nothing.
  public init() {}

  /// Writes one decision. See `BinaryCoder`.
  @inlinable @inline(__always)
  public mutating func code(_ bit: Bool, probability: UInt32) -> Bool {
    let bound = (range >> 16) &* UInt64(probability)
    if bit {
      range = bound
    } else {
      let (sum, carry) = low.addingReportingOverflow(bound)
      low = sum
      range &-= bound
      if carry { propagateCarry() }
    }
    // The smaller part is at least 2^16 wide, so one word restores the invariant.
    if range < 1 << 32 {
      words.append(UInt32(truncatingIfNeeded: low >> 32))
      low <<= 32
      range <<= 32
    }
    return bit
  }

  /// Adds one to the words written. The interval never leaves [0, 1), so some word takes it.
  @usableFromInline
  mutating func propagateCarry() {
    var index = words.count - 1
    while index >= 0 {
      words[index] &+= 1
      if words[index] != 0 { return }
      index -= 1
    }
  }

  /// The shortest bytes that, with zeros behind them, lie in the interval: the decoder reads zeros
  /// beyond the end.
  public consuming func finish() -> [UInt8] {
    for length in 0...8 {
      let mask = length == 0 ? UInt64.max : length == 8 ? 0 : UInt64.max >> (8 * UInt64(length))
      let (sum, carry) = low.addingReportingOverflow(mask)
      let value = sum & ~mask
      guard value &- low < range else { continue }
      low = value
      if carry { propagateCarry() }
      break
    }
    words.append(UInt32(truncatingIfNeeded: low >> 32))
    words.append(UInt32(truncatingIfNeeded: low))
    var bytes: [UInt8] = []
    bytes.reserveCapacity(words.count * 4)
    for word in words {
      for shift in [24, 16, 8, 0] as [UInt32] {
        bytes.append(UInt8(truncatingIfNeeded: word >> shift))
      }
    }
    while bytes.last == 0 { bytes.removeLast() }
    return bytes
  }
}
