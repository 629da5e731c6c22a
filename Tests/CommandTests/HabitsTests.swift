import Foundation
import MediaFiles
import Signals
import TestSupport
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Names of files and habits on the command line as they come.
struct HabitsTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    try writePicture(picture(20, 12, 3), to: folder.file("photo.png"))
  }

  /// Runs lines of the shell in the folder; `$codec` is the program.
  private func shell(_ script: String) throws -> Run {
    let streams = try TemporaryFolder()
    let process = try Program.process([], folder: streams, at: folder.path)
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = ["-c", script]
    process.environment?["codec"] = Program.path
    try process.run()
    return try Program.result(of: process, folder: streams)
  }

  @Test func namesOfOneCharacter() throws {
    try FileManager.default.copyItem(atPath: folder.file("photo.png"), toPath: folder.file("x"))
    #expect(try codec("encode", "x", at: folder).status == 0)
    #expect(try codec("decode", "x.wlc", "-o", "y", at: folder).status == 0)
    #expect(try codec("info", "x.wlc", at: folder).status == 0)
    #expect(try folder.contents() == ["photo.png", "x", "x.wlc", "y"])
    for command in ["encode", "decode", "info", "verify", "latents"] {
      let run = try codec(command, "7", at: folder)
      #expect(run.status == 1)
      #expect(run.errors == "codec: 7: cannot open: No such file or directory\n")
    }
  }

  @Test func valuesWithoutASpace() throws {
    let run = try codec("encode", "-q90", "-e9", "-j1", "-oa.wlc", "photo.png", at: folder)
    #expect(run.status == 0 && run.errors.contains("quality 90.0"))
    #expect(try codec("encode", "-q", "90", "-e", "9", "photo.png", at: folder).status == 0)
    #expect(try contents(folder.file("a.wlc")) == contents(folder.file("photo.wlc")))
    #expect(try codec("encode", "-q900", "photo.png", "-f", at: folder).status == 2)
  }

  @Test func namesThatStartWithADash() throws {
    for name in ["-hello.wlc", "-h.wlc", "-xh"] {
      let run = try codec("verify", name, at: folder)
      #expect(run.status == 2 && run.output.isEmpty, "\(run.errors)")
      #expect(run.errors.contains("Unknown option"))
    }
    #expect(try codec("verify", "-h", at: folder).status == 0)
    #expect(try codec("encode", "photo.png", "-o", "./-hello.wlc", at: folder).status == 0)
    #expect(try codec("verify", "--", "-hello.wlc", at: folder).status == 0)
    #expect(try codec("verify", "./-hello.wlc", at: folder).status == 0)
  }

  @Test func theInputIsNeverOverwritten() throws {
    let original = try contents(folder.file("photo.png"))
    try FileManager.default.createSymbolicLink(
      atPath: folder.file("link"), withDestinationPath: folder.file("photo.png"))
    try FileManager.default.linkItem(
      atPath: folder.file("photo.png"), toPath: folder.file("hard"))
    for output in ["./photo.png", "link", "hard"] {
      for input in ["photo.png", "link"] {
        let run = try codec("encode", "-f", input, "-o", output, at: folder)
        #expect(run.status != 0 && !run.errors.isEmpty)
      }
    }
    #expect(try codec("encode", "photo.png", "-o", "a.wlc", at: folder).status == 0)
    #expect(try codec("decode", "-f", "a.wlc", "-o", "a.wlc", at: folder).status == 1)
    #expect(try codec("verify", "a.wlc", at: folder).status == 0)
    let stream = try shell(
      "$codec encode - -f -o photo.png.wlc <photo.png; cp photo.png y; $codec encode - -f -o y <y")
    #expect(stream.status == 1 && stream.errors.contains("it is the input"))
    #expect(try contents(folder.file("y")) == original)
    #expect(try contents(folder.file("photo.png")) == original)
  }

  @Test func namesThatDoNotFitTheCommand() throws {
    #expect(try codec("encode", "photo.png", "-o", "a.wlc", at: folder).status == 0)
    #expect(try codec("encode", "photo.png", "-o", "b.wlc", at: folder).status == 0)
    for arguments in [
      ["encode", "photo.png", "-o", "x.png"], ["encode", "photo.png", "-o", "x.FLAC"],
      ["encode", "photo.png", "-o", "x.webp"],
      ["decode", "a.wlc", "b.wlc", "-o", "q.png"], ["encode", "photo.png", ".", "-o", "q.wlc"],
    ] {
      let streams = try TemporaryFolder()
      let process = try Program.process(arguments, folder: streams, at: folder.path)
      try process.run()
      let run = try Program.result(of: process, folder: streams)
      #expect(run.status == 2 && run.errors.hasPrefix("Error: "), "\(arguments)")
    }
    #expect(try folder.contents() == ["a.wlc", "b.wlc", "photo.png"])
    #expect(try codec("decode", "a.wlc", "b.wlc", "-o", "q.png/", at: folder).status == 0)
    #expect(try TemporaryFolder.names(in: folder.file("q.png")) == ["a.png", "b.png"])
  }

  @Test func modeAndTimeOfFiles() throws {
    let time = Date(timeIntervalSince1970: 1_000_000_000)
    let files = FileManager.default
    try writeSound(sound(5000, channels: 1), to: folder.file("tone.wav"))
    let modes = [
      ("photo.png", 0o600, 0o600), ("open.png", 0o666, 0o644), ("fixed.png", 0o444, 0o444),
      ("tone.wav", 0o640, 0o640),
    ]
    for (name, mode, _) in modes {
      let path = folder.file(name)
      if !files.fileExists(atPath: path) {
        try files.copyItem(atPath: folder.file("photo.png"), toPath: path)
      }
      try files.setAttributes(
        [.posixPermissions: mode, .modificationDate: time], ofItemAtPath: path)
    }
    #expect(
      try shell("umask 022; $codec encode *.png *.wav && $codec decode -f *.wlc -o out").status == 0
    )
    for (name, _, mode) in modes {
      let coded = (name as NSString).deletingPathExtension + ".wlc"
      for path in [folder.file(coded), folder.file("out/" + name)] {
        let attributes = try files.attributesOfItem(atPath: path)
        #expect(attributes[.posixPermissions] as? Int == mode, "\(path)")
        #expect(attributes[.modificationDate] as? Date == time, "\(path)")
      }
    }
  }

  @Test func linksToFoldersAndWhatIsNoFile() throws {
    try FileManager.default.createDirectory(
      atPath: folder.file("in"), withIntermediateDirectories: false)
    try FileManager.default.moveItem(
      atPath: folder.file("photo.png"), toPath: folder.file("in/photo.png"))
    try FileManager.default.createSymbolicLink(
      atPath: folder.file("link"), withDestinationPath: "in")
    try FileManager.default.createSymbolicLink(
      atPath: folder.file("in/again"), withDestinationPath: ".")
    try FileManager.default.createSymbolicLink(
      atPath: folder.file("in/gone.png"), withDestinationPath: "nowhere")
    // Nobody writes to the pipe: who opens it waits for ever.
    try #require(mkfifo(folder.file("in/pipe.png"), 0o600) == 0)
    let run = try codec("encode", "link", "-o", "out", at: folder)
    #expect(run.status == 0 && run.errorLines.count == 1, "\(run.errors)")
    #expect(try TemporaryFolder.names(in: folder.file("out")) == ["photo.wlc"])
  }

  @Test func namesThatAreNotUTF8() throws {
    let run = try shell(
      """
      a=$(printf 'a\\377\\376b'); mkdir "$a"; cp photo.png "$a/$a.png"
      $codec encode "$a/$a.png" && $codec decode "$a/$a.wlc" -o "$a/c$a.ppm" &&
      $codec encode "$a" -o out && $codec info out/"$a.wlc" && ls "$a" out
      """)
    #expect(run.status == 0, "\(run.errors)")
    let name: [UInt8] = [0x61, 0xFF, 0xFE, 0x62]
    for wanted in [name + ".png".utf8, name + ".wlc".utf8, [0x63] + name + ".ppm".utf8] {
      #expect(run.output.split(separator: 0x0A).contains { Array($0) == wanted })
    }
    // The report names the file by the very bytes.
    #expect(
      run.output.split(separator: 0x0A).contains {
        $0.starts(with: "out/".utf8 + name + ".wlc:".utf8)
      })
  }

  @Test func sizesAreNeverAboveTheTarget() throws {
    try writePicture(picture(90, 70, 3), to: folder.file("big.png"))
    for limit in [800, 1200, 1500, 2001] {
      let run = try codec(
        "encode", "-f", "--tune", "psnr", "--target-size", "\(limit)", "big.png", "-o", "a.wlc",
        at: folder)
      #expect(run.status == 0)
      let bytes = try contents(folder.file("a.wlc")).count
      #expect(bytes <= limit && bytes >= limit * 97 / 100, "\(bytes) of \(limit)")
    }
    let refused = try codec("encode", "-f", "--target-size", "50", "big.png", at: folder)
    #expect(refused.status == 1 && refused.errors.contains("no quality gives 50 bytes"))
    #expect(!FileManager.default.fileExists(atPath: folder.file("big.wlc")))
    let beyond = try codec("encode", "--target-psnr", "90", "big.png", at: folder)
    #expect(beyond.status == 0)
    #expect(beyond.errors.contains("the target is beyond quality 100, which gives about "))
    #expect(beyond.errors.contains(" dB\n"))
  }

  @Test func bitsAPixelAreNeverAboveTheTarget() throws {
    for (width, height, target) in [(9, 9, 12.206), (17, 40, 3.2317)] {
      try? FileManager.default.removeItem(atPath: folder.file("small.png"))
      try writePicture(picture(width, height, 3), to: folder.file("small.png"))
      let run = try codec(
        "encode", "-f", "--target-bpp", "\(target)", "small.png", "-o", "a.wlc", at: folder)
      let bytes = try contents(folder.file("a.wlc")).count
      #expect(run.status == 0 && Double(8 * bytes) <= target * Double(width * height))
    }
  }

  /// Of so few samples not every number of decibels exists: no quality near the one that was found
  /// comes closer by more than a little.
  @Test func decibelsOfSmallPictures() throws {
    func reached() throws -> Double {
      let text = try codec("compare", "--json", "small.png", "a.wlc", at: folder).text
      return try #require(objects(text)[0]["psnr"] as? Double)
    }
    for (width, height, target) in [(9, 9, 30.0), (12, 8, 34), (64, 8, 32)] {
      try? FileManager.default.removeItem(atPath: folder.file("small.png"))
      try writePicture(picture(width, height, 3), to: folder.file("small.png"))
      let run = try codec(
        "encode", "-f", "--target-psnr", "\(target)", "small.png", "-o", "a.wlc", at: folder)
      #expect(run.status == 0 && run.errorLines.count == 1, "\(run.errors)")
      let miss = abs(try reached() - target)
      let found = try objects(codec("info", "--json", "a.wlc", at: folder).text)[0]
      let quality = try #require(found["quality"] as? Double)
      for other in [quality - 8, quality - 4, quality + 4, quality + 8] {
        #expect(
          try codec(
            "encode", "-f", "-q", "\(other)", "--tune", "psnr", "small.png", "-o", "a.wlc",
            at: folder
          ).status == 0)
        let nearer = abs(try reached() - target)
        #expect(
          miss < nearer + 0.3,
          "\(target) dB missed by \(miss) at \(quality), by \(nearer) at \(other)")
      }
    }
  }

  @Test(.enabled(if: FileStatus(path: "/dev/full") != nil)) func fullStandardOutputIsAnError()
    throws
  {
    #expect(try codec("encode", "photo.png", at: folder).status == 0)
    for command in ["info photo.wlc", "list", "compare photo.png photo.wlc"] {
      let run = try shell("$codec \(command) >/dev/full")
      #expect(run.status == 1 && !run.wasSignalled)
      #expect(run.errors.hasPrefix("codec: standard output: cannot write: "))
    }
  }

  @Test func endlessInputIsLookedAtFirst() throws {
    let run = try codec("encode", "/dev/zero", "-o", "a.wlc", at: folder)
    #expect(run.status == 1 && run.errors.contains("/dev/zero is neither a PNG"))
    let info = try codec("info", "/dev/zero", at: folder)
    #expect(info.status == 1 && info.errors == "codec: /dev/zero is not a .wlc file\n")
  }

  @Test func foldersThatMayNotBeReadStopNothing() throws {
    try FileManager.default.createDirectory(
      atPath: folder.file("in/closed"), withIntermediateDirectories: true)
    try writePicture(picture(9, 9, 3), to: folder.file("in/a.png"))
    // Nobody but the superuser may look into it; to them it is empty.
    try FileManager.default.setAttributes(
      [.posixPermissions: 0], ofItemAtPath: folder.file("in/closed"))
    let run = try codec("encode", "in", "-o", "out", at: folder)
    #expect(try TemporaryFolder.names(in: folder.file("out")) == ["a.wlc"])
    #expect(run.status == (getuid() == 0 ? 0 : 1))
    #expect(run.errors.contains("closed: cannot read") == (getuid() != 0))
    try FileManager.default.setAttributes(
      [.posixPermissions: 0o700], ofItemAtPath: folder.file("in/closed"))
  }

  @Test func jsonIsUTF8() throws {
    let run = try shell("cp photo.png \"$(printf 'a\\377.png')\" && $codec encode --json a*.png")
    #expect(run.status == 0 && String(validating: run.output, as: UTF8.self) != nil)
    #expect(try objects(run.text).count == 1)
  }

  @Test func filesThatGrow() throws {
    // PNG is short where noise repeats, and no transform of blocks is.
    var generator = SeededGenerator(seed: 1)
    let tile = (0..<256).map { _ in Float.random(in: 0...255, using: &generator).rounded() }
    var tiles = Image(width: 96, height: 96, planes: 3)
    for plane in 0..<3 {
      for y in 0..<96 {
        for x in 0..<96 { tiles[plane, y, x] = tile[y % 16 * 16 + x % 16] }
      }
    }
    try writePicture(tiles, to: folder.file("tiles.png"))
    let run = try codec("encode", "-q100", "photo.png", "tiles.png", at: folder)
    #expect(run.status == 0)
    let grows = try ["photo", "tiles"].map { name in
      try contents(folder.file(name + ".wlc")).count > contents(folder.file(name + ".png")).count
    }
    #expect(grows == [false, true])
    let warnings = run.errorLines.filter { $0.contains("compressed it has more") }
    #expect(warnings.count == 1 && warnings[0].contains("tiles.png"))
  }

  #if os(Linux)
    @Test func bytesAreNotPrintedToATerminal() throws {
      // A pair of terminals, as posix_openpt makes it, which Swift does not see.
      let master = open("/dev/ptmx", O_RDWR | O_NOCTTY)
      try #require(master >= 0)
      defer { close(master) }
      var (isLocked, number): (CInt, CInt) = (0, 0)
      try #require(ioctl(master, 0x4004_5431, &isLocked) == 0, "TIOCSPTLCK")
      try #require(ioctl(master, 0x8004_5430, &number) == 0, "TIOCGPTN")
      let terminal = try #require(FileHandle(forUpdatingAtPath: "/dev/pts/\(number)"))
      for arguments in [["encode", "photo.png", "-o", "-"], ["latents", "photo.png", "-o", "-"]] {
        let streams = try TemporaryFolder()
        let process = try Program.process(arguments, folder: streams, at: folder.path)
        process.standardOutput = terminal
        try process.run()
        let run = try Program.result(of: process, folder: streams)
        #expect(run.status == 1)
        #expect(
          run.errors
            == "codec: standard output: it is a terminal: name a file with -o, or force it "
            + "with -f\n")
      }
    }

    @Test func littleMemoryIsAnError() throws {
      for limit in [300_000, 400_000] {
        let run = try shell("ulimit -v \(limit); $codec encode -j 4 -f photo.png")
        #expect(run.status == 1 && run.errors.contains("no memory"), "\(run.errors.prefix(200))")
      }
    }
  #endif
}
