import TestSupport
import Testing

struct HelpTests {
  static let options: [(command: String, options: [String])] = [
    (
      "encode",
      [
        "--output", "--force", "--quality", "--target-bpp", "--target-size", "--target-psnr",
        "--channels", "--codec", "-j", "--max-pixels", "--strip", "--json",
      ]
    ),
    ("decode", ["--output", "--force", "--partial", "--codec", "--quality", "-j", "--max-pixels"]),
    (
      "latents",
      [
        "--output", "--format", "--force", "--channels", "--codec", "--quality", "--blocks", "-j",
        "--max-pixels",
      ]
    ),
    ("info", ["--json", "--brief", "--codec"]), ("verify", ["--codec", "-j"]),
    ("compare", ["--codec", "-j"]), ("list", []),
    (
      "train",
      [
        "--fit", "--recipe", "--data", "--out", "--levels", "--channels", "--seed", "--steps",
        "--minutes", "--resume", "--grey", "--max-pixels",
      ]
    ),
    (
      "bench",
      [
        "--codec", "--rival", "--qualities", "--jobs", "--timing", "--limit", "--anchors",
        "--against", "--out", "--png", "--force", "--cache", "--json",
      ]
    ),
  ]

  @Test(arguments: options) func everyOptionIsExplained(command: String, options: [String]) throws {
    let run = try codec(command, "--help")
    #expect(run.status == 0 && run.errors.isEmpty)
    #expect(run.text.contains("USAGE: codec \(command)"))
    // The part behind the usage line explains each option in words.
    let explained = run.text.split(separator: "\n").drop { !$0.hasPrefix("OPTIONS") }
    for option in options {
      #expect(
        explained.contains { $0.contains(option) && $0.split(separator: " ").count > 3 }
          || explained.contains { $0.hasPrefix("  ") && $0.contains(option) },
        "\(option)")
    }
  }

  @Test func theProgramNamesItsCommands() throws {
    for arguments in [["--help"], []] {
      let folder = try TemporaryFolder()
      let process = try Program.process(arguments, folder: folder)
      try process.run()
      let run = try Program.result(of: process, folder: folder)
      #expect(run.status == 0)
      for (command, _) in Self.options { #expect(run.text.contains("  \(command) ")) }
    }
    #expect(try codec("--version").text == "0.1.0\n")
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
