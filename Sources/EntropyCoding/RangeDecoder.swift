/// The inverse of `RangeEncoder`. Any bytes are safe to decode: there is no invalid state.
public struct RangeDecoder: BinaryCoder, Sendable {
  /// The code less the start of the interval; less than `range` for bytes of the encoder.
  @usableFromInline var code: UInt64
  /// Width of the interval, as in the encoder: at least 2^32 between calls.
  @usableFromInline var range: UInt64 = .max
  /// The bytes in words of four, most significant first, the last one filled with zeros.
  @usableFromInline let words: [UInt32]
  /// The next word to read; beyond their end all are zero.
  @usableFromInline var position = 2

  /// A decoder of `bytes`; beyond their end it reads zeros.
  public init(_ bytes: ArraySlice<UInt8>) {
    words = bytes.withUnsafeBytes { bytes in
      [UInt32](unsafeUninitializedCapacity: bytes.count / 4 + 3) { words, count in
        count = bytes.count / 4
        for index in 0..<count {
          words[index] = UInt32(
            bigEndian: bytes.loadUnaligned(fromByteOffset: index * 4, as: UInt32.self))
        }
        var last: UInt32 = 0
        for (index, byte) in bytes[(count * 4)...].enumerated() {
          last |= UInt32(byte) << UInt32(24 - 8 * index)
        }
        for word in [last, 0, 0] {
          words[count] = word
          count += 1
        }
      }
    }
    code = UInt64(words[0]) << 32 | UInt64(words[1])
  }

  /// It gives decisions back.
  @inlinable
  public static var isDecoder: Bool { true }

  /// Reads one decision; `bit` is ignored. See `BinaryCoder`.
  @inlinable @inline(__always)
  public mutating func code(_ bit: Bool, probability: UInt32) -> Bool {
    let bound = (range >> 16) &* UInt64(probability)
    let decoded = code < bound
    // Without a branch, which nobody could foretell.
    range = decoded ? bound : range &- bound
    code = decoded ? code : code &- bound
    if range < 1 << 32 {
      code = code << 32 | UInt64(position < words.count ? words[position] : 0)
      position &+= 1
      range <<= 32
    }
    return decoded
  }
}
