import Foundation
import MediaFiles
import Signals
import TestSupport
import Testing

struct RoundTripTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// Encodes and decodes a picture, and returns what comes back.
  private func roundTrip(
    _ image: Image, _ type: SampleType = .uint8, metadata: [MetadataBlock] = []
  ) throws -> (image: Image, format: ImageFormat) {
    try writePicture(image, to: folder.file("a.png"), type, metadata: metadata)
    let encoded = try codec("encode", "a.png", "-q", "90", at: folder)
    #expect(encoded.status == 0, "\(encoded.errors)")
    let decoded = try codec("decode", "a.wlc", "-o", "b.png", at: folder)
    #expect(decoded.status == 0, "\(decoded.errors)")
    return try readPicture(folder.file("b.png"))
  }

  @Test(arguments: [1, 2, 3, 4], [SampleType.uint8, .uint16])
  func whatAPictureIsItStays(planes: Int, type: SampleType) throws {
    let peak = type.maximum!
    let image = picture(37, 22, planes, peak: peak)
    let result = try roundTrip(image, type)
    #expect(result.format.channels == (planes < 3 ? 1 : 3))
    #expect(result.format.hasAlpha == (planes % 2 == 0))
    #expect(result.format.sampleType == type)
    let channels = result.format.channels
    #expect(result.image.planes(channels..<planes) == image.planes(channels..<planes))
    let worst = zip(result.image.samples, image.samples).map { abs($0 - $1) }.max()!
    #expect(worst < 0.15 * peak && worst > 0)
  }

  /// A file of a codec with a network is nearly the same picture without it, and one of a codec
  /// without is the very same.
  @Test(arguments: [("photo", false), ("klt-rgb", true)])
  func previewsLeaveTheNetworkOut(name: String, isSame: Bool) throws {
    // Waves with an edge: noise leaves nothing to a network.
    var image = picture(96, 64, 3)
    for index in image.samples.indices {
      let (column, row) = (Float(index % 96), Float(index / 96))
      image.samples[index] = (column > row ? 128 : 90) + (60 * sin(column / 5 + row / 9)).rounded()
    }
    try writePicture(image, to: folder.file("a.png"))
    for command in [
      ["encode", "a.png", "--codec", name], ["decode", "a.wlc", "-o", "whole.png"],
      ["decode", "--fast", "a.wlc", "-o", "fast.png"],
    ] {
      // Not those of the tests, which have no network.
      let streams = try TemporaryFolder()
      let process = try Program.process(
        command, folder: streams, at: folder.path, environment: ["CODEC_PATH": ""])
      try process.run()
      #expect(try Program.result(of: process, folder: streams).status == 0)
    }
    let (whole, fast) = (
      try readPicture(folder.file("whole.png")).image,
      try readPicture(folder.file("fast.png")).image
    )
    #expect((whole == fast) == isSame)
    func error(_ other: Image) -> Float {
      var sum: Float = 0
      for (a, b) in zip(other.samples, image.samples) { sum += (a - b) * (a - b) }
      return sum
    }
    #expect(error(fast) < 2 * error(whole))
  }

  @Test func metadataIsKept() throws {
    // A colour profile by the fields of its header: size, colours and signature.
    var profile = (0..<600).map { UInt8(truncatingIfNeeded: $0 * 7) }
    profile.replaceSubrange(0..<4, with: [0, 0, 2, 88])
    profile.replaceSubrange(16..<20, with: "RGB ".utf8)
    profile.replaceSubrange(36..<40, with: "acsp".utf8)
    let metadata = [
      MetadataBlock(kind: .icc, bytes: profile),
      MetadataBlock(kind: .exif, bytes: Array("MM\0*\0\0\0\u{8}\0\0".utf8)),
      MetadataBlock(kind: .xmp, bytes: Array("<x:xmpmeta/> \u{E9}".utf8)),
    ]
    let result = try roundTrip(picture(9, 9, 3), metadata: metadata)
    #expect(result.format.metadata.count == 3)
    for block in metadata { #expect(result.format.metadata.contains(block)) }
  }

  @Test func measurementsOfFewBitsInFilesOfSixteen() throws {
    // 1,844 of 65,535: at the scale of 16 bits all of it would be one flat grey.
    let image = picture(40, 32, 1, peak: 1844)
    let result = try roundTrip(image, .uint16)
    #expect(result.format.sampleType == .uint16 && result.format.bits == 11)
    let worst = zip(result.image.samples, image.samples).map { abs($0 - $1) }.max()!
    #expect(worst < 0.1 * 1844, "\(worst)")
  }

  @Test func arraysOfAnyChannels() throws {
    var image = picture(24, 30, 5)
    image.samples = image.samples.map { $0 / 100 - 1 }
    let format = ImageFormat(
      kind: .array, width: 24, height: 30, channels: 5, sampleType: .float32)
    try FileManager.default.createDirectory(
      atPath: folder.file("data"), withIntermediateDirectories: false)
    let sink = try createImage(path: folder.file("data/a.npy"), format: format, overwrite: false)
    try sink.write(image)
    try sink.finish()

    // No shipped codec is for five channels.
    let refused = try codec("encode", "data", at: folder)
    #expect(refused.status == 1 && refused.errors.contains(" with 5 channels of "))
    let trained = try codec(
      "train", "--fit", "klt", "--data", "data", "--out", "five", "--levels", "1", at: folder)
    #expect(trained.status == 0, "\(trained.errors)")
    let encoded = try codec(
      "encode", "data/a.npy", "--codec", "./five", "-q", "80", at: folder)
    #expect(encoded.status == 0, "\(encoded.errors)")
    // The codec is found by the hash in the file only where codecs are looked for.
    let lost = try codec("decode", "data/a.wlc", "-o", "b.npy", at: folder)
    #expect(lost.status == 1 && lost.errors.contains("which is not here; name its folder"))
    #expect(
      try codec("decode", "data/a.wlc", "-o", "b.npy", "--codec", "./five", at: folder).status == 0)
    let found = try codec(
      "decode", "data/a.wlc", "-o", "c.npy", at: folder, environment: ["CODEC_PATH": folder.path])
    #expect(found.status == 0)
    #expect(try contents(folder.file("b.npy")) == contents(folder.file("c.npy")))
    let result = try readPicture(folder.file("b.npy"))
    #expect(result.format == format)
    #expect(zip(result.image.samples, image.samples).allSatisfy { abs($0 - $1) < 0.3 })
  }

  @Test func cmykIsRefused() throws {
    let jpeg = Data(
      base64Encoded: """
        /9j/7gAOQWRvYmUAZAAAAAAC/9sAQwCgbniMeGSgjIKMtKqgvvD///Dc3PD///////////////////////////////
        ///////////////////////////9sAQwGqtLTw0vD/////////////////////////////////////////////////
        /////////////////////////////8AAFAgACAAIBAERAAIRAQMRAQQRAP/EABUAAQEAAAAAAAAAAAAAAAAAAAID/8
        QAFBABAAAAAAAAAAAAAAAAAAAAAP/EABUBAQEAAAAAAAAAAAAAAAAAAAID/8QAFBEBAAAAAAAAAAAAAAAAAAAAAP/a
        AA4EAQACEQMRBAAAPwBkis//2Q==
        """, options: .ignoreUnknownCharacters)!
    _ = try folder.write([UInt8](jpeg), to: "a.jpg")
    let run = try codec("encode", "a.jpg", at: folder)
    #expect(run.status == 1 && run.errorLines.count == 1)
    #expect(run.errors.hasPrefix("codec: a.jpg: ") && run.errors.contains("CMYK"))
    #expect(try folder.contents() == ["a.jpg"])
  }

  @Test func limitOfPixels() throws {
    try writePicture(picture(20, 10, 1), to: folder.file("a.png"))
    let run = try codec("encode", "a.png", "--max-pixels", "199", at: folder)
    #expect(run.status == 1 && run.errors.contains("20 x 10 pixels, more than the limit of 199"))
    #expect(try codec("encode", "a.png", "--max-pixels", "200", at: folder).status == 0)
    let decoded = try codec("decode", "a.wlc", "-f", "--max-pixels", "199", at: folder)
    #expect(decoded.status == 1 && decoded.errors.contains("more than the limit of 199"))
  }
}
