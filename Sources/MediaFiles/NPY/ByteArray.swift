/// An array of integers of 8 bits of any shape, as npy files hold it.
package struct ByteArray: Sendable, Equatable {
  /// Extents, slowest first.
  package let shape: [Int]
  /// The integers, row-major; their count is the product of the shape.
  package let values: [Int8]

  /// An array of values that fill the shape.
  package init(shape: [Int], values: [Int8]) {
    precondition(shape.reduce(1, *) == values.count, "values do not fill the shape")
    self.shape = shape
    self.values = values
  }

  /// The type of such arrays in npy files.
  private static let type = "|i1"

  /// The bytes of an npy file.
  package func npy() -> [UInt8] {
    npyHeader(type: Self.type, shape: shape) + values.withUnsafeBytes { Array($0) }
  }

  /// Whether an npy file is of such an array.
  package static func isByteArray(npy bytes: ArraySlice<UInt8>) -> Bool {
    (try? NPYStart(parsing: bytes, name: ""))?.header.type == type
  }

  /// Reads an array from the start of an npy file, behind which others may follow. `name` is what
  /// errors call it.
  ///
  /// - Returns: the array, and how many bytes it takes.
  /// - Throws: ``MediaFileError``.
  package static func parse(
    npy bytes: ArraySlice<UInt8>, name: String
  ) throws -> (array: ByteArray, end: Int) {
    let start = try NPYStart(parsing: bytes, name: name)
    let count = try start.count(of: type, size: 1, name: name)
    let first = bytes.startIndex + start.length
    let values = bytes[first..<first + count].withUnsafeBytes {
      Array($0.bindMemory(to: Int8.self))
    }
    return (ByteArray(shape: start.header.shape, values: values), start.length + count)
  }
}
