import Foundation
import TestSupport
import Testing

struct HelpTests {
  static let commands = [
    "encode", "decode", "latents", "info", "verify", "compare", "list", "train", "learn", "bench",
  ]
  static let learning = ["classify", "colorize", "document", "separate"].map { "learn \($0) train" }

  /// Whatever options there are, each has a text behind its name or in the line below.
  @Test(
    arguments: commands.filter { $0 != "learn" } + learning + [
      "learn classify evaluate", "learn classify predict", "learn colorize apply",
      "learn document predict", "learn separate predict",
    ])
  func everyOptionIsExplained(command: String) throws {
    let streams = try TemporaryFolder()
    let process = try Program.process(
      command.split(separator: " ").map(String.init) + ["--help"], folder: streams)
    try process.run()
    let run = try Program.result(of: process, folder: streams)
    #expect(run.status == 0 && run.errors.isEmpty)
    #expect(run.text.contains("USAGE: codec \(command)"))
    let lines = run.text.split(separator: "\n").drop { !$0.hasPrefix("OPTIONS") }.dropFirst()
    let options = lines.indices.filter { lines[$0].hasPrefix("  -") }
    #expect(options.contains { lines[$0].contains("--help") })
    for index in options {
      // Texts stand in a column of their own.
      let text = lines[index].dropFirst(26)
      let below = index + 1 < lines.endIndex ? lines[index + 1] : ""
      let isExplained =
        lines[index].prefix(26).hasSuffix(" ") && !text.allSatisfy(\.isWhitespace)
        || below.hasPrefix(String(repeating: " ", count: 26))
      #expect(isExplained, "\(lines[index])")
    }
  }

  @Test(arguments: learning) func longerTrainingsAreExplained(command: String) throws {
    let streams = try TemporaryFolder()
    let process = try Program.process(
      command.split(separator: " ").map(String.init) + ["--help"], folder: streams)
    try process.run()
    let text = try Program.result(of: process, folder: streams).text
      .split(whereSeparator: \.isWhitespace).joined(separator: " ")
    #expect(text.contains("With more --epochs it goes on too"))
  }

  @Test func theProgramNamesItsCommands() throws {
    for arguments in [["--help"], []] {
      let folder = try TemporaryFolder()
      let process = try Program.process(arguments, folder: folder)
      try process.run()
      let run = try Program.result(of: process, folder: folder)
      #expect(run.status == 0)
      for command in Self.commands { #expect(run.text.contains("  \(command) ")) }
    }
    #expect(try codec("--version").text == "0.1.0\n")
  }

  @Test(arguments: ["bash", "zsh", "fish"]) func completionsAreMade(shell: String) throws {
    let run = try codec("--generate-completion-script", shell)
    #expect(run.status == 0 && run.errors.isEmpty)
    let own = shell == "fish" ? "\"codec " : "_codec_"
    for command in Self.commands { #expect(run.text.contains(own + command)) }
    #expect(run.text.contains("safetensors"))
  }

  /// What the shells ask for behind `codec encode --codec`.
  @Test func namesOfCodecsAreCompleted() throws {
    let run = try codec(
      "---completion", "encode", "--", "--codec", "3", "0", "codec", "encode", "--codec", "",
      environment: ["SAP_SHELL": "bash", "SAP_SHELL_VERSION": "5"])
    #expect(
      run.status == 0 && run.text.hasPrefix("klt-grey\nmusic\nphoto\nphoto-grey\n"),
      "\(run.errors)")
  }

  @Test func mistakesOnTheCommandLine() throws {
    let folder = try TemporaryFolder()
    try writePicture(picture(8, 8, 1), to: folder.file("a.png"))
    try writePicture(picture(8, 8, 1), to: folder.file("b.png"))
    for arguments in [
      ["encode"], ["encode", "a.png", "--nonsense"], ["nonsense"], ["decode"], ["info"], ["train"],
      ["encode", "a.png", "-q", "101"], ["encode", "a.png", "-q", "-1"],
      ["encode", "a.png", "-q", "nan"], ["encode", "a.png", "-q", "high"],
      ["encode", "a.png", "-e", "0"], ["encode", "a.png", "--effort", "10"],
      ["encode", "a.png", "-j", "0"], ["encode", "a.png", "--max-pixels", "0"],
      ["encode", "a.png", "--target-bpp", "0"], ["encode", "a.png", "--target-bpp", "inf"],
      ["encode", "a.png", "--target-size", "0"], ["encode", "a.png", "--target-psnr", "-3"],
      ["encode", "a.png", "--target-bpp", "1", "--target-psnr", "30"],
      ["encode", "a.png", "--strip", "0"], ["encode", "-", "a.png"],
      ["encode", "a.png", "b.png", "-o", "-"], ["encode", "a.png", "b.png", "-o", "a.png"],
      ["encode", ".", "-o", "a.png"], ["encode", ".", "-o", "-"],
      ["train", "--fit", "magic", "--data", ".", "--out", "x"],
      ["train", "--fit", "klt", "--data", ".", "--out", "x", "--levels", "7"],
      ["train", "--fit", "klt", "--data", ".", "--out", "x", "--channels", "0"],
      ["train", "--fit", "klt", "--data", ".", "--out", "x", "--scale", "0.5..0.8"],
      ["train", "--fit", "sound", "--data", ".", "--out", "x", "--scale", "0.5...0.8"],
      ["bench"], ["bench", "-"], ["bench", "a.png", "--rival", "none"],
      ["bench", "a.png", "--qualities", "10,101"], ["bench", "a.png", "--qualities", "10,10"],
      ["bench", "a.png", "-e", "10"],
      ["bench", "a.png", "--jobs", "0"], ["bench", "a.png", "--timing", "-1"],
      ["bench", "a.png", "--limit", "0"], ["bench", "a.png", "--png"],
      ["bench", "a.png", "--cache", ".", "--codec", "photo"],
      ["bench", "a.png", "--cache", ".", "--against", "none"],
    ] {
      let streams = try TemporaryFolder()
      let process = try Program.process(arguments, folder: streams, at: folder.path)
      try process.run()
      let run = try Program.result(of: process, folder: streams)
      #expect(run.status == 2 && !run.wasSignalled, "\(arguments): \(run.errors)")
      #expect(run.errors.contains("Error: ") && run.output.isEmpty, "\(arguments)")
    }
    #expect(try folder.contents() == ["a.png", "b.png"])
  }

  @Test func aProgramWithoutCodecsSaysWhereItLooked() throws {
    let folder = try TemporaryFolder()
    try FileManager.default.copyItem(atPath: Program.path, toPath: folder.file("codec"))
    try writePicture(picture(8, 8, 3), to: folder.file("a.png"))
    for arguments in [["list"], ["encode", folder.file("a.png")]] {
      let process = try Program.process(
        arguments, folder: folder, environment: ["CODEC_PATH": "/nowhere"])
      process.executableURL = URL(fileURLWithPath: folder.file("codec"))
      try process.run()
      let run = try Program.result(of: process, folder: folder)
      #expect(run.output.isEmpty && run.status == (arguments.count == 1 ? 0 : 1))
      #expect(run.errors.contains("../share/codec beside") && run.errors.contains("CODEC_PATH"))
    }
  }

  @Test func missingFilesAreNamedInOneSentence() throws {
    for command in ["encode", "decode", "info", "verify"] {
      let run = try codec(command, "/nowhere/photo.png")
      #expect(run.status == 1 && run.output.isEmpty)
      #expect(
        run.errors == "codec: /nowhere/photo.png: cannot open: No such file or directory\n")
    }
    let run = try codec("train", "--fit", "klt", "--data", "/nowhere", "--out", "/nowhere/else")
    #expect(run.status == 1)
    #expect(run.errors == "codec: /nowhere: cannot read: No such file or directory\n")
  }
}
