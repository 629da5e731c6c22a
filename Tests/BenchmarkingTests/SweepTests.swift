import Foundation
import MediaFiles
import Signals
import TestSupport
import Testing

@testable import Benchmarking

struct SweepTests {
  let folder: TemporaryFolder
  let pictures: [SweepPicture]

  init() throws {
    let folder = try TemporaryFolder()
    let paths = try [("colour.png", 40, 30, 3), ("grey.png", 33, 20, 1), ("one.ppm", 1, 1, 3)]
      .map { name, width, height, planes in
        try Self.write(Self.picture(width, height, planes), to: folder.file(name))
      }
    self.folder = folder
    pictures = try SweepPicture.named(paths).map { try SweepPicture(name: $0.name, path: $0.path) }
  }

  @Test func copiesAreWithoutLoss() async throws {
    let (measurements, notes) = try await run([codec("cp {input} {output}", "cp {input} {output}")])
    #expect(notes.isEmpty && measurements.count == 6)
    #expect(
      measurements.map(\.file).prefix(4) == ["colour.png", "colour.png", "grey.png", "grey.png"])
    #expect(measurements.prefix(2).map(\.setting) == ["1", "2"])
    let colour = measurements[0]
    // A PPM of 40 x 30 pixels has a header of 13 bytes.
    #expect(colour.byteCount == 3613 && colour.sampleCount == 1200)
    #expect(abs(colour.rate - 3613 * 8 / 1200) < 1e-12)
    for one in measurements {
      #expect(one.failure == nil && one.metrics["psnr"] == .infinity)
      #expect(one.metrics["ms_ssim"] == nil)
      #expect(one.metrics["ssim"].map { abs($0 - 1) < 1e-6 } ?? (one.file == "one.ppm"))
      #expect((one.encodeSeconds != nil) == (one.file == "colour.png"))
      #expect((one.decodeSeconds != nil) == (one.file == "colour.png"))
    }
  }

  /// Decoders may turn grey to colour; error and similarity are as they were.
  @Test func greyThatComesBackInColour() async throws {
    let other = try Self.write(Self.picture(33, 20, 1, change: 5), to: folder.file("other.pgm"))
    let image = try SweepPicture(name: "other", path: other).samples().samples
    try Self.write(
      Image(width: 33, height: 20, planes: 3, samples: image + image + image),
      to: folder.file("other.ppm"))
    var results: [[String: Double]] = []
    for name in ["other.pgm", "other.ppm"] {
      let codec = codec("cp {input} {output}", "cp \(folder.file(name)) {output}")
      results.append(try await run([codec], pictures: [pictures[1]]).measurements[0].metrics)
    }
    for name in ["psnr", "ssim"] {
      #expect(abs(try #require(results[0][name]) - (results[1][name] ?? 0)) < 1e-9)
    }
    #expect(abs(try #require(results[0]["psnr"]) - 34.1514) < 1e-4)  // 20 log10(255 / 5)
  }

  @Test(arguments: [
    (
      "sh -c 'echo one >&2; echo two >&2; exit 7'", "cp {input} {output}",
      "sh ended with status 7: two"
    ),
    ("cp {input} {output}", "sh -c 'exit 7'", "sh ended with status 7"),
    ("sh -c 'kill -SEGV $$'", "cp {input} {output}", "sh was ended by signal 11"),
    ("true", "cp {input} {output}", "true wrote no file"),
    ("cp {input} {output}", "cp /dev/null {output}", "what cp wrote is no picture"),
    ("cp {input} {output}", "cp WRONG {output}", "it came back with 8 x 9 pixels, not 40 x 30"),
    ("cp {input} {output}", "sh -c 'head -c 99 {input} > {output}'", "what sh wrote is no picture"),
    (
      "sh -c '(cat {input}; echo $$) > {output}'", "sh -c 'head -c 3613 {input} > {output}'",
      "two runs gave different files"
    ),
    ("no-such-program", "true", "the program no-such-program was not found"),
  ])
  func failures(encode: String, decode: String, reason: String) async throws {
    let wrong = try Self.write(Self.picture(8, 9, 3), to: folder.file("wrong.ppm"))
    let bad = codec(encode, decode.replacing("WRONG", with: wrong), name: "bad")
    let good = codec("cp {input} {output}", "cp {input} {output}")
    let results = try await run([bad, good], pictures: [pictures[0]]).measurements
    #expect(results.map(\.contender) == ["bad", "bad", "copy", "copy"])
    #expect(results[0].failure == reason)
    #expect(results[0].metrics.isEmpty && results[0].encodeSeconds == nil)
    #expect(results[2...].allSatisfy { $0.failure == nil })
  }

  @Test func aCodecThatHangsIsNotRunAgain() async throws {
    let bad = codec("sleep 100000", "true", name: "bad")
    let good = codec("cp {input} {output}", "cp {input} {output}")
    // What is measured already takes no time, however busy the machine is.
    _ = try await run([good])
    let results = try await run([bad, good], jobs: 1, limit: 0.3).measurements
    #expect(results[0].failure == "sleep did not end within 0.3 s")
    for one in results[1..<6] {
      #expect(one.failure == "not run, because it hung at colour.png and 1")
    }
    #expect(results[6...].allSatisfy { $0.failure == nil })
  }

  @Test func whatWasMeasuredIsNotMeasuredAgain() async throws {
    let log = folder.file("log")
    let good = codec(
      "sh -c 'echo {setting} >> \(log); cp {input} {output}'", "cp {input} {output}")
    let bad = codec("sh -c 'echo bad >> \(log); exit 1'", "true", name: "bad")
    func lines() throws -> [Substring] {
      let bytes = FileManager.default.contents(atPath: log) ?? Data()
      try? FileManager.default.removeItem(atPath: log)
      return String(decoding: bytes, as: UTF8.self).split(separator: "\n")
    }
    let first = try await run([good, bad], jobs: 3).measurements
    // A second time for determinism, and two for times, of one picture.
    #expect(
      try lines().sorted() == Array(repeating: "1", count: 8) + Array(repeating: "2", count: 5)
        + Array(repeating: "bad", count: 6))
    #expect(try await run([good, bad], jobs: 3).measurements == first)
    #expect(try lines() == Array(repeating: "bad", count: 6))

    // Another name is the same picture, another setting, version or content is not.
    var renamed = good
    renamed.name = "other"
    let moved = try SweepPicture(name: "moved", path: pictures[0].path)
    let again = try await run([renamed], pictures: [moved]).measurements
    #expect(try lines().isEmpty && again[0].file == "moved" && again[0].contender == "other")
    var changed = good
    changed.settings = ["1", "3"]
    _ = try await run([changed], pictures: [moved])
    #expect(Set(try lines()) == ["3"])
    changed.version = "2"
    _ = try await run([changed], pictures: [moved])
    #expect(Set(try lines()) == ["1", "3"])
    try Self.write(Self.picture(9, 9, 3), to: folder.file("colour.ppm"))
    let edited = try SweepPicture(name: "colour.png", path: folder.file("colour.ppm"))
    _ = try await run([good], pictures: [edited])
    #expect(Set(try lines()) == ["1", "2"])
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: folder.file("cache"))
        .allSatisfy { $0.hasSuffix(".json") })
  }

  @Test func codecsForOneNumberOfChannels() async throws {
    var grey = codec("cp {input} {output}", "cp {input} {output}")
    grey.channels = 1
    #expect(try await run([grey]).measurements.map(\.file) == ["grey.png", "grey.png"])
  }

  @Test func damagedPicturesAreLeftOut() async throws {
    let bytes = try readFile(path: folder.file("colour.png"), maximumBytes: 1 << 20)
    var damaged = bytes
    damaged[bytes.count / 2] ^= 0xFF
    let path = try folder.write(damaged, to: "damaged.png")
    let all = try [SweepPicture(name: "damaged.png", path: path)] + pictures
    let (measurements, notes) = try await run(
      [codec("cp {input} {output}", "cp {input} {output}")], pictures: all)
    #expect(Set(measurements.map(\.file)) == ["colour.png", "grey.png", "one.ppm"])
    #expect(notes.count == 1 && notes[0].hasPrefix("left out: \(path) is damaged"))
  }

  @Test func arraysAreRefused() throws {
    let path = folder.file("x.npy")
    let format = ImageFormat(kind: .array, width: 2, height: 2, channels: 1, sampleType: .float32)
    let sink = try createImage(path: path, format: format, overwrite: false)
    try sink.write(Image(width: 2, height: 2, planes: 1))
    try sink.finish()
    #expect(throws: MediaFileError.self) { try SweepPicture(name: "x", path: path) }
  }

  @Test func samplesOf16BitsAndAlpha() throws {
    let format = ImageFormat(
      width: 2, height: 1, channels: 1, hasAlpha: true, sampleType: .uint16)
    let sink = try createImage(path: folder.file("deep.png"), format: format, overwrite: false)
    try sink.write(Image(width: 2, height: 1, planes: 2, samples: [65535, 386, 1, 2]))
    try sink.finish()
    let picture = try SweepPicture(name: "deep", path: folder.file("deep.png"))
    #expect(try picture.samples() == Image(width: 2, height: 1, planes: 1, samples: [255, 2]))
  }

  @Test(arguments: [
    (["/a/x.png"], ["x.png"]), (["/a/x.png", "/a/b/y.png"], ["x.png", "b/y.png"]),
    (["/a/b/x.png", "/a/c/x.png"], ["b/x.png", "c/x.png"]),
    (["/a/x.png", "/a/./x.png", "/a/c/../x.png"], ["x.png"]),
    (["/x.png", "/a/x.png"], ["x.png", "a/x.png"]), ([], []),
  ])
  func names(paths: [String], names: [String]) {
    #expect(SweepPicture.named(paths).map(\.name) == names)
  }

  /// Every placeholder is filled in commands that are there at all.
  @Test func rivals() {
    let rivals = Rival.ofImages + Rival.ofSounds
    #expect(Set(rivals.map(\.codec.name)).count == rivals.count)
    for rival in rivals {
      let codec = rival.codec
      #expect(codec.encode.joined(separator: " ").contains("{setting}"))
      for command in [codec.encode, codec.decode] {
        let filled = CommandCodec.filled(
          command,
          ["input": "in", "output": "out", "setting": "7", "rate": "8000", "frames": "9"])
        #expect(filled.contains("in") && filled.contains("out"))
        #expect(!filled.contains { $0.contains("{") })
      }
      #expect(Set(codec.settings).count == codec.settings.count && codec.settings.count >= 3)
    }
  }

  @Test func metricTools() async throws {
    let tools = MetricTool.ofImages
    #expect(tools[0].value(in: "81.25\n") == 81.25)
    #expect(tools[0].value(in: "error\n") == nil && tools[0].value(in: "") == nil)
    #expect(tools[1].value(in: "1.9\n3-norm: 0.75\n") == 0.75)
    #expect(tools[1].value(in: "1.9\n") == nil)
  }

  private func codec(_ encode: String, _ decode: String, name: String = "copy") -> CommandCodec {
    CommandCodec(
      name: name, settings: ["1", "2"], encode: words(encode), decode: words(decode),
      codedExtension: "bin")
  }

  /// Words with quoted ones kept together.
  private func words(_ command: String) -> [String] {
    command.split(separator: "'").enumerated().flatMap { index, part in
      index % 2 == 1 ? [String(part)] : part.split(separator: " ").map(String.init)
    }
  }

  private func run(
    _ codecs: [CommandCodec], pictures: [SweepPicture]? = nil, jobs: Int = 2, limit: Double = 86_400
  ) async throws -> (measurements: [FileResult], notes: [String]) {
    let sweep = Sweep(
      files: pictures ?? self.pictures, codecs: codecs, jobs: jobs, timedFiles: 1,
      limit: limit, cache: try SweepCache(folder: folder.file("cache")))
    var notes: [String] = []
    let measurements = try await sweep.run {
      if case .note(let note) = $0 { notes.append(note) }
    }
    return (measurements, notes)
  }

  private static func picture(_ width: Int, _ height: Int, _ planes: Int, change: Float = 0)
    -> Image
  {
    var generator = SeededGenerator(seed: 1)
    return Image(
      width: width, height: height, planes: planes,
      samples: (0..<width * height * planes).map { _ in
        Float(Int.random(in: 0...250, using: &generator)) + change
      })
  }

  @discardableResult
  private static func write(_ image: Image, to path: String) throws -> String {
    let format = ImageFormat(width: image.width, height: image.height, channels: image.planes)
    let sink = try createImage(path: path, format: format, overwrite: true)
    try sink.write(image)
    try sink.finish()
    return path
  }
}
