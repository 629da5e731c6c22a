/// The inverse of `RangeEncoder`. Any bytes are safe to decode: there is no invalid state.
public struct RangeDecoder: BinaryCoder, Sendable {
  /// The code less the start of the interval; less than `range` for bytes of the encoder.
  @usableFromInline var code: UInt64
  /// Width of the interval, as in the encoder: at least 2^32 between calls.
  @usableFromInline var range: UInt64 = .max
  @usableFromInline let bytes: ArraySlice<UInt8>
  @usableFromInline var position: Int

  /// A decoder of `bytes`; beyond their end it reads zeros.
  public init(_ bytes: ArraySlice<UInt8>) {
    self.bytes = bytes
    position = bytes.startIndex
    code = 0
    code = UInt64(nextWord()) << 32
    code |= UInt64(nextWord())
  }

  /// Reads one decision; `bit` is ignored. See `BinaryCoder`.
  @inlinable @inline(__always)
  public mutating func code(_ bit: Bool, probability: UInt32) -> Bool {
    let bound = (range >> 16) &* UInt64(probability)
    let decoded = code < bound
    if decoded {
      range = bound
    } else {
      code &-= bound
      range &-= bound
    }
    if range < 1 << 32 {
      code = code << 32 | UInt64(nextWord())
      range <<= 32
    }
    return decoded
  }

  @usableFromInline @inline(never)
  mutating func nextWord() -> UInt32 {
    if bytes.endIndex - position >= 4 {
      let word =
        UInt32(bytes[position]) << 24 | UInt32(bytes[position + 1]) << 16
        | UInt32(bytes[position + 2]) << 8 | UInt32(bytes[position + 3])
      position += 4
      return word
    }
    var word: UInt32 = 0
    for _ in 0..<4 {
      word <<= 8
      if position < bytes.endIndex {
        word |= UInt32(bytes[position])
        position += 1
      }
    }
    return word
  }
}
