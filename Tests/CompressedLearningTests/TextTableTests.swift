import Testing

@testable import CompressedLearning

@Suite struct TextTableTests {
  @Test func linesAreRead() throws {
    let table = try TextTable(
      parsing: """
        left,top,right,bottom,text
        1,2,30.5,14,"SR: 11" PROWESS, GUN"
        4,20,9,31,"a ""quoted"" word"\r
        4, 40, 9, 51,plain
        """, name: "t.csv")
    #expect(table.lines.map(\.text) == ["SR: 11\" PROWESS, GUN", "a \"quoted\" word", "plain"])
    #expect(table.lines[0].box == TextBox(left: 1, top: 2, right: 30.5, bottom: 14))
  }

  /// RFC 4180, with the byte order mark of spreadsheets.
  @Test func tablesOfSpreadsheets() throws {
    let text =
      "\u{FEFF}left,top,right,bottom,text\r\n1,2,3,4,\"a, \"\"b\"\"\r\nc\"\r\n\"5\",6,7,8, d \r\n"
    let table = try TextTable(parsing: text, name: "t.csv")
    #expect(table.lines.map(\.text) == ["a, \"b\"\r\nc", "d"])
    // A quote that is never closed belongs to its line alone.
    let open = try TextTable(
      parsing: "\u{FEFF}left,top,right,bottom,text\n1,2,3,4,\"a, b\n5,6,7,8,c\n", name: "t.csv")
    #expect(open.lines.map(\.text) == ["\"a, b", "c"])
  }

  @Test(arguments: [
    ("", TextTableError.noHeader(file: "t")),
    ("1,2,3,4,a", .noHeader(file: "t")),
    ("left,top,right,bottom,text\n1,2,3,4", .notFiveFields(file: "t", row: 2)),
    ("left,top,right,bottom,text\n1,2,3,4,a\n1,nan,3,4,a", .notANumber(file: "t", row: 3)),
    ("left,top,right,bottom,text\n1,2,inf,4,a", .notANumber(file: "t", row: 2)),
    ("left,top,right,bottom,text\n1,x,3,4,a", .notANumber(file: "t", row: 2)),
    ("left,top,right,bottom,text\n3,2,3,4,a", .emptyBox(file: "t", row: 2)),
  ])
  func whatIsNoTableIsRefused(text: String, error: TextTableError) {
    #expect(throws: error) { try TextTable(parsing: text, name: "t") }
  }

  @Test(arguments: [
    ("DATE: 12/03/2018", LineKind.date), ("12-MAR-18 10:20", .date), ("25 MAY 2017", .date),
    ("2018-03-12", .date), ("09.01.2019", .date), ("RM 12.50", .amount), ("12.50", .amount),
    ("TOTAL 1,234.00", .amount), ("4.62 SR", .amount), ("-0.02", .amount), ("17.00 ZR*", .amount),
    ("PI12PJ11-4 - 6/300", .other), ("33-53-12", .other), ("SR @ 6.00%", .other),
    ("TEL 07-355 2616", .other), ("3.000 KG", .other), ("", .other), ("0", .other),
  ])
  func kinds(text: String, kind: LineKind) { #expect(LineKind(of: text) == kind) }
}
