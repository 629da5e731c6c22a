import Foundation
import TestSupport
import Testing

@testable import CompressedLearning

struct LabelledFilesTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func add(_ names: String...) throws {
    for name in names {
      let path = folder.file(name)
      try FileManager.default.createDirectory(
        atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
      try Data().write(to: URL(fileURLWithPath: path))
    }
  }

  @Test func foldersAreClasses() throws {
    try add("b/1.png", "b/2.wlc", "a/deep/3.JPG", "a/4.jpg", "a/notes.txt", "a/.hidden.png", "x.md")
    let files = try LabelledFiles(folder: folder.path)
    #expect(files.labels == ["a", "b"])
    #expect(
      files.files.map { String($0.path.dropFirst(folder.path.count + 1)) }
        == ["a/4.jpg", "a/deep/3.JPG", "b/1.png", "b/2.wlc"])
    #expect(files.files.map(\.label) == [0, 0, 1, 1])
  }

  @Test func tablesNameClasses() throws {
    try add("1.png", "2.png", "3.png", "4.png")
    let table = try folder.write(
      Array("file,label\n1.png,fig\n 2.png , pear\r\n3.png,fig\n4.png,pear\n".utf8), to: "t.csv")
    let files = try LabelledFiles(table: table)
    #expect(files.labels == ["fig", "pear"] && files.files.map(\.label) == [0, 0, 1, 1])
    for (text, line) in [("1.png\n", 1), ("1.png,fig\n5.png,fig", 2), ("1.png,\n", 1)] {
      let table = try folder.write(Array(text.utf8), to: "wrong.csv")
      #expect {
        try LabelledFiles(table: table)
      } throws: { error in
        if case DatasetError.line(let file, line: line, what: _) = error {
          file == table
        } else {
          false
        }
      }
    }
  }

  /// RFC 4180: commas, quotes and line breaks within quotes, CR LF, and a byte order mark, by which
  /// spreadsheets tell UTF-8.
  @Test(arguments: ["", "\u{FEFF}"], ["\n", "\r\n"])
  func tablesWithQuotes(mark: String, lineEnd: String) throws {
    try add("a, 0.png", "a, 1.png", "b \"2\".png", "c\n3.png", "d.png")
    let rows = [
      "file,label", "\"a, 0.png\",one", "\"a, 1.png\", \"one\"",
      "\"b \"\"2\"\".png\",\"two, \"\"x\"\"\"", "",
      "\"c\n3.png\",\"two, \"\"x\"\"\"", "d.png,one",
    ]
    let table = try folder.write(
      Array((mark + rows.joined(separator: lineEnd)).utf8), to: "quotes.csv")
    let files = try LabelledFiles(table: table)
    #expect(files.labels == ["one", "two, \"x\""])
    #expect(
      files.files.map { ($0.path as NSString).lastPathComponent }
        == ["a, 0.png", "a, 1.png", "d.png", "b \"2\".png", "c\n3.png"])
  }

  @Test(arguments: [
    ("1.png,a\n\n1, 1.png,b\n", 3, "it has 3 fields, not a file and a label"),
    ("1.png,a\r\n\"1.png,b\r\n", 2, "a quote is opened and never closed"),
    ("\"1.png\"x,a\n", 1, "there is text behind a closing quote"),
    ("1.png,a\n\"no\nsuch\",b\n", 2, "there is no file no\nsuch"),
  ])
  func linesOfTablesAreNamed(text: String, line: Int, what: String) throws {
    try add("1.png")
    let table = try folder.write(Array(text.utf8), to: "wrong.csv")
    let error = #expect(throws: DatasetError.self) { try LabelledFiles(table: table) }
    #expect(error?.description.hasPrefix("\(table), line \(line): \(what)") ?? false, "\(error!)")
  }

  @Test func tablesThatAreNoText() throws {
    let table = try folder.write([0x61, 0xFF, 0xFE], to: "t.csv")
    #expect(throws: DatasetError.table(reason: "\(table) is no text in UTF-8")) {
      try LabelledFiles(table: table)
    }
    let none = folder.file("none.csv")
    let error = #expect(throws: DatasetError.self) { try LabelledFiles(table: none) }
    #expect(error?.description == "\(none): cannot open: No such file or directory")
  }

  /// With a test set nothing is held out, and one file of a class is enough.
  @Test func classesOfOneFile() throws {
    try add("a/1.png", "a/2.png", "b/1.png")
    #expect(try LabelledFiles(folder: folder.path, smallestClass: 1).files.count == 3)
    let table = try folder.write(Array("a/1.png,x\nb/1.png,y\n".utf8), to: "t.csv")
    #expect(try LabelledFiles(table: table, smallestClass: 1).labels == ["x", "y"])
    #expect(throws: DatasetError.smallClass(label: "x", folder: table, files: 1)) {
      try LabelledFiles(table: table)
    }
  }

  /// As many as are needed are enough: of two files one is held out.
  @Test func smallClassesAreHeldOutToo() throws {
    try add("a/1.png", "a/2.png", "b/1.png", "b/2.png", "b/3.png", "c/1.png")
    let (kept, heldOut) = try LabelledFiles(folder: folder.path, smallestClass: 1)
      .split(heldOut: 5)
    #expect(
      heldOut.files.map { String($0.path.dropFirst(folder.path.count + 1)) }
        == ["a/2.png", "b/3.png"])
    #expect(kept.files.map(\.label) == [0, 1, 1, 2])
  }

  @Test func whatIsNoDataSetIsRefused() throws {
    #expect(throws: DatasetError.unreadable(folder: folder.file("none"))) {
      try LabelledFiles(folder: folder.file("none"))
    }
    #expect(throws: DatasetError.noFiles(folder: folder.path)) {
      try LabelledFiles(folder: folder.path)
    }
    try add("a/1.png", "a/2.png")
    #expect(throws: DatasetError.oneClass(label: "a", folder: folder.path)) {
      try LabelledFiles(folder: folder.path)
    }
    try add("b/1.png")
    #expect(throws: DatasetError.smallClass(label: "b", folder: folder.path, files: 1)) {
      try LabelledFiles(folder: folder.path)
    }
    try add("b/2.png")
    #expect(throws: DatasetError.unknownLabel(label: "b", folder: folder.path)) {
      try LabelledFiles(folder: folder.path, labels: ["a", "c"])
    }
    try add("loose.png")
    #expect(throws: DatasetError.noLabel(file: folder.file("loose.png"))) {
      try LabelledFiles(folder: folder.path)
    }
  }

  @Test func everyClassIsHeldOutAlike() throws {
    for label in ["a", "b"] {
      for index in 0..<10 { try add("\(label)/\(index).png") }
    }
    let (kept, heldOut) = try LabelledFiles(folder: folder.path).split(heldOut: 5)
    #expect(kept.files.count == 16 && heldOut.files.count == 4)
    #expect(heldOut.files.map(\.label) == [0, 0, 1, 1])
    #expect(Set(kept.files.map(\.path)).isDisjoint(with: heldOut.files.map(\.path)))
  }
}
