import Foundation
import TestSupport
import Testing

/// `codec latents`, and `codec decode` of its arrays.
struct LatentsTests {
  let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    try writePicture(picture(50, 41, 3), to: folder.file("a.png"))
    try FileManager.default.createDirectory(
      atPath: folder.file("all"), withIntermediateDirectories: false)
    try writePicture(picture(20, 20, 3, seed: 2), to: folder.file("all/b.png"))
    try writePicture(picture(20, 20, 1, seed: 3), to: folder.file("all/c.png"))
  }

  @Test func arraysGiveThePictureBack() throws {
    #expect(try codec("encode", "a.png", at: folder).status == 0)
    #expect(try codec("decode", "a.wlc", "-o", "a.ppm", at: folder).status == 0)
    let expected = try contents(folder.file("a.ppm"))
    /// Whether another decoded picture is the same but for roundings, of weights for the eye.
    func isExpected(_ file: String) throws -> Bool {
      let found = try contents(folder.file(file))
      let differences = zip(found, expected).filter { $0 != $1 }
      return found.count == expected.count && differences.count < found.count / 200
        && differences.allSatisfy { abs(Int($0) - Int($1)) == 1 }
    }
    for kind in ["npz", "safetensors"] {
      #expect(try codec("latents", "a.png", "-o", "picture.\(kind)", at: folder).status == 0)
      let run = try codec("latents", "a.wlc", "-o", "coded.\(kind)", at: folder)
      #expect(run.status == 0)
      #expect(run.errors == "a.wlc -> coded.\(kind): 11 x 13 patches of 48 channels\n")
      #expect(
        try contents(folder.file("picture.\(kind)")) == contents(folder.file("coded.\(kind)")))
      #expect(try codec("decode", "coded.\(kind)", "-f", "-o", "b.ppm", at: folder).status == 0)
      #expect(try isExpected("b.ppm"))
    }
    // An npy file knows neither codec nor size: whole patches.
    #expect(try codec("latents", "a.wlc", at: folder).status == 0)
    #expect(
      try codec("decode", "a.npy", "--codec", "photo", "-o", "c.ppm", at: folder).errors
        == "a.npy -> c.ppm: 52 x 44\n")
    let refused = try codec("decode", "a.npy", "-o", "d.ppm", at: folder)
    #expect(refused.status == 1)
    #expect(
      refused.errors
        == "codec: a.npy: it does not say which codec it is of; name it with --codec\n")
  }

  @Test func foldersAndChannels() throws {
    let run = try codec(
      "latents", "all", "-o", "out", "--format", "npz", "--channels", "5", at: folder)
    #expect(run.status == 0 && run.errors.hasSuffix("2 of 2 files done, 0 failed\n"))
    #expect(run.errors.contains("all/b.png -> out/b.npz: 5 x 5 patches of 5 channels"))
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: folder.file("out")).sorted()
        == ["b.npz", "c.npz"])
    let again = try codec("latents", "all", "-o", "out", "--format", "npz", at: folder)
    #expect(again.status == 1 && again.errors.contains("out/b.npz exists; use -f to overwrite"))
  }

  @Test func mistakes() throws {
    for (arguments, text) in [
      (
        ["latents", "a.png", "-o", "x.txt"],
        "x.txt: the name must end in .npy, .npz or .safetensors"
      ),
      (["latents", "a.png", "--channels", "49"], "1...48 channels to keep, not 49"),
      (["latents", "a.png", "--codec", "klt-grey"], "is for 1 channel, not 3"),
    ] {
      let process = try Program.process(arguments, folder: folder, at: folder.path)
      try process.run()
      let run = try Program.result(of: process, folder: folder)
      #expect(run.status == 1 && run.errors.contains(text), "\(run.errors)")
    }
    #expect(try codec("latents", "a.png", "-q", "101", at: folder).status == 2)
    #expect(try codec("latents", "a.png", "--format", "bin", at: folder).status == 2)
    #expect(try codec("decode", "a.wlc", "-q", "-1", at: folder).status == 2)
    _ = try folder.write(Array("no array".utf8), to: "x.npz")
    #expect(
      try codec("decode", "x.npz", "--codec", "photo", at: folder).errors
        == "codec: x.npz is damaged near byte 0: it is no zip archive\n")
  }

  private static let hasNumpy: Bool = {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["python3", "-c", "import numpy"]
    (process.standardOutput, process.standardError) = (nil, FileHandle.nullDevice)
    guard (try? process.run()) != nil else { return false }
    process.waitUntilExit()
    return process.terminationStatus == 0
  }()

  @Test(.enabled(if: hasNumpy, "needs Python with numpy")) func pythonReadsAndWritesThem() throws {
    let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../../bench/learning/check_interchange.py")
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["python3", script.path, Program.path, folder.file("a.png"), "photo"]
    process.environment = ProcessInfo.processInfo.environment
      .merging(["CODEC_PATH": Fixture.codecs.path]) { $1 }
    process.standardOutput = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
  }
}
