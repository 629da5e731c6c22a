import Foundation
import MediaFiles
import Signals
import TestSupport
import Testing

/// `codec train --data FOLDER --out FOLDER`: a codec for one's own material. No test waits for a
/// training to learn: the time is over at the first step.
struct TrainMaterialTests {
  let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    try FileManager.default.createDirectory(
      atPath: folder.file("data"), withIntermediateDirectories: true)
  }

  private func train(_ more: String...) throws -> Run {
    let streams = try TemporaryFolder()
    let process = try Program.process(
      ["train", "--data", "data", "--out", "own", "--minutes", "0.0001"] + more, folder: streams,
      // No rivals are looked for, which a machine may have or not.
      at: folder.path, environment: ["PATH": "/nowhere", "XDG_CACHE_HOME": folder.file("cache")])
    try process.run()
    return try Program.result(of: process, folder: streams)
  }

  private func card() throws -> String {
    String(decoding: try contents(folder.file("own/CARD.md")), as: UTF8.self)
  }

  /// Codes a file with the codec.
  private func isCoded(_ name: String, as result: String) throws -> Bool {
    let coded = folder.file("coded.wlc")
    defer { try? FileManager.default.removeItem(atPath: coded) }
    return try codec("encode", "data/\(name)", "-o", coded, "--codec", "./own", at: folder).status
      == 0
      && codec("decode", coded, "-o", result, "--codec", "./own", at: folder).status == 0
  }

  @Test(arguments: [1, 3])
  func pictures(planes: Int) throws {
    for seed in 0..<9 as Range<UInt64> {
      try writePicture(
        picture(40 + Int(seed), 50, planes, seed: seed), to: folder.file("data/\(seed).png"))
    }
    try writePicture(picture(40, 40, 4 - planes), to: folder.file("data/other.png"))
    let run = try train()
    #expect(run.status == 0, "\(run.errors)")
    #expect(run.errors.contains("9 files of \(planes) channels (1 left out)"))
    #expect(run.errors.contains("codec: warning: 9 files with"))
    let card = try card()
    // Eight qualities over the one of nine files that was held out.
    #expect(card.contains("one of 8 held out (seed 1)") && card.contains("Means over a file"))
    #expect(card.split(separator: "\n").count { $0.wholeMatch(of: /\| \d+ \| .* \|/) != nil } == 8)
    #expect(card.contains(planes == 1 ? "| photo-grey | " : "| photo | "))
    #expect(try isCoded("3.png", as: "back.png"))

    #expect(try train().errors == "codec: own: it exists\n")
    let more = try train("--resume")
    #expect(more.status == 0 && more.errors.contains("own: codec "), "\(more.errors)")
  }

  /// What is held out follows the seed.
  @Test func seeds() throws {
    for seed in 0..<6 as Range<UInt64> {
      try writePicture(picture(40, 40, 1, seed: seed), to: folder.file("data/\(seed).png"))
    }
    let cards = try ["1", "2", "1"].map { seed in
      for made in ["own", "own.training"] {
        try? FileManager.default.removeItem(atPath: folder.file(made))
      }
      #expect(try train("--seed", seed).status == 0)
      return try card().split(separator: "\n").filter { $0.hasPrefix("| 57 |") }
    }
    #expect(cards[0] != cards[1] && cards[0] == cards[2])
  }

  /// Pictures of 16 bits get steps that are as much finer as samples can be.
  @Test func sixteenBits() throws {
    for seed in 0..<3 as Range<UInt64> {
      try writePicture(
        picture(64, 64, 1, seed: seed, peak: 65535), to: folder.file("data/\(seed).png"), .uint16)
    }
    #expect(try train().status == 0)
    let fields = try objects(
      String(decoding: contents(folder.file("own/codec.json")), as: UTF8.self)
        .replacing("\n", with: " "))[0]
    #expect((fields["steps"] as? [String: Double])?["finest"] == 7.5 / 16)
    #expect(try isCoded("0.png", as: "back.png"))
    #expect(try readPicture(folder.file("back.png")).format.sampleType == .uint16)
  }

  @Test func arraysOfManyChannels() throws {
    var generator = SeededGenerator(seed: 1)
    for name in ["a", "b"] {
      let values = (0..<16 * 16 * 5).map { _ in UInt8.random(in: 0...255, using: &generator) }
      var bytes = Array("\u{93}NUMPY".unicodeScalars.map { UInt8($0.value) }) + [1, 0]
      let header = "{'descr': '|u1', 'fortran_order': False, 'shape': (16, 16, 5), }"
      bytes += [UInt8(header.utf8.count), 0] + Array(header.utf8) + values
      _ = try folder.write(bytes, to: "data/\(name).npy")
    }
    let run = try train()
    #expect(run.status == 0, "\(run.errors)")
    #expect(try card().contains("A codec for 5 channels"))
    #expect(try isCoded("a.npy", as: "back.npy"))
  }

  @Test func nothingToLearnFrom() throws {
    let run = try train()
    #expect(run.status == 1 && run.errors.hasSuffix("there are no pictures to fit a codec to\n"))
    #expect(try train("--steps", "3").status == 2)
    #expect(try train("--levels", "2").status == 2)
  }
}
