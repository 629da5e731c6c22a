import MediaFiles
import Signals
import Testing

struct CommaSeparatedValuesTests {
  private func fields(_ text: String) throws -> [[String]] {
    try CommaSeparatedValues(parsing: text).records.map(\.fields)
  }

  /// The examples of RFC 4180, section 2, and what programs make of them; fields between bars, and
  /// records between slashes.
  static let examples: [(text: String, records: String)] = [
    ("aaa,bbb,ccc\r\nzzz,yyy,xxx\r\n", "aaa|bbb|ccc/zzz|yyy|xxx"),
    ("aaa,bbb\nzzz,yyy", "aaa|bbb/zzz|yyy"), ("aaa,bbb\rzzz,yyy\r", "aaa|bbb/zzz|yyy"),
    ("\"aaa\",\"b\r\nbb\",\"ccc\"\r\nzzz", "aaa|b\r\nbb|ccc/zzz"),
    ("\"aaa\",\"b\"\"bb\",\"c,c\"\r\n", "aaa|b\"bb|c,c"),
    ("\u{FEFF}\"a, b\",c\r\n", "a, b|c"), (" a , \" b \" ,\tc\n", "a| b |c"),
    ("\"\",,\n", "||"), ("\"\"\"\"\n", "\""), ("a\"b,c\n", "a\"b|c"), ("a,b,\n", "a|b|"),
    ("é,\"ü\u{301}\"\n", "é|ü\u{301}"), ("\n \r\n\t\n", ""), ("", ""), ("\u{FEFF}", ""),
  ]

  @Test(arguments: examples) func records(text: String, records: String) throws {
    #expect(
      try fields(text).map { $0.joined(separator: "|") }.joined(separator: "/") == records)
  }

  @Test func linesAreCountedAsEditorsDo() throws {
    let table = try CommaSeparatedValues(
      parsing: "a\r\n\r\n\"b\n\n\",c\rd\n# no comment\n", hasComments: false)
    #expect(table.records.map(\.line) == [1, 3, 6, 7])
  }

  @Test func commentsAreLines() throws {
    let table = try CommaSeparatedValues(
      parsing: "# one, \"two\na,b\n#\n\"#c\n# d\"\n", hasComments: true)
    #expect(
      table.records == [.init(line: 2, fields: ["a", "b"]), .init(line: 4, fields: ["#c\n# d"])])
  }

  @Test(arguments: [
    ("a\n\"b\nc", CommaSeparatedValuesError.openQuote(line: 2)),
    ("\"", .openQuote(line: 1)), ("\"a\"b", .textAfterQuote(line: 1)),
    // A mark that joins the letter before it makes one character of both, but not one field.
    ("\"a\"\u{301}", .textAfterQuote(line: 1)),
    ("a\n\"b\nc\" d,e", .textAfterQuote(line: 3)), ("\"a\" \"b\"", .textAfterQuote(line: 1)),
  ])
  func whatIsNoTableIsRefused(text: String, error: CommaSeparatedValuesError) {
    #expect(throws: error) { try fields(text) }
  }

  /// Any fields come back from how RFC 4180 has them written.
  @Test func anyFieldsComeBack() throws {
    var generator = SeededGenerator(seed: 1)
    let letters = Array("ab ,\"\r\n\t#é")
    for _ in 0..<500 {
      let rows = (0..<Int.random(in: 1...4, using: &generator)).map { _ in
        (0..<Int.random(in: 1...4, using: &generator)).map { _ in
          String(
            (0..<Int.random(in: 0...5, using: &generator)).map { _ in
              letters.randomElement(using: &generator) ?? "a"
            })
        }
      }
      let text = rows.map { row in
        row.map { "\"" + $0.replacing("\"", with: "\"\"") + "\"" }.joined(separator: ",") + "\r\n"
      }.joined()
      #expect(try fields(text) == rows)
      // Whatever it is, it ends.
      let cut = text.prefix(Int.random(in: 0...text.count, using: &generator))
      _ = try? fields(String(cut))
    }
  }
}
