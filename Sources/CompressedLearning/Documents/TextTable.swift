import MediaFiles

/// The lines of text of a page, from a table of one line each: `left,top,right,bottom,text`.
///
/// Boxes are in pixels of the page. The table is one of comma-separated values as RFC 4180 has them.
/// Tables of this kind are not always quoted properly, though: where this one is not, each line is
/// a record, and the text is all that follows the fourth comma, with or without quotes around it.
public struct TextTable: Sendable, Equatable {
  /// In the order of the file.
  public let lines: [TextLine]

  /// The first line of the file.
  static let header = "left,top,right,bottom,text"

  /// Parses a file; `name` is what errors call it.
  ///
  /// - Throws: `TextTableError`.
  public init(parsing text: String, name: String) throws(TextTableError) {
    let records = Self.quotedRecords(of: text) ?? Self.plainRecords(of: text)
    guard let first = records.first, first.fields.joined(separator: ",") == Self.header else {
      throw .noHeader(file: name)
    }
    var lines: [TextLine] = []
    for record in records.dropFirst() {
      let (fields, row) = (record.fields, record.line)
      guard fields.count == 5 else { throw .notFiveFields(file: name, row: row) }
      let numbers = fields[..<4].map { Double($0) ?? .nan }
      guard numbers.allSatisfy({ abs($0) <= Self.largest }) else {
        throw .notANumber(file: name, row: row)
      }
      let box = TextBox(left: numbers[0], top: numbers[1], right: numbers[2], bottom: numbers[3])
      guard box.area > 0 else { throw .emptyBox(file: name, row: row) }
      lines.append(TextLine(box: box, text: fields[4]))
    }
    self.lines = lines
  }

  /// The records of a table that is quoted properly; nil where it is not.
  private static func quotedRecords(of text: String) -> [CommaSeparatedValues.Record]? {
    guard let records = try? CommaSeparatedValues(parsing: text).records,
      records.allSatisfy({ $0.fields.count == 5 })
    else { return nil }
    return records
  }

  /// A record each line, its fifth field all that follows the fourth comma.
  private static func plainRecords(of text: String) -> [CommaSeparatedValues.Record] {
    let rows = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    return rows.enumerated().filter { !$0.element.trimmed.isEmpty }.map { index, row in
      let fields = row.split(separator: ",", maxSplits: 4, omittingEmptySubsequences: false)
      return CommaSeparatedValues.Record(line: index + 1, fields: fields.map(unquoted))
    }
  }

  /// Pages have fewer pixels a side; comparisons with what is no number fail.
  private static let largest = 1e6
}

/// Why a table of text lines cannot be used.
public enum TextTableError: Error, Equatable, CustomStringConvertible {
  /// The first line does not name the columns.
  case noHeader(file: String)
  /// The record of a line, counted from 1 with the header, has fewer than five fields.
  case notFiveFields(file: String, row: Int)
  /// An edge is no finite number.
  case notANumber(file: String, row: Int)
  /// A box has no area.
  case emptyBox(file: String, row: Int)

  /// One sentence that names the file.
  public var description: String {
    switch self {
    case .noHeader(let file): "\(file): the first line is not \(TextTable.header)"
    case .notFiveFields(let file, let row): "\(file): line \(row) has no five fields"
    case .notANumber(let file, let row):
      "\(file): line \(row) has an edge that is no number of pixels"
    case .emptyBox(let file, let row): "\(file): the box in line \(row) has no area"
    }
  }
}

extension Substring {
  fileprivate var trimmed: Substring {
    var text = self
    // A byte order mark stands before the first field.
    while text.first.map({ $0.isWhitespace || $0 == "\u{FEFF}" }) ?? false { text.removeFirst() }
    while text.last?.isWhitespace ?? false { text.removeLast() }
    return text
  }
}

private func unquoted(_ field: Substring) -> String {
  let field = field.trimmed
  guard field.count >= 2, field.first == "\"", field.last == "\"" else { return String(field) }
  return String(field.dropFirst().dropLast()).replacing("\"\"", with: "\"")
}
