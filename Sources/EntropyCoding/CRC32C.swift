/// The Castagnoli checksum of RFC 3720 (iSCSI), section 12.1: polynomial 0x1EDC6F41, reflected.
public func crc32c(_ bytes: some Sequence<UInt8>) -> UInt32 {
  var checksum: UInt32 = .max
  for byte in bytes {
    checksum = checksum >> 8 ^ table[Int(UInt8(truncatingIfNeeded: checksum) ^ byte)]
  }
  return ~checksum
}

private let table: [UInt32] = (0..<256).map { byte in
  (0..<8).reduce(UInt32(byte)) { value, _ in
    value & 1 == 1 ? value >> 1 ^ 0x82F6_3B78 : value >> 1
  }
}
