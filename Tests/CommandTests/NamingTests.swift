import Foundation
import MediaFiles
import TestSupport
import Testing

struct NamingTests {
  let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    try writePicture(picture(20, 12, 3), to: folder.file("photo.png"))
  }

  private func makeFolder(_ name: String) throws {
    try FileManager.default.createDirectory(
      atPath: folder.file(name), withIntermediateDirectories: true)
  }

  /// All files below the folder, in order.
  private func files() throws -> [String] {
    try FileManager.default.subpathsOfDirectory(atPath: folder.path).filter {
      var isFolder: ObjCBool = false
      _ = FileManager.default.fileExists(atPath: folder.file($0), isDirectory: &isFolder)
      return !isFolder.boolValue
    }.sorted()
  }

  @Test(arguments: ["", "./", "ABSOLUTE/"]) func besideTheInput(prefix: String) throws {
    let prefix = prefix == "ABSOLUTE/" ? folder.path + "/" : prefix
    let encoded = try codec("encode", prefix + "photo.png", at: folder)
    #expect(encoded.status == 0 && encoded.errorLines.count == 1 && encoded.output.isEmpty)
    #expect(encoded.errors.hasPrefix("\(prefix)photo.png -> "))
    #expect(try folder.contents() == ["photo.png", "photo.wlc"])

    let original = try contents(folder.file("photo.png"))
    let refused = try codec("decode", prefix + "photo.wlc", at: folder)
    #expect(refused.status == 1)
    #expect(refused.errors.hasSuffix("photo.png exists; use -f to overwrite\n"))
    #expect(try contents(folder.file("photo.png")) == original)

    #expect(try codec("decode", "-f", prefix + "photo.wlc", at: folder).status == 0)
    #expect(try contents(folder.file("photo.png")) != original)
    #expect(try readPicture(folder.file("photo.png")).format.width == 20)
    #expect(try codec("encode", prefix + "photo.png", at: folder).status == 1)
    #expect(try codec("encode", "-f", prefix + "photo.png", at: folder).status == 0)
    #expect(try folder.contents() == ["photo.png", "photo.wlc"])
  }

  @Test func namedOutputs() throws {
    #expect(try codec("encode", "photo.png", "-o", "x.bin", at: folder).status == 0)
    #expect(try codec("decode", "x.bin", "-o", "y.ppm", at: folder).status == 0)
    #expect(try contents(folder.file("y.ppm")).starts(with: Array("P6".utf8)))
    #expect(try codec("decode", "x.bin", "-o", "y.npy", at: folder).status == 0)
    #expect(try codec("decode", "x.bin", "-o", "noending", at: folder).status == 0)
    #expect(try readPicture(folder.file("noending")).format.kind == .image)
    let refused = try codec("decode", "x.bin", "-o", "y.jpg", at: folder)
    #expect(refused.status == 1 && refused.errors.hasPrefix("codec: y.jpg: the name must end in"))
    #expect(try codec("encode", "photo.png", "-o", "no/such/x.wlc", at: folder).status == 1)
    #expect(try files() == ["noending", "photo.png", "x.bin", "y.npy", "y.ppm"])
  }

  @Test func intoFolders() throws {
    try makeFolder("in.d/deep")
    try writePicture(picture(9, 9, 1), to: folder.file("in.d/deep/a.b.png"))
    try makeFolder("out")
    #expect(try codec("encode", "in.d/deep/a.b.png", "-o", "out", at: folder).status == 0)
    #expect(try codec("encode", "photo.png", "-o", "new/below/", at: folder).status == 0)
    #expect(
      try codec("encode", "photo.png", "in.d/deep/a.b.png", "-o", "several", at: folder).status == 0
    )
    #expect(
      try files() == [
        "in.d/deep/a.b.png", "new/below/photo.wlc", "out/a.b.wlc", "photo.png",
        "several/a.b.wlc", "several/photo.wlc",
      ])
    #expect(try codec("decode", "several", at: folder).status == 0)
    #expect(try files().filter { $0.hasPrefix("several") }.count == 4)
  }

  @Test(arguments: ["in", "in/", "./in", "ABSOLUTE/in"]) func treesAreMirrored(input: String) throws
  {
    let input = input.replacing("ABSOLUTE", with: folder.path)
    try makeFolder("in/deep/er")
    try makeFolder("in/.hidden")
    try makeFolder("in/folder.png")
    for name in ["a.png", "deep/b.PNG.png", "deep/er/c.ppm", ".hidden/d.png", ".e.png"] {
      try writePicture(picture(9, 9, 3), to: folder.file("in/" + name))
    }
    _ = try folder.write([1], to: "in/notes.txt")
    let encoded = try codec("encode", input, "-o", "out", at: folder)
    #expect(encoded.status == 0, "\(encoded.errors)")
    #expect(encoded.errorLines.last == "3 of 3 files done, 0 failed")
    #expect(
      try files().filter { $0.hasPrefix("out") }
        == ["out/a.wlc", "out/deep/b.PNG.wlc", "out/deep/er/c.wlc"])
    // Without -o each result lies beside its input.
    #expect(try codec("encode", input, at: folder).status == 0)
    #expect(
      try files().filter { $0.hasSuffix(".wlc") && $0.hasPrefix("in") }
        == ["in/a.wlc", "in/deep/b.PNG.wlc", "in/deep/er/c.wlc"])
    #expect(try codec("decode", "out", "-o", "back", at: folder).status == 0)
    #expect(
      try files().filter { $0.hasPrefix("back") }
        == ["back/a.png", "back/deep/b.PNG.png", "back/deep/er/c.png"])
  }

  @Test func goesOnAfterABadFile() throws {
    try makeFolder("in")
    for name in ["a", "c"] { try writePicture(picture(9, 9, 3), to: folder.file("in/\(name).png")) }
    _ = try folder.write(Array("no picture".utf8), to: "in/b.png")
    let run = try codec("encode", "in", "nowhere.png", "photo.png", "-o", "out", at: folder)
    #expect(run.status == 1)
    #expect(run.errorLines.last == "3 of 5 files done, 2 failed")
    #expect(run.errors.contains("codec: in/b.png is neither a PNG"))
    #expect(run.errors.contains("codec: nowhere.png: cannot open"))
    #expect(
      try files().filter { $0.hasPrefix("out") } == ["out/a.wlc", "out/c.wlc", "out/photo.wlc"])
  }

  @Test(arguments: [[], ["-f"]]) func twoInputsToOneOutput(options: [String]) throws {
    try writePicture(picture(9, 9, 3), to: folder.file("photo.ppm"))
    for inputs in [["photo.png", "photo.ppm"], ["photo.png", "./photo.ppm"], ["."]] {
      let streams = try TemporaryFolder()
      let process = try Program.process(
        ["encode"] + inputs + options, folder: streams, at: folder.path)
      try process.run()
      let run = try Program.result(of: process, folder: streams)
      #expect(run.status == 1 && run.errors.contains(" both give "), "\(inputs): \(run.errors)")
      #expect(run.errorLines.last == "1 of 2 files done, 1 failed")
      #expect(try files() == ["photo.png", "photo.ppm", "photo.wlc"])
      // The first one it is.
      #expect(try codec("decode", "photo.wlc", "-o", "back.png", at: folder).status == 0)
      #expect(try readPicture(folder.file("back.png")).format.width == 20)
      for name in ["photo.wlc", "back.png"] {
        try FileManager.default.removeItem(atPath: folder.file(name))
      }
    }
  }

  @Test func standardStreams() throws {
    let original = try contents(folder.file("photo.png"))
    let encoded = try codec("encode", "-", input: original, at: folder)
    #expect(encoded.status == 0 && encoded.errors.hasPrefix("- -> -: "))
    let decoded = try codec("decode", "-", input: encoded.output, at: folder)
    #expect(decoded.status == 0)
    #expect(decoded.output.starts(with: [0x89] + Array("PNG".utf8)))
    #expect(try folder.contents() == ["photo.png"])

    // The same through files, and with pipes instead of files as streams.
    #expect(try codec("encode", "photo.png", "-o", "-", at: folder).output == encoded.output)
    #expect(try codec("encode", "-", "-o", "a.wlc", input: original, at: folder).status == 0)
    #expect(try contents(folder.file("a.wlc")) == encoded.output)
    let shell = Process()
    shell.executableURL = URL(fileURLWithPath: "/bin/sh")
    shell.arguments = [
      "-c", "cat photo.png | \"$0\" encode - 2>e | \"$0\" decode - -o - 2>e | cat >b.png",
      Program.path,
    ]
    shell.currentDirectoryURL = URL(fileURLWithPath: folder.path)
    shell.environment = ["CODEC_PATH": Fixture.codecs.path]
    try shell.run()
    shell.waitUntilExit()
    #expect(try contents(folder.file("b.png")) == decoded.output)
    for command in ["info", "verify"] {
      #expect(try codec(command, "-", input: encoded.output).status == 0)
    }
  }

  @Test func foldersWithoutFiles() throws {
    try makeFolder("empty")
    let run = try codec("encode", "empty", at: folder)
    #expect(run.status == 1 && run.errors == "codec: there are no files to work on in empty\n")
  }

  @Test func readingTheSameFileTwiceIsFine() throws {
    #expect(try codec("encode", "photo.png", at: folder).status == 0)
    for command in ["info", "verify"] {
      let run = try codec(command, "photo.wlc", "photo.wlc", ".", at: folder)
      #expect(run.status == 0 && run.errorLines.last == "3 of 3 files done, 0 failed")
    }
  }
}
