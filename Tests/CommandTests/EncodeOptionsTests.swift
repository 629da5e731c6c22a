import Foundation
import TestSupport
import Testing

struct EncodeOptionsTests {
  let folder: TemporaryFolder
  static let image = picture(160, 120, 3, seed: 5)

  init() throws {
    folder = try TemporaryFolder()
    try writePicture(Self.image, to: folder.file("a.png"))
  }

  /// Encodes to standard output and returns the bytes.
  private func encode(_ options: String...) throws -> [UInt8] { try encode(options) }

  private func encode(_ options: [String]) throws -> [UInt8] {
    let streams = try TemporaryFolder()
    let process = try Program.process(
      ["encode", "a.png", "-o", "-"] + options, folder: streams, at: folder.path)
    try process.run()
    let run = try Program.result(of: process, folder: streams)
    #expect(run.status == 0, "\(run.errors)")
    return run.output
  }

  /// Decibels of what bytes decode to.
  private func psnr(_ bytes: [UInt8], codec name: String = "photo") throws -> Double {
    let decoded = try codec(
      "decode", "-", "-o", "b.png", "-f", "--codec", name, input: bytes, at: folder)
    #expect(decoded.status == 0)
    let result = try readPicture(folder.file("b.png")).image
    let sum = zip(result.samples, Self.image.samples).reduce(0.0) {
      $0 + Double(($1.0 - $1.1) * ($1.0 - $1.1))
    }
    return 10 * log10(255 * 255 * Double(result.samples.count) / sum)
  }

  @Test func targets() throws {
    #expect(try (2970...3000).contains(encode("--target-size", "3000", "--tune", "psnr").count))
    #expect(try (3564...3600).contains(encode("--target-bpp", "1.5", "--tune", "psnr").count))
    for decibels in [30.0, 33] {
      #expect(abs(try psnr(try encode("--target-psnr", "\(decibels)")) - decibels) < 0.05)
    }
  }

  @Test func targetsOutOfReachAreMetAsFarAsPossible() throws {
    for target in [["--target-size", "1"], ["--target-bpp", "1e-300"]] {
      let run = try codec("encode", "a.png", "-o", "-", target[0], target[1], at: folder)
      #expect(run.status == 1 && run.output.isEmpty && run.errors.contains("no quality gives "))
    }
    #expect(try encode("--target-bpp", "1e300") == encode("-q", "100"))
    // Who asks for decibels gets them.
    #expect(try encode("--target-psnr", "1e300") == encode("-q", "100", "--tune", "psnr"))
  }

  @Test func tunings() throws {
    let (eye, psnr) = (try encode("--tune", "eye"), try encode("--tune", "psnr"))
    #expect(try encode() == eye && eye != psnr)
    let info = try codec("info", "-", "--json", input: eye, at: folder)
    #expect(info.text.contains("\"tune\" : \"eye\"") || info.text.contains("\"tune\":\"eye\""))
    let run = try codec("encode", "a.png", "-o", "-", "--tune", "ear", at: folder)
    #expect(run.status == 1 && run.output.isEmpty)
    #expect(run.errors == "codec: a.png: --tune ear is not for it, but psnr and eye are\n")
    #expect(try codec("encode", "a.png", "-o", "-", "--tune", "nose", at: folder).status == 2)
  }

  @Test func qualitiesAndChannels() throws {
    let sizes = try ["0", "25", "50", "75", "100"].map { try encode("-q", $0).count }
    #expect(sizes == sizes.sorted() && Set(sizes).count == 5)
    #expect(try encode() == encode("--quality", "60"))
    let few = try encode("-q", "90", "--channels", "6")
    #expect(try few.count < encode("-q", "90").count && psnr(few) > 20)
    let run = try codec("encode", "a.png", "--channels", "49", at: folder)
    #expect(run.status == 1)
    #expect(run.errors == "codec: a.png: codec photo has 1...48 channels to keep, not 49\n")
  }

  @Test func efforts() throws {
    #expect(try encode("-e", "5") == encode())
    #expect(try encode("-e", "1") != encode("-e", "2"))
    let shipped = URL(fileURLWithPath: #filePath).appendingPathComponent("../../../codecs/photo")
    let network = ["--codec", shipped.standardized.path, "--tune", "psnr"]
    func refined(_ options: String...) throws -> [UInt8] { try encode(network + options) }
    let one = try refined("-q", "40", "-e", "7", "--strip", "64", "-j", "1")
    #expect(try refined("-q", "40", "-e", "7", "--strip", "64", "-j", "2") == one)
    #expect(try refined("-q", "40", "--strip", "64") != one)
    #expect(abs(try refined("-e", "6", "--target-size", "2000").count - 2000) <= 20)
    // The best of two choices: it jumps from one to the other as the quality rises.
    let reached = try psnr(
      refined("-e", "6", "--target-psnr", "31"), codec: shipped.standardized.path)
    #expect(abs(reached - 31) < 0.15, "\(reached) dB")
  }

  @Test func threadsChangeNoByte() throws {
    let one = try encode("--strip", "16", "-j", "1")
    #expect(try encode("--strip", "16", "-j", "2") == one)
    #expect(try encode("--strip", "160", "-j", "2") != one)
    let decoded = try ["1", "2"].map {
      try codec("decode", "-", "-j", $0, input: one, at: folder).output
    }
    #expect(decoded[0] == decoded[1] && decoded[0].count > 1000)
  }

  @Test func jsonIsAnObjectAFile() throws {
    try writePicture(picture(10, 20, 1), to: folder.file("b.png"))
    let run = try codec("encode", "a.png", "b.png", "--json", "-q", "30.5", at: folder)
    #expect(run.status == 0)
    let reports = try objects(run.text)
    #expect(reports.count == 2)
    #expect(reports.map { $0["input"] as? String } == ["a.png", "b.png"])
    #expect(reports.map { $0["output"] as? String } == ["a.wlc", "b.wlc"])
    #expect(reports.map { $0["codec"] as? String } == ["photo", "photo-grey"])
    #expect(reports.map { $0["width"] as? Int } == [160, 10])
    #expect(reports.map { $0["height"] as? Int } == [120, 20])
    for (report, name) in zip(reports, ["a.wlc", "b.wlc"]) {
      #expect(report["quality"] as? Double == 30.5)
      #expect(try report["bytes"] as? Int == contents(folder.file(name)).count)
      #expect(report["seconds"] as? Double ?? -1 >= 0)
    }
    let bits = Double(try contents(folder.file("a.wlc")).count * 8) / (160 * 120)
    #expect(abs((reports[0]["bitsPerPixel"] as? Double ?? 0) - bits) < 1e-9)
  }

  @Test(arguments: [SIGINT, SIGTERM]) func signalsLeaveNothingBehind(number: Int32) throws {
    try writePicture(picture(1200, 900, 3, seed: 1), to: folder.file("large.ppm"))
    let streams = try TemporaryFolder()
    // A shell that starts the tests in the background makes them, and what they start, ignore
    // SIGINT.
    signal(SIGINT, SIG_DFL)
    let process = try Program.process(
      ["encode", "large.ppm", "--target-psnr", "41", "-j", "1"], folder: streams, at: folder.path)
    try process.run()
    while try folder.contents().count < 3, process.isRunning { usleep(1000) }
    // The file that is being written has another name.
    #expect(try folder.contents().count == 3 && !folder.contents().contains("large.wlc"))
    kill(process.processIdentifier, number)
    let run = try Program.result(of: process, folder: streams)
    #expect(run.wasSignalled && run.status == number)
    #expect(try folder.contents() == ["a.png", "large.ppm"])
  }
}
