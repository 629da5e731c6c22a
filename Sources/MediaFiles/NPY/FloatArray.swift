/// An array of single-precision numbers of any shape, as npy files hold it.
package struct FloatArray: Sendable, Equatable {
  /// Extents, slowest first.
  package let shape: [Int]
  /// The numbers, row-major; their count is the product of the shape.
  package let values: [Float]

  /// An array of values that fill the shape.
  package init(shape: [Int], values: [Float]) {
    precondition(shape.reduce(1, *) == values.count, "values do not fill the shape")
    self.shape = shape
    self.values = values
  }

  /// The type of such arrays in npy files.
  private static let type = "<f4"

  /// The bytes of an npy file.
  package func npy() -> [UInt8] {
    var bytes = npyHeader(type: Self.type, shape: shape)
    bytes.reserveCapacity(bytes.count + values.count * 4)
    #if _endian(little)
      values.withUnsafeBytes { bytes.append(contentsOf: $0) }
    #else
      values.map({ $0.bitPattern.littleEndian }).withUnsafeBytes { bytes.append(contentsOf: $0) }
    #endif
    return bytes
  }

  /// Reads the bytes of a whole npy file of type f4, in C order. `name` is what errors call it.
  ///
  /// - Returns: the array, and the offset of its numbers in `bytes`.
  /// - Throws: ``MediaFileError``.
  package static func parse(
    npy bytes: ArraySlice<UInt8>, name: String
  ) throws -> (array: FloatArray, offset: Int) {
    let start = try NPYStart(parsing: bytes, name: name)
    let count = try start.count(of: type, size: 4, name: name)
    guard bytes.count - start.length == count * 4 else {
      throw MediaFileError.damaged(
        file: name, what: "bytes follow the numbers of its shape \(start.header.shape)",
        offset: start.length + count * 4)
    }
    let values = bytes[(bytes.startIndex + start.length)...].withUnsafeBytes { bytes in
      (0..<count).map {
        Float(
          bitPattern: UInt32(
            littleEndian: bytes.loadUnaligned(fromByteOffset: $0 * 4, as: UInt32.self)))
      }
    }
    return (FloatArray(shape: start.header.shape, values: values), start.length)
  }
}
