/// Adds up the information of the decisions instead of writing them: the model's own entropy.
public struct CodeLength: BinaryCoder, Sendable {
  /// Bits so far, in units of 2^-16.
  @usableFromInline var units: UInt64 = 0

  /// No decisions yet.
  public init() {}

  /// Bits so far.
  public var bits: Double { Double(units) / 65536 }

  /// Adds the information of one decision. See `BinaryCoder`.
  @inlinable
  public mutating func code(_ bit: Bool, probability: UInt32) -> Bool {
    units &+= Self.cost(bit ? probability : 65536 - probability)
    return bit
  }

  /// The bits of a decision that had a probability in units of 2^-16, 1...65536.
  public static func bits(_ probability: UInt32) -> Float { Float(cost(probability)) / 65536 }

  /// -log2(probability / 2^16), in units of 2^-16, rounded; interpolated between 4096 points.
  @inlinable
  static func cost(_ probability: UInt32) -> UInt64 {
    let zeros = UInt32(truncatingIfNeeded: probability.leadingZeroBitCount)
    // Mantissa in [1, 2) with 31 fractional bits.
    let mantissa = probability << zeros
    let index = Int(mantissa >> 19) & 4095
    let rest = UInt64(mantissa & 0x7ffff)
    let (low, high) = (UInt64(logarithms[index]), UInt64(logarithms[index + 1]))
    let logarithm = low + ((high - low) * rest) >> 19
    // probability = mantissa / 2^zeros, and 65536 has 15 leading zeros.
    return UInt64(zeros - 15) << 16 - logarithm
  }

  /// log2(1 + i / 4096) in units of 2^-16.
  @usableFromInline static let logarithms: [UInt32] = (0...4096).map { index in
    UInt32((log2OfOnePlus(Double(index) / 4096) * 65536).rounded())
  }

  /// By repeated squaring, so that this module needs no mathematical library.
  private static func log2OfOnePlus(_ fraction: Double) -> Double {
    var (value, result, bit) = (1 + fraction, 0.0, 0.5)
    if value >= 2 { return 1 }
    for _ in 0..<40 {
      value *= value
      if value >= 2 {
        value /= 2
        result += bit
      }
      bit /= 2
    }
    return result
  }
}

/// The information of decisions, part by part of a model.
public struct CodeLengthByPart: BinaryCoder, Sendable {
  private var current = CodeLength()
  private var part = 0
  private var parts: [Double]

  /// No decisions yet, of `count` parts.
  public init(parts count: Int) { parts = [Double](repeating: 0, count: count) }

  /// Bits of each part.
  public var bits: [Double] {
    var bits = parts
    if part < bits.count { bits[part] += current.bits }
    return bits
  }

  /// The next decisions belong to `part`, within the count.
  public mutating func begin(part: Int) {
    parts = bits
    current = CodeLength()
    self.part = part
  }

  /// Adds the information of a decision to its part.
  public mutating func code(_ bit: Bool, probability: UInt32) -> Bool {
    current.code(bit, probability: probability)
  }
}

/// Counts decisions by their contexts instead of coding them, for the fit of probabilities.
public struct DecisionCounts: BinaryCoder, Sendable {
  /// How often each decision of a frozen context was false and true, shape [contexts, 2].
  public private(set) var frozen: [Int]
  /// Likewise for adaptive contexts.
  public private(set) var adaptive: [Int]
  private var contexts: (frozen: Int?, adaptive: Int?, second: Int?) = (nil, nil, nil)

  /// No decisions yet, in so many contexts.
  public init(frozen: Int, adaptive: Int) {
    self.frozen = [Int](repeating: 0, count: frozen * 2)
    self.adaptive = [Int](repeating: 0, count: adaptive * 2)
  }

  /// The next decision is in these contexts, within the counts.
  public mutating func begin(frozen: Int, adaptive: Int?) { contexts = (frozen, adaptive, nil) }

  /// Likewise.
  public mutating func begin(adaptive first: Int, _ second: Int) { contexts = (nil, first, second) }

  /// Counts a decision; none that no context was named for.
  public mutating func code(_ bit: Bool, probability: UInt32) -> Bool {
    let decision = bit ? 1 : 0
    if let context = contexts.frozen { frozen[context * 2 + decision] += 1 }
    if let context = contexts.adaptive { adaptive[context * 2 + decision] += 1 }
    if let context = contexts.second { adaptive[context * 2 + decision] += 1 }
    contexts = (nil, nil, nil)
    return bit
  }
}
