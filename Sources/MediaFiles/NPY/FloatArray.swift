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

  /// The bytes of an npy file.
  package func npy() -> [UInt8] {
    let extents = shape.map(String.init).joined(separator: ", ") + (shape.count == 1 ? "," : "")
    var bytes = npyHeader(
      "{'descr': '<f4', 'fortran_order': False, 'shape': (\(extents)), }")
    bytes.reserveCapacity(bytes.count + values.count * 4)
    values.map({ $0.bitPattern.littleEndian }).withUnsafeBytes { bytes.append(contentsOf: $0) }
    return bytes
  }

  /// Reads the bytes of a whole npy file of type f4, in C order. `name` is what errors call it.
  ///
  /// - Returns: the array, and the offset of its numbers in `bytes`.
  /// - Throws: ``MediaFileError``.
  package static func parse(
    npy bytes: ArraySlice<UInt8>, name: String
  ) throws -> (array: FloatArray, offset: Int) {
    func damaged(_ what: String, _ offset: Int) -> MediaFileError {
      .damaged(file: name, what: what, offset: offset)
    }
    let start = bytes.startIndex
    guard bytes.count >= 10, bytes.starts(with: [0x93] + "NUMPY".utf8) else {
      throw damaged("it is no npy array", 0)
    }
    let lengthBytes = bytes[start + 6] == 1 ? 2 : 4
    guard (1...3).contains(bytes[start + 6]), bytes.count >= 8 + lengthBytes else {
      throw damaged("npy of an unknown version", 6)
    }
    let length = bytes[start + 8..<start + 8 + lengthBytes].reversed().reduce(0) {
      $0 << 8 | Int($1)
    }
    let first = 8 + lengthBytes + length
    guard length <= 1 << 16, first <= bytes.count else {
      throw damaged("the npy header is longer than the file", 8)
    }
    var parser = NPYHeaderParser(
      bytes: Array(bytes[start + 8 + lengthBytes..<start + first]), offset: 8 + lengthBytes,
      name: name)
    let header = try parser.parse()
    guard header.type == "<f4", !header.isColumnMajor else {
      throw MediaFileError.unsupported(
        file: name, what: "arrays of <f4 in C order are read, not of \(header.type)")
    }
    var count = 1
    for extent in header.shape {
      let (product, overflow) = count.multipliedReportingOverflow(by: extent)
      guard !overflow, product <= bytes.count else {
        throw damaged("its shape \(header.shape) is larger than the file", 8 + lengthBytes)
      }
      count = product
    }
    guard bytes.count - first == count * 4 else {
      throw damaged("it does not hold the numbers of its shape \(header.shape)", bytes.count)
    }
    let values = bytes[(start + first)...].withUnsafeBytes { bytes in
      (0..<count).map {
        Float(
          bitPattern: UInt32(
            littleEndian: bytes.loadUnaligned(fromByteOffset: $0 * 4, as: UInt32.self)))
      }
    }
    return (FloatArray(shape: header.shape, values: values), first)
  }
}
