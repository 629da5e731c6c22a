import Foundation
import MediaFiles
import Signals
import TestSupport
import Testing

struct OutputFileTests {
  private let folder: TemporaryFolder
  private let path: String

  init() throws {
    folder = try TemporaryFolder()
    path = folder.file("a.wlc")
  }

  private func content() throws -> [UInt8] {
    try readFile(path: path, maximumBytes: 1 << 20)
  }

  @Test func appearsWhenFinished() throws {
    let file = try OutputFile(path: path, overwrite: false)
    try file.write([1, 2])
    #expect(try folder.contents().count == 1)
    #expect(try folder.contents() != ["a.wlc"])
    try file.write([UInt8](repeating: 7, count: 200_000))
    try file.write([3])
    try file.finish()
    file.cancel()
    #expect(try folder.contents() == ["a.wlc"])
    #expect(try content() == [1, 2] + [UInt8](repeating: 7, count: 200_000) + [3])
  }

  @Test func leavesNothingWhenCancelledOrReleased() throws {
    let file = try OutputFile(path: path, overwrite: false)
    try file.write([1])
    file.cancel()
    #expect(try folder.contents() == [])
    do {
      let released = try OutputFile(path: path, overwrite: false)
      try released.write([1])
    }
    #expect(try folder.contents() == [])
    do {
      let format = ImageFormat(width: 2, height: 2, channels: 1)
      let sink = try createImage(path: folder.file("a.png"), format: format, overwrite: false)
      try sink.write(Image(width: 2, height: 1, planes: 1))
    }
    #expect(try folder.contents() == [])
  }

  @Test func existingFileStays() throws {
    _ = try folder.write([9], to: "a.wlc")
    let error = #expect(throws: MediaFileError.exists(file: path)) {
      try OutputFile(path: path, overwrite: false)
    }
    #expect(error?.description == "\(path) exists; use -f to overwrite")
    #expect(try content() == [9])
  }

  @Test func fileThatCameToExistStays() throws {
    let file = try OutputFile(path: path, overwrite: false)
    try file.write([1])
    _ = try folder.write([9], to: "a.wlc")
    #expect(throws: MediaFileError.exists(file: path)) { try file.finish() }
    #expect(try content() == [9])
    #expect(try folder.contents() == ["a.wlc"])
  }

  @Test func overwritesOnlyWhenFinished() throws {
    _ = try folder.write([9], to: "a.wlc")
    let file = try OutputFile(path: path, overwrite: true)
    try file.write([1])
    #expect(try content() == [9])
    try file.finish()
    #expect(try content() == [1])
  }

  @Test func linkKeepsLeadingToTheFile() throws {
    _ = try folder.write([9], to: "target")
    try FileManager.default.createSymbolicLink(
      atPath: path, withDestinationPath: folder.file("target"))
    let file = try OutputFile(path: path, overwrite: true)
    try file.write([1])
    try file.finish()
    #expect(try readFile(path: folder.file("target"), maximumBytes: 9) == [1])
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: path).hasSuffix("target"))
  }

  @Test func longNamesAndFoldersThatDoNotExist() throws {
    let name = String(repeating: "\u{E9}", count: 120) + ".wlc"
    let file = try OutputFile(path: folder.file(name), overwrite: false)
    try file.finish()
    #expect(try folder.contents() == [name])
    for wrong in [folder.file("none/a.wlc"), folder.path] {
      #expect(throws: MediaFileError.self) { try OutputFile(path: wrong, overwrite: true) }
    }
  }

  @Test func devicesAreWrittenTo() throws {
    let file = try OutputFile(path: "/dev/null", overwrite: false)
    try file.write([1])
    try file.finish()
    #expect(try readFile(path: "/dev/null", maximumBytes: 1) == [])
  }

  #if os(Linux)
    @Test func fullDiskThrows() throws {
      let file = try OutputFile(path: "/dev/full", overwrite: true)
      try file.write([1])
      let error = #expect(throws: MediaFileError.self) { try file.finish() }
      #expect(error?.description == "/dev/full: cannot write: No space left on device")
    }
  #endif
}
