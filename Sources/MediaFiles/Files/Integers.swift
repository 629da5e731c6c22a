/// The unsigned integer in up to eight bytes; the largest number where it does not fit.
func integer(_ bytes: some Sequence<UInt8>, bigEndian: Bool) -> Int {
  let ordered = bigEndian ? Array(bytes) : bytes.reversed()
  return Int(clamping: ordered.reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
}

extension [UInt8] {
  /// Appends an integer.
  mutating func append(_ value: some FixedWidthInteger, bigEndian: Bool) {
    Swift.withUnsafeBytes(of: bigEndian ? value.bigEndian : value.littleEndian) {
      append(contentsOf: $0)
    }
  }
}
