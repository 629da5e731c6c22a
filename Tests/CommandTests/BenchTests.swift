import Foundation
import Signals
import TestSupport
import Testing

/// `codec bench` with our codec and a WebP whose commands are scripts that copy.
struct BenchTests {
  let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    for place in ["photos/deep", "bin"] {
      try FileManager.default.createDirectory(
        atPath: folder.file(place), withIntermediateDirectories: true)
    }
    try writePicture(picture(40, 40, 3), to: folder.file("photos/a.png"))
    try writePicture(picture(32, 24, 3, seed: 2), to: folder.file("photos/deep/a.png"))
    try script("cwebp", "[ $1 = -version ] && echo 9.8.7 && exit; cp $6 $8")
    try script("dwebp", "cp $3 $5")
  }

  private func script(_ name: String, _ text: String) throws {
    let path = try folder.write(Array("#!/bin/sh\n\(text)\n".utf8), to: "bin/\(name)")
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
  }

  private func bench(_ arguments: String..., timing: Int = 0) throws -> Run {
    let streams = try TemporaryFolder()
    // Without the metrics that some machines have: what they measure stands in further files.
    let path = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").filter {
      folder in
      !["ssimulacra2", "butteraugli_main"].contains {
        FileManager.default.isExecutableFile(atPath: "\(folder)/\($0)")
      }
    }.joined(separator: ":")
    let process = try Program.process(
      ["bench", "--rival", "webp-m4", "--cache", "cache", "--qualities", "20,80"]
        + ["--timing", "\(timing)"] + arguments,
      folder: streams, at: folder.path,
      environment: ["PATH": "\(folder.file("bin")):\(path)"])
    try process.run()
    return try Program.result(of: process, folder: streams)
  }

  private func rows(_ file: String) throws -> [[Substring]] {
    String(decoding: try contents(folder.file(file)), as: UTF8.self).split(separator: "\n")
      .filter { !$0.hasPrefix("#") }
      .map { $0.split(separator: ",", omittingEmptySubsequences: false) }
  }

  @Test func tablesAndFiles() throws {
    let run = try bench("photos", "--out", "out", timing: 1)
    #expect(run.status == 0, "\(run.errors)")
    let table = run.text.split(separator: "\n").map { $0.split(separator: " ") }
    #expect(run.text.contains("  bpp  corpus bpp  "))
    #expect(
      table.count { $0.first == "photo-eye" } == 3 && table.count { $0.first == "webp-m4" } == 13)
    // The rival has no loss.
    #expect(run.text.contains("BD-rate against photo-psnr"))
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: folder.file("out")).sorted()
        == [
          "decode-speed.svg", "encode-speed.svg", "files.csv", "means.csv", "photo-eye.json",
          "photo-psnr.json",
          "rd-psnr.svg", "rd-ssim.svg", "report.html", "webp-m4.json",
        ])
    let page = String(decoding: try contents(folder.file("out/report.html")), as: UTF8.self)
    #expect(page.contains("data:image/png;base64,") && page.contains("BD-rate"))

    let text = String(decoding: try contents(folder.file("out/files.csv")), as: UTF8.self)
    #expect(
      text.contains("# webp-m4: 9.8.7\n#   cwebp -quiet -m 4 -q {setting} {input} -o {output}"))
    #expect(
      text.contains(
        "#   codec encode --codec photo --tune psnr -q {setting} -j 1 {input} -o {output}"))
    let rows = try rows("out/files.csv")
    #expect(rows.count == 1 + 2 * (4 + 12))
    #expect(rows[1].prefix(4) == ["a.png", "photo-psnr", "20", "1600"])
    #expect(rows[3].prefix(4) == ["deep/a.png", "photo-psnr", "20", "768"])
    #expect(rows[9].prefix(3) == ["a.png", "webp-m4", "0"] && rows[9][6] == "inf")

    // What the commands give by themselves.
    let encoded = try codec(
      "encode", "photos/a.png", "-q", "20", "--tune", "psnr", "-o", "a.wlc", at: folder)
    #expect(encoded.status == 0)
    #expect(rows[1][4] == "\(try contents(folder.file("a.wlc")).count)")
    let compared = try codec("compare", "photos/a.png", "a.wlc", at: folder).text
    let decibels = try #require(Double(rows[1][6]))
    #expect(compared.contains(String(format: " %.2f dB", decibels)))
  }

  @Test func measuredOnceAndWrittenOnce() throws {
    #expect(try bench("photos", "--out", "out").status == 0)
    let first = try rows("out/files.csv")
    // Neither a picture is coded again nor a file overwritten.
    try script("cwebp", "[ $1 = -version ] && echo 9.8.7 && exit; exit 1")
    let refused = try bench("photos", "--out", "out")
    #expect(refused.status == 1)
    #expect(refused.errors == "codec: out/files.csv exists; use -f to overwrite\n")
    #expect(try bench("photos", "--out", "out", "-f").status == 0)
    #expect(try rows("out/files.csv") == first)
  }

  /// Tools of others get two pictures and print a number.
  @Test func toolsThatMeasure() throws {
    try script("ssimulacra2", "test -s $1 && test -s $2 && echo 71.5")
    try script("butteraugli_main", "echo 2.5; echo 3-norm: 0.75")
    #expect(try bench("photos/a.png", "--out", "out").status == 0)
    let rows = try rows("out/files.csv")
    #expect(rows[0][8...9] == ["ssimulacra2", "butteraugli"])
    #expect(rows[1...].allSatisfy { $0[8...9] == ["71.50000", "0.75000"] })
  }

  @Test func json() throws {
    let run = try bench("photos", "--json")
    #expect(run.status == 0)
    let codecs = try objects(run.text)
    #expect(codecs.map { $0["name"] as? String } == ["photo-psnr", "photo-eye", "webp-m4"])
    let results = codecs[0]["results"] as? [String: [Double]]
    #expect(results?["bpp"]?.count == 2 && results?["psnr-rgb"]?.count == 2)
    #expect(results?["encoding_time"] == nil)
  }

  @Test(arguments: [
    ("echo too bad >&2; exit 4", "cwebp ended with status 4: too bad"),
    ("exec sleep 100000", "cwebp did not end within 1 s"),
  ])
  func rivalsThatFail(encoder: String, reason: String) throws {
    try script("cwebp", "[ $1 = -version ] && echo 9.8.7 && exit; \(encoder)")
    // What our codec does is measured before, so that it keeps within the limit on any machine.
    let streams = try TemporaryFolder()
    let process = try Program.process(
      ["bench", "photos", "--rival", "heic-444", "--cache", "cache", "--qualities", "20,80"]
        + ["--timing", "0"], folder: streams, at: folder.path, environment: ["PATH": "/nowhere"])
    try process.run()
    #expect(try Program.result(of: process, folder: streams).status == 0)
    let run = try bench("photos", "--limit", "1", "--jobs", "1", "--out", "out")
    #expect(run.status == 1)
    #expect(
      run.errorLines.last == "codec: webp-m4 failed on 2 files, first on a.png at 0: \(reason)")
    #expect(
      try rows("out/means.csv").dropFirst().map { $0.prefix(4) } == [
        ["photo-psnr", "20", "2", "0"], ["photo-psnr", "80", "2", "0"],
        ["photo-eye", "20", "2", "0"], ["photo-eye", "80", "2", "0"],
      ])
  }

  @Test func rivalsThatAreNotThere() throws {
    let streams = try TemporaryFolder()
    let process = try Program.process(
      ["bench", "photos", "--rival", "heic-444", "--qualities", "50", "--cache", "cache"],
      folder: streams, at: folder.path, environment: ["PATH": "/nowhere"])
    try process.run()
    let run = try Program.result(of: process, folder: streams)
    #expect(run.status == 0 && run.text.contains("photo"))
    #expect(
      run.errors.hasPrefix(
        "codec: heic-444 is left out, for there is no heif-enc and no heif-convert on PATH\n"))
  }

  @Test func greyAndTinyPictures() throws {
    try writePicture(picture(1, 1, 3), to: folder.file("photos/one.png"))
    try writePicture(picture(30, 20, 1), to: folder.file("photos/grey.png"))
    let run = try bench("photos", "--out", "out")
    #expect(run.status == 0, "\(run.errors)")
    let rows = try rows("out/files.csv")
    #expect(
      rows.count { $0[1] == "photo-eye" } == 6 && rows.count { $0[1] == "photo-grey-psnr" } == 2)
    #expect(rows.count { $0[1] == "webp-m4" } == 48)
  }

  @Test func filesThatCannotBeUsed() throws {
    _ = try folder.write(Array("no picture".utf8), to: "photos/b.png")
    let run = try bench("photos", "--out", "out")
    #expect(run.status == 1 && run.errors.hasPrefix("codec: photos/b.png is neither a PNG"))
    #expect(try rows("out/files.csv").count == 33)
  }

  /// Sounds are swept like pictures; of both, what there is more of.
  @Test func sounds() throws {
    try writeSilence(to: "photos/one.wav")
    try writeSilence(to: "photos/two.wav")
    try script("opusenc", "[ $1 = --version ] && echo opus-tools 9.8 && exit; cp $8 $9")
    try script("opusdec", "cp $3 $4")
    func run(_ arguments: String...) throws -> Run {
      let streams = try TemporaryFolder()
      let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
      let process = try Program.process(
        ["bench", "photos", "--cache", "cache", "--timing", "0"] + arguments, folder: streams,
        at: folder.path, environment: ["PATH": "\(folder.file("bin")):\(path)"])
      try process.run()
      return try Program.result(of: process, folder: streams)
    }
    _ = try folder.write(
      Array("codec,kbps,snr_db,psnr_db\nx,64,16,41\n".utf8), to: "anchors.csv")
    // As many pictures as sounds: the pictures.
    let pictures = try run("--rival", "webp-m4")
    #expect(
      pictures.errorLines.first
        == "codec: of 2 pictures and 2 sounds only the pictures are measured")
    #expect(pictures.status == 0 && pictures.text.contains("photo"))
    try FileManager.default.removeItem(atPath: folder.file("photos/a.png"))
    let sounds = try run("--rival", "opus", "--out", "out", "--anchors", "anchors.csv")
    #expect(sounds.status == 0, "\(sounds.errors)")
    #expect(
      sounds.errorLines.first == "codec: of 1 pictures and 2 sounds only the sounds are measured")
    let all = try rows("out/files.csv")
    let rows = all.filter { $0[1] == "opus" }
    // Ours is measured with both tunings.
    #expect(Set(all.dropFirst().map { $0[1] }) == ["opus", "music-snr", "music-ear"])
    #expect(rows.count == 2 * 9 && rows[0].prefix(4) == ["one.wav", "opus", "16", "800"])
    #expect(all[0][5...7] == ["kbps", "snr", "nmr"])
    // The first is silent.
    #expect(rows[0][6].isEmpty && rows[9][6] == "inf")
    #expect(
      sounds.errors.contains(
        "codec: means and BD-rates by SNR leave out one.wav, for want of a finite value\n"))
    let page = String(decoding: try contents(folder.file("out/report.html")), as: UTF8.self)
    #expect(page.contains("data:audio/wav;base64,"))

    let wrong = [
      (["--rival", "webp-m4"], "webp-m4 codes no sounds, but opus, "),
      (["--codec", "photo"], "codec photo is for pictures, but sounds are measured"),
    ]
    for (arguments, message) in wrong {
      let run = try bench("photos/one.wav", arguments)
      #expect(run.status == 2 && run.errors.contains(message), "\(run.errors)")
    }
    let mixed = try bench("photos/deep", ["--anchors", "anchors.csv"])
    #expect(
      mixed.status == 2
        && mixed.errors.contains("anchors.csv has points of sounds, but pictures are measured"))
  }

  private func bench(_ place: String, _ arguments: [String]) throws -> Run {
    let streams = try TemporaryFolder()
    let process = try Program.process(
      ["bench", place, "--cache", "cache"] + arguments, folder: streams, at: folder.path)
    try process.run()
    return try Program.result(of: process, folder: streams)
  }

  /// A tenth of a second of 16 bits and one channel at 8 kHz.
  private func writeSilence(to name: String) throws {
    func bytes(_ number: Int, _ count: Int) -> [UInt8] {
      (0..<count).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
    }
    let format = bytes(1, 2) + bytes(1, 2) + bytes(8000, 4) + bytes(16_000, 4) + bytes(2, 2)
    _ = try folder.write(
      Array("RIFF".utf8) + bytes(1636, 4) + Array("WAVEfmt ".utf8) + bytes(16, 4) + format
        + bytes(16, 2) + Array("data".utf8) + bytes(1600, 4)
        + [UInt8](repeating: name.hasSuffix("one.wav") ? 0 : 1, count: 1600), to: name)
  }

  @Test(arguments: [
    (["bin"], "there are no pictures or sounds to measure in bin"),
    (
      ["bin/cwebp"],
      "bin/cwebp is neither a PNG, JPEG or PNM picture nor an npy array "
        + "nor a WAV, AIFF, FLAC, Ogg or MP3 sound"
    ),
    (["photos", "--out", "bin/cwebp"], "bin/cwebp: cannot create: File exists"),
    (["photos", "--out", "bin/cwebp/x"], "bin/cwebp/x: cannot create: Not a directory"),
    (["photos", "--cache", "bin/cwebp/x"], "bin/cwebp/x: cannot create: Not a directory"),
    (["photos", "--anchors", "bin/none"], "bin/none: cannot open: No such file or directory"),
    (
      ["photos", "--anchors", "bin/cwebp"],
      "bin/cwebp, line 2: expected the header codec,bpp,psnr_db,ms_ssim,source or "
        + "codec,kbps,snr_db,psnr_db"
    ),
  ])
  func refused(arguments: [String], message: String) throws {
    let streams = try TemporaryFolder()
    let process = try Program.process(["bench"] + arguments, folder: streams, at: folder.path)
    try process.run()
    let run = try Program.result(of: process, folder: streams)
    #expect(run.status == 1 && run.errors == "codec: \(message)\n" && run.output.isEmpty)
  }
}
