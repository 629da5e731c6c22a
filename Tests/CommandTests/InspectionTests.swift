import Foundation
import Signals
import TestSupport
import Testing

struct InspectionTests {
  let folder: TemporaryFolder
  static let image = picture(50, 70, 4, seed: 6)

  /// A folder with a picture and its encoding in three strips.
  init() throws {
    folder = try TemporaryFolder()
    try writePicture(
      Self.image, to: folder.file("a.png"),
      metadata: [MetadataBlock(kind: .xmp, bytes: [1, 2, 3, 4, 5])])
    let run = try codec("encode", "a.png", "-q", "70", "--strip", "24", at: folder)
    #expect(run.status == 0, "\(run.errors)")
  }

  /// Flips a bit of the file, `back` bytes before its end.
  private func damage(back: Int) throws {
    var bytes = try contents(folder.file("a.wlc"))
    bytes[bytes.count - back] ^= 1
    _ = try folder.write(bytes, to: "a.wlc")
  }

  @Test func infoNamesAllFields() throws {
    let run = try codec("info", "--json", "a.wlc", at: folder)
    #expect(run.status == 0, "\(run.errors)")
    let info = try #require(try objects(run.text).first)
    let bytes = try contents(folder.file("a.wlc")).count
    for (field, value) in [
      ("bytes", bytes), ("width", 50), ("height", 70), ("channels", 3), ("latentChannels", 48),
      ("stripPatchRows", 6), ("quality", 70),
    ] {
      #expect(info[field] as? Int == value, "\(field)")
    }
    for (field, value) in [
      ("file", "a.wlc"), ("kind", "image"), ("sampleType", "uint8"), ("codec", "photo"),
    ] {
      #expect(info[field] as? String == value, "\(field)")
    }
    #expect(info["hasAlpha"] as? Bool == true)
    #expect((info["codecHash"] as? String)?.count == 16)
    #expect(info["metadataBits"] as? [String: Int] == ["xmp": 40])

    // Every bit of the file is accounted for, and the model's bits are those of the strips.
    let strips = try #require(info["stripBits"] as? [Int])
    let (header, alpha) = (info["headerBits"] as? Int ?? 0, info["alphaBits"] as? Int ?? 0)
    #expect(strips.count == 3 && alpha > 1000)
    #expect(header == (47 + 9 + 3 * 12 + 4) * 8)
    #expect(strips.reduce(header + 40 + alpha, +) == bytes * 8)
    let channels = try #require(info["channelBits"] as? [Double])
    let ends = try #require(info["endBits"] as? Double)
    #expect(channels.count == 48)
    #expect(abs(channels.reduce(ends, +) - Double(strips.reduce(0, +))) < 3 * 64)

    let brief = try #require(
      try objects(codec("info", "--json", "--brief", "a.wlc", at: folder).text).first)
    #expect(brief["channelBits"] == nil && brief["bytes"] as? Int == bytes)
  }

  @Test func infoAsText() throws {
    let text = try codec("info", "a.wlc", at: folder).text
    for part in ["50 x 70", "3 channels and alpha", "photo", "quality 70.00", "3 strips", "xmp"] {
      #expect(text.contains(part), "\(part)")
    }
  }

  @Test func verify() throws {
    let fine = try codec("verify", "a.wlc", at: folder)
    #expect(fine.status == 0 && fine.errors == "a.wlc: fine\n")
    let strips = try #require(
      try objects(codec("info", "--json", "a.wlc", at: folder).text).first?["stripBits"] as? [Int])
    #expect(strips.count == 3)
    try damage(back: 1)
    let damaged = try codec("verify", "a.wlc", at: folder)
    #expect(damaged.status == 1 && damaged.errorLines.count == 1)
    #expect(
      damaged.errors.hasPrefix("codec: a.wlc is damaged: the checksum of its strip 2 at offset "))
    let bytes = try contents(folder.file("a.wlc"))
    _ = try folder.write(Array(bytes.dropLast(5)), to: "a.wlc")
    #expect(
      try codec("verify", "a.wlc", at: folder).errors
        == "codec: a.wlc is cut off in its strip 2 at offset \(bytes.count - 5)\n")
    _ = try folder.write(Array(bytes.prefix(30)), to: "a.wlc")
    #expect(
      try codec("verify", "a.wlc", at: folder).errors
        == "codec: a.wlc is cut off in its header at offset 30\n")
  }

  @Test func partialDecoding() throws {
    #expect(try codec("decode", "a.wlc", "-o", "whole.png", at: folder).status == 0)
    try damage(back: 1)
    let refused = try codec("decode", "a.wlc", "-o", "b.png", at: folder)
    #expect(refused.status == 1 && refused.errors.contains("strip 2"))
    #expect(try folder.contents() == ["a.png", "a.wlc", "whole.png"])

    let partial = try codec("decode", "a.wlc", "-o", "b.png", "--partial", at: folder)
    #expect(partial.status == 0)
    #expect(partial.errors.contains("1 of 3 strips of a.wlc are damaged"))
    let (whole, part) = (
      try readPicture(folder.file("whole.png")).image, try readPicture(folder.file("b.png")).image
    )
    // The last strip begins at row 48, and its neighbours see it up to 16 rows away.
    #expect(part.rows(0..<32) == whole.rows(0..<32))
    #expect(part.rows(64..<70).planes(0..<3).samples.allSatisfy { $0 == 0 })
  }

  @Test func codedFilesAreNotEncodedAgain() throws {
    let run = try codec("encode", "a.wlc", "-o", "b.wlc", at: folder)
    #expect(run.status == 1 && run.errors == "codec: a.wlc: it is a .wlc file already\n")
    #expect(try folder.contents() == ["a.png", "a.wlc"])
  }

  @Test func otherCodecsAreRefused() throws {
    let decoded = try codec("decode", "a.wlc", "--codec", "klt-grey", "-o", "b.png", at: folder)
    let verified = try codec("verify", "a.wlc", "--codec", "klt-grey", at: folder)
    let printed = try ["--json", "--brief"].map {
      try codec("info", "a.wlc", "--codec", "klt-grey", $0, at: folder)
    }
    for run in [decoded, verified] + printed {
      #expect(run.status == 1 && run.errorLines.count == 1 && run.output.isEmpty)
      #expect(run.errors.hasPrefix("codec: a.wlc was made with codec "))
    }
    #expect(try folder.contents() == ["a.png", "a.wlc"])
    let run = try codec("encode", "a.png", "-f", "--codec", "klt-grey", at: folder)
    #expect(
      run.status == 1 && run.errors == "codec: a.png: codec klt-grey is for 1 channel, not 3\n")
    let unknown = try codec("encode", "a.png", "-f", "--codec", "nonsense", at: folder)
    #expect(unknown.status == 1 && unknown.errors.contains("there is no codec nonsense in "))
    let absent = try codec("info", "a.wlc", "--brief", "--codec", "nonsense", at: folder)
    #expect(absent.status == 1 && absent.errors.contains("there is no codec nonsense in "))
  }

  @Test func compare() throws {
    let run = try codec("compare", "a.png", "a.wlc", at: folder)
    #expect(run.status == 0, "\(run.errors)")
    #expect(try codec("decode", "a.wlc", "-o", "b.png", at: folder).status == 0)
    let result = try readPicture(folder.file("b.png")).image.planes(0..<3)
    let sum = zip(result.samples, Self.image.planes(0..<3).samples).reduce(0.0) {
      $0 + Double(($1.0 - $1.1) * ($1.0 - $1.1))
    }
    let decibels = 10 * log10(255 * 255 * Double(result.samples.count) / sum)
    let bytes = try contents(folder.file("a.wlc")).count
    let bits = String(format: "%.3f", Double(bytes * 8) / 3500)
    #expect(
      run.text == "a.png: \(bytes) bytes, \(bits) bpp, \(String(format: "%.2f", decibels)) dB\n")

    let report = try objects(codec("compare", "--json", "a.png", "a.wlc", at: folder).text)[0]
    #expect(report["bytes"] as? Int == bytes && report["file"] as? String == "a.png")
    #expect(abs((report["psnr"] as? Double ?? 0) - decibels) < 1e-4)

    try writePicture(picture(50, 70, 3), to: folder.file("c.png"))
    let other = try codec("compare", "c.png", "a.wlc", at: folder)
    #expect(other.status == 1 && other.errors == "codec: c.png has another shape than a.wlc\n")
  }

  @Test func list() throws {
    let run = try codec("list")
    #expect(run.status == 0)
    let lines = run.text.split(separator: "\n")
    let hash =
      try objects(codec("info", "--json", "--brief", "a.wlc", at: folder).text)
      .first?["codecHash"] as? String
    let line = lines.first { $0.hasPrefix("photo ") }
    #expect(line?.contains(hash ?? "none") ?? false)
    #expect(line?.contains("3 channels, patches of 4 x 4 to 48 numbers") ?? false)
    #expect(lines.contains { $0.hasPrefix("klt-grey ") })
  }
}
