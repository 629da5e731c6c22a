/// The Castagnoli checksum of RFC 3720 (iSCSI), section 12.1: polynomial 0x1EDC6F41, reflected.
public func crc32c(_ bytes: some Sequence<UInt8>) -> UInt32 {
  bytes.withContiguousStorageIfAvailable(checksum) ?? Array(bytes).withUnsafeBufferPointer(checksum)
}

/// Eight bytes at a time: of each the table of as many zero bytes behind it.
private func checksum(_ bytes: UnsafeBufferPointer<UInt8>) -> UInt32 {
  let raw = UnsafeRawBufferPointer(bytes)
  let whole = raw.count & ~7
  var checksum = UInt32.max
  tables.withUnsafeBufferPointer { tables in
    for offset in stride(from: 0, to: whole, by: 8) {
      var word =
        UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
        ^ UInt64(checksum)
      checksum = 0
      for behind in (0..<8).reversed() {
        checksum ^= tables[behind &* 256 &+ Int(word & 0xFF)]
        word >>= 8
      }
    }
    for byte in raw[whole...] {
      checksum = checksum >> 8 ^ tables[Int(UInt8(truncatingIfNeeded: checksum) ^ byte)]
    }
  }
  return ~checksum
}

/// Checksums of each byte with 0...7 zero bytes behind it: shape [8, 256].
private let tables: [UInt32] = {
  var tables: [UInt32] = (0..<256).map { byte in
    (0..<8).reduce(UInt32(byte)) { (value: UInt32, _) -> UInt32 in
      value & 1 == 1 ? value >> 1 ^ 0x82F6_3B78 : value >> 1
    }
  }
  for index in 256..<8 * 256 {
    let last: UInt32 = tables[index - 256]
    tables.append(last >> 8 ^ tables[Int(last & 0xFF)])
  }
  return tables
}()
