/// A table of comma-separated values, as RFC 4180 has it.
///
/// A field that begins with a quote ends with the next one, and may hold commas, line breaks, and
/// quotes that are doubled. Lines end with LF, CR LF or CR, empty lines are passed over, and so is a
/// byte order mark. Other than in the RFC, spaces and tabs around a field are no part of it unless
/// within quotes, and records may have different numbers of fields.
package struct CommaSeparatedValues: Sendable, Equatable {
  /// A record: the fields of one line, or of several where a quoted field has line breaks.
  package struct Record: Sendable, Equatable {
    /// Its first line, counted from 1.
    package let line: Int
    /// At least one.
    package let fields: [String]

    /// A record; see the properties.
    package init(line: Int, fields: [String]) { (self.line, self.fields) = (line, fields) }
  }

  /// In the order of the file.
  package let records: [Record]

  /// Parses a text.
  ///
  /// - Parameter hasComments: whether lines that begin with `#` are passed over.
  /// - Throws: `CommaSeparatedValuesError`.
  package init(
    parsing text: String, hasComments: Bool = false
  ) throws(CommaSeparatedValuesError) {
    var scanner = Scanner(bytes: Array(text.utf8))
    var records: [Record] = []
    while scanner.skipEmptyLines(comments: hasComments) {
      let line = scanner.line
      var fields: [String] = []
      repeat { fields.append(try scanner.field()) } while scanner.skip(UInt8(ascii: ","))
      records.append(Record(line: line, fields: fields))
    }
    self.records = records
  }
}

/// Why a text is no table of comma-separated values.
package enum CommaSeparatedValuesError: Error, Equatable, CustomStringConvertible {
  /// The quote that opens a field in this line is never closed.
  case openQuote(line: Int)
  /// Between the closing quote of a field in this line and the next comma there is text.
  case textAfterQuote(line: Int)

  /// The line, counted from 1.
  package var line: Int {
    switch self {
    case .openQuote(let line), .textAfterQuote(let line): line
    }
  }

  /// What is wrong with the line.
  package var reason: String {
    switch self {
    case .openQuote: "a quote is opened and never closed"
    case .textAfterQuote:
      "there is text behind a closing quote; quotes within a field are doubled"
    }
  }

  /// One sentence that names the line.
  package var description: String { "line \(line): \(reason)" }
}

/// Reads fields from bytes: all marks of the format are ASCII, which UTF-8 has for nothing else.
private struct Scanner {
  let bytes: [UInt8]
  private var position = 0
  private(set) var line = 1

  init(bytes: [UInt8]) {
    self.bytes = bytes
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
  }

  private var next: UInt8? { position < bytes.count ? bytes[position] : nil }
  private var isAtLineEnd: Bool {
    next.map { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") } ?? true
  }

  /// Passes a byte where it is the next one.
  mutating func skip(_ byte: UInt8) -> Bool {
    guard next == byte else { return false }
    position += 1
    return true
  }

  /// Goes to the next line that has a record; false where there is none.
  mutating func skipEmptyLines(comments: Bool) -> Bool {
    while true {
      if comments, next == UInt8(ascii: "#") {
        while !isAtLineEnd { position += 1 }
      }
      let start = position
      skipSpaces()
      guard isAtLineEnd else {
        position = start
        return true
      }
      guard next != nil else { return false }
      passByte()
    }
  }

  /// The field from here to a comma or the end of its record.
  mutating func field() throws(CommaSeparatedValuesError) -> String {
    skipSpaces()
    let opening = line
    guard skip(UInt8(ascii: "\"")) else {
      let start = position
      while let byte = next, byte != UInt8(ascii: ","), !isAtLineEnd { position += 1 }
      return text(bytes[start..<position])
    }
    var quoted: [UInt8] = []
    while true {
      guard let byte = next else { throw .openQuote(line: opening) }
      if skip(UInt8(ascii: "\"")) {
        guard skip(UInt8(ascii: "\"")) else { break }
      } else {
        passByte()
      }
      quoted.append(byte)
    }
    skipSpaces()
    guard isAtLineEnd || next == UInt8(ascii: ",") else { throw .textAfterQuote(line: line) }
    return String(decoding: quoted, as: UTF8.self)
  }

  /// Passes a byte and counts lines: CR LF is one end of a line.
  private mutating func passByte() {
    if bytes[position] == UInt8(ascii: "\n")
      || bytes[position] == UInt8(ascii: "\r")
        && !(position + 1 < bytes.count && bytes[position + 1] == UInt8(ascii: "\n"))
    {
      line += 1
    }
    position += 1
  }

  private mutating func skipSpaces() {
    while next == UInt8(ascii: " ") || next == UInt8(ascii: "\t") { position += 1 }
  }

  /// An unquoted field, without the spaces at its end.
  private func text(_ bytes: ArraySlice<UInt8>) -> String {
    let end = bytes.lastIndex { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\t") }
    return String(decoding: bytes[..<((end ?? bytes.startIndex - 1) + 1)], as: UTF8.self)
  }
}
