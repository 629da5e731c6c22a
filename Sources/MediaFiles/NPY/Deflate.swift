import CZlib

/// Bytes compressed as zip holds them: a deflate stream (RFC 1951) without a header.
func deflated(_ bytes: [UInt8]) -> [UInt8] {
  var stream = z_stream()
  precondition(czlib_deflate_begin(&stream) == Z_OK, "no memory for zlib")
  defer { deflateEnd(&stream) }
  let bound = Int(deflateBound(&stream, uLong(bytes.count)))
  return [UInt8](unsafeUninitializedCapacity: bound) { result, count in
    bytes.withUnsafeBufferPointer { bytes in
      stream.connect(from: bytes, to: result)
      precondition(deflate(&stream, Z_FINISH) == Z_STREAM_END, "more bytes than zlib promised")
    }
    count = Int(stream.total_out)
  }
}

/// The `size` bytes of a deflate stream; nil where it has more or fewer, or is damaged.
func inflated(_ bytes: ArraySlice<UInt8>, size: Int) -> [UInt8]? {
  // No stream holds more, so that no more is allocated.
  guard size <= (bytes.count + 1) * 1032, size <= Int(uInt.max) else { return nil }
  var stream = z_stream()
  guard czlib_inflate_begin(&stream) == Z_OK else { return nil }
  defer { inflateEnd(&stream) }
  var isWhole = false
  let result = [UInt8](unsafeUninitializedCapacity: size) { result, count in
    bytes.withUnsafeBufferPointer { bytes in
      stream.connect(from: bytes, to: result)
      isWhole = inflate(&stream, Z_FINISH) == Z_STREAM_END && stream.avail_in == 0
    }
    count = Int(stream.total_out)
  }
  return isWhole && result.count == size ? result : nil
}

/// The CRC-32 of zip and PNG: ISO 3309, polynomial 04C11DB7 with its bits in reverse.
func crc32(_ bytes: [UInt8]) -> UInt32 {
  UInt32(truncatingIfNeeded: crc32_z(0, bytes, bytes.count))
}

extension z_stream {
  /// All input and all room for output, each of at most 4 GiB.
  fileprivate mutating func connect(
    from bytes: UnsafeBufferPointer<UInt8>, to result: UnsafeMutableBufferPointer<UInt8>
  ) {
    // zlib does not write to its input.
    next_in = UnsafeMutablePointer(mutating: bytes.baseAddress)
    avail_in = uInt(bytes.count)
    next_out = result.baseAddress
    avail_out = uInt(result.count)
  }
}
