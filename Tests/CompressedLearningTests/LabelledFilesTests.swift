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
