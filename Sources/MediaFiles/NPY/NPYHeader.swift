/// What the text at the start of an npy file says.
struct NPYHeader {
  /// Byte order and type of the samples, as "<f4".
  var type: String
  /// Whether the first dimension varies fastest.
  var isColumnMajor: Bool
  /// Sizes of at most 32 dimensions, slowest first.
  var shape: [Int]
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
