/// What the text at the start of an npy file says.
struct NPYHeader {
  /// Byte order and type of the samples, as "<f4".
  var type: String
  /// Whether the first dimension varies fastest.
  var isColumnMajor: Bool
  /// Sizes of at most 32 dimensions, slowest first.
  var shape: [Int]
}

/// The start of an npy array in memory.
struct NPYStart {
  let header: NPYHeader
  /// Bytes before its numbers.
  let length: Int
  /// Bytes behind them.
  private let rest: Int

  /// Reads it from bytes that may go on behind the array. `name` is what errors call them.
  init(parsing bytes: ArraySlice<UInt8>, name: String) throws {
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
    let text = bytes[start + 8..<start + 8 + lengthBytes].reversed().reduce(0) {
      $0 << 8 | Int($1)
    }
    length = 8 + lengthBytes + text
    guard text <= 1 << 16, length <= bytes.count else {
      throw damaged("the npy header is longer than the file", 8)
    }
    var parser = NPYHeaderParser(
      bytes: Array(bytes[start + 8 + lengthBytes..<start + length]), offset: 8 + lengthBytes,
      name: name)
    header = try parser.parse()
    rest = bytes.count - length
  }

  /// How many numbers there are, which must be of this type and size and fit the bytes.
  func count(of type: String, size: Int, name: String) throws -> Int {
    guard header.type == type, !header.isColumnMajor else {
      throw MediaFileError.unsupported(
        file: name, what: "arrays of \(type) in C order are read, not of \(header.type)")
    }
    var count = 1
    for extent in header.shape {
      let (product, overflow) = count.multipliedReportingOverflow(by: extent)
      guard !overflow, product <= rest else {
        throw MediaFileError.damaged(
          file: name, what: "its shape \(header.shape) is larger than the file", offset: 8)
      }
      count = product
    }
    guard count * size <= rest else {
      throw MediaFileError.damaged(
        file: name, what: "it ends before the numbers of its shape \(header.shape)",
        offset: length + rest)
    }
    return count
  }
}

/// Reads the header of an npy file: a Python dictionary of three known keys, in any order.
struct NPYHeaderParser {
  private let bytes: [UInt8]
  private let offset: Int
  private let name: String
  private var position = 0

  /// A parser of `bytes`, which lie at `offset` of the file `name`.
  init(bytes: [UInt8], offset: Int, name: String) {
    self.bytes = bytes
    self.offset = offset
    self.name = name
  }

  /// The header; throws ``MediaFileError/damaged(file:what:offset:)`` for anything else.
  mutating func parse() throws -> NPYHeader {
    var type: String?
    var isColumnMajor: Bool?
    var shape: [Int]?
    try expect("{")
    while !accept("}") {
      let key = try string()
      try expect(":")
      switch key {
      case "descr" where type == nil: type = try string()
      case "fortran_order" where isColumnMajor == nil: isColumnMajor = try boolean()
      case "shape" where shape == nil: shape = try tuple()
      default: throw damaged("unexpected key in the npy header")
      }
      if !accept(",") {
        try expect("}")
        break
      }
    }
    skipSpaces()
    guard position == bytes.count else { throw damaged("unexpected text in the npy header") }
    guard let type, let isColumnMajor, let shape else {
      throw damaged("descr, fortran_order or shape is missing in the npy header")
    }
    return NPYHeader(type: type, isColumnMajor: isColumnMajor, shape: shape)
  }

  private mutating func string() throws -> String {
    let quote: Unicode.Scalar = accept("\"") ? "\"" : "'"
    if quote == "'" { try expect("'") }
    let start = position
    while position < bytes.count, bytes[position] != UInt8(ascii: quote) {
      guard (0x20...0x7E).contains(bytes[position]), position - start < 100 else {
        throw damaged("unreadable text in the npy header")
      }
      position += 1
    }
    let text = String(decoding: bytes[start..<position], as: UTF8.self)
    try expect(quote)
    return text
  }

  private mutating func boolean() throws -> Bool {
    skipSpaces()
    for (word, value) in [("True", true), ("False", false)]
    where bytes[position...].starts(with: word.utf8) {
      position += word.utf8.count
      return value
    }
    throw damaged("neither True nor False in the npy header")
  }

  private mutating func tuple() throws -> [Int] {
    var sizes: [Int] = []
    try expect("(")
    while !accept(")") {
      if sizes.count == 32 { throw damaged("too many dimensions in the npy header") }
      sizes.append(try size())
      if !accept(",") {
        try expect(")")
        break
      }
    }
    return sizes
  }

  private mutating func size() throws -> Int {
    skipSpaces()
    let start = position
    var value = 0
    while position < bytes.count, (0x30...0x39).contains(bytes[position]) {
      value = value * 10 + Int(bytes[position] - 0x30)
      if value > Int(Int32.max) { throw damaged("a size in the npy header is too large") }
      position += 1
    }
    if position == start { throw damaged("a size in the npy header is missing") }
    return value
  }

  private mutating func accept(_ character: Unicode.Scalar) -> Bool {
    skipSpaces()
    guard position < bytes.count, bytes[position] == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  private mutating func expect(_ character: Unicode.Scalar) throws {
    if !accept(character) { throw damaged("\(character) is missing in the npy header") }
  }

  private mutating func skipSpaces() {
    while position < bytes.count, isWhitespace(bytes[position]) { position += 1 }
  }

  private func damaged(_ what: String) -> MediaFileError {
    .damaged(file: name, what: what, offset: offset + position)
  }
}
