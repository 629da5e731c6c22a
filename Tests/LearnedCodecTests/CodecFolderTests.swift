import Foundation
@testable import LearnedCodec
@testable import Networks
import Signals
import TestSupport
import Testing

struct CodecFolderTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func url(_ name: String) -> URL { URL(fileURLWithPath: folder.file(name)) }

  /// Saves the codec for grey pictures as `tiny`.
  private func saved() throws -> PictureCodec {
    try TinyCodec.grey.save(to: url("tiny"), training: ["fit": "a test"])
  }

  /// Loads `tiny` and returns the sentence that says why it cannot be loaded.
  private func refusal() -> String {
    do {
      return "none: \(try PictureCodec(folder: url("tiny")).name)"
    } catch {
      return error.description
    }
  }

  @Test(arguments: [TinyCodec.rgb, TinyCodec.grey, TinyCodec.five])
  func whatIsSavedIsLoaded(codec: PictureCodec) throws {
    let saved = try codec.save(to: url("tiny"), training: ["fit": "a test"])
    let loaded = try PictureCodec(folder: url("tiny"))
    #expect(saved.hash == loaded.hash && loaded.hash != 0 && loaded.name == "tiny")
    #expect(try PictureCodec(folder: URL(fileURLWithPath: folder.path + "/./tiny/")).name == "tiny")
    #expect(
      (loaded.planes, loaded.levels, loaded.channels) == (
        codec.planes, codec.levels, codec.channels
      ))
    #expect(loaded.projection == codec.projection && loaded.synthesis == codec.synthesis)
    #expect(
      loaded.steps.coarsest == codec.steps.coarsest && loaded.steps.finest == codec.steps.finest
        && loaded.rateWeight == codec.rateWeight)
    let areSame = loaded.operatingPoints == codec.operatingPoints
    #expect(areSame && loaded.operatingPoints.count == 3)
    #expect(try folder.contents() == ["tiny"])
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: folder.file("tiny")).sorted()
        == ["codec.json", "hash", "weights.safetensors"])
  }

  @Test func theHashIsThatOfTheFiles() throws {
    let first = try saved()
    let again = try TinyCodec.grey.save(to: url("again"), training: ["fit": "a test"])
    let other = try TinyCodec.grey.save(to: url("other"), training: ["fit": "another test"])
    #expect(first.hash == again.hash && first.hash != other.hash)
  }

  @Test func nothingIsOverwritten() throws {
    let hash = try saved().hash
    #expect(throws: CodecFolderError.self) {
      try TinyCodec.rgb.save(to: url("tiny"), training: [:])
    }
    #expect(try PictureCodec(folder: url("tiny")).hash == hash)
    try FileManager.default.createDirectory(at: url("empty"), withIntermediateDirectories: false)
    _ = try folder.write([1], to: "file")
    for name in ["empty", "file", "file/below"] {
      #expect(throws: CodecFolderError.self, "\(name)") {
        try TinyCodec.rgb.save(to: url(name), training: [:])
      }
    }
    #expect(try folder.contents() == ["empty", "file", "tiny"])
  }

  @Test func missingFiles() throws {
    #expect(refusal() == folder.file("tiny/codec.json") + ": No such file or directory")
    _ = try saved()
    try FileManager.default.removeItem(at: url("tiny/weights.safetensors"))
    #expect(refusal() == folder.file("tiny/weights.safetensors") + ": No such file or directory")
  }

  @Test func descriptionsThatAreNone() throws {
    _ = try saved()
    let text = try String(contentsOf: url("tiny/codec.json"), encoding: .utf8)
    for (changed, reason) in [
      ("", "it is not JSON"), ("{", "it is not JSON"), ("[1]", "is of another type"),
      (text.replacing("\"planes\"", with: "\"plains\""), "planes is missing"),
      (text.replacing("\"levels\" : 3", with: "\"levels\" : \"3\""), "levels is of another type"),
      (text.replacing("\"coarsest\"", with: "\"coarse\""), "coarsest is missing"),
    ] {
      try Data(changed.utf8).write(to: url("tiny/codec.json"))
      let refusal = refusal()
      #expect(refusal.hasPrefix(folder.file("tiny/codec.json")), "\(refusal)")
      #expect(refusal.hasSuffix(reason), "\(refusal)")
    }
  }

  @Test func impossibleFields() throws {
    _ = try saved()
    let json = try Data(contentsOf: url("tiny/codec.json"))
    let fields = try #require(JSONSerialization.jsonObject(with: json) as? [String: Any])
    let changes: [(field: String, value: Any)] = [
      ("version", 2), ("planes", 0), ("planes", -1), ("planes", 1 << 40), ("levels", 7),
      ("levels", -1), ("channels", 0), ("channels", 65), ("predicted", -1), ("predicted", 65),
      ("rateWeight", 1.1), ("rateWeight", -0.1), ("qualities", [Double]()), ("qualities", [50, 0]),
      ("qualities", [0, 101]), ("qualities", [-1.0]),
      ("steps", ["coarsest": 1, "finest": 2]), ("steps", ["coarsest": 1, "finest": 0]),
      ("steps", ["coarsest": 1, "finest": -1]),
    ]
    for (field, value) in changes {
      var changed = fields
      changed[field] = value
      try JSONSerialization.data(withJSONObject: changed).write(to: url("tiny/codec.json"))
      let refusal = refusal()
      #expect(
        refusal.hasPrefix(folder.file("tiny/codec.json") + ": \(field)")
          && refusal.contains(" cannot be "), "\(refusal)")
    }
  }

  @Test func weightsOfAnotherShape() throws {
    _ = try saved()
    try FileManager.default.removeItem(at: url("tiny/hash"))
    let path = url("tiny/codec.json")
    let text = try String(contentsOf: path, encoding: .utf8)
    for (from, to) in [
      ("\"channels\" : 64", "\"channels\" : 63"), ("\"planes\" : 1", "\"planes\" : 2"),
      ("\"predicted\" : 4", "\"predicted\" : 3"),
    ] {
      let changed = text.replacing(from, with: to)
      #expect(changed != text)
      try Data(changed.utf8).write(to: path)
      #expect(refusal().hasPrefix(folder.file("tiny/weights.safetensors") + ", tensor "))
    }
  }

  @Test func damagedWeights() throws {
    _ = try saved()
    // What is refused here is refused by its form.
    try FileManager.default.removeItem(at: url("tiny/hash"))
    let path = url("tiny/weights.safetensors")
    let bytes = [UInt8](try Data(contentsOf: path))
    for length in [0, 7, 8, 100, bytes.count / 2, bytes.count - 1] {
      try Data(bytes[..<length]).write(to: path)
      let refusal = refusal()
      #expect(refusal.hasPrefix(path.path), "\(refusal)")
    }
    var generator = SeededGenerator(seed: 1)
    var refused = 0
    for _ in 0..<40 {
      var damaged = bytes
      damaged[Int.random(in: 0..<1500, using: &generator)] ^=
        1 << UInt8.random(in: 0...7, using: &generator)
      try Data(damaged).write(to: path)
      let refusal = refusal()
      #expect(refusal.hasPrefix(path.path) || refusal == "none: tiny", "\(refusal)")
      if refusal != "none: tiny" { refused += 1 }
    }
    // Other weights are weights too, but what they are called and where they are is known.
    #expect(refused > 10)
  }

  @Test(arguments: ["projection", "synthesis", "anchors.1.centroids"])
  func weightsThatAreNoNumbers(tensor: String) throws {
    _ = try saved()
    try FileManager.default.removeItem(at: url("tiny/hash"))
    let path = url("tiny/weights.safetensors")
    let file = try Safetensors(parsing: [UInt8](Data(contentsOf: path)), name: "weights")
    let shape = try #require(file.tensors[tensor]).shape
    for value in [Float.nan, .infinity] {
      var tensors = file.tensors
      var values = [Float](repeating: 1, count: shape.reduce(1, *))
      values[values.count / 2] = value
      tensors[tensor] = Tensor(shape: shape, values: .float32(values))
      try Data(Safetensors(tensors: tensors).serialized()).write(to: path)
      let refusal = refusal()
      #expect(
        refusal.hasPrefix(path.path + ", tensor \"\(tensor)\": ") && refusal.contains("finite"),
        "\(refusal)")
    }
  }

  @Test func changedWeightsAreRefusedWhereTheyAreRead() throws {
    // So many operating points that some parts of the file are of one alone.
    var codec = TinyCodec.grey
    codec.operatingPoints = (0..<12).map {
      OperatingPoint(quality: Quality(Double($0 * 9)), models: codec.operatingPoints[1].models)
    }
    let hash = try codec.save(to: url("tiny"), training: ["fit": "a test"]).hash
    let path = url("tiny/weights.safetensors")
    var bytes = [UInt8](try Data(contentsOf: path))
    let header = try SafetensorsHeader(parsing: bytes, name: "weights")
    let point = try #require(header.entries.first { $0.name == "anchors.6.frozen" })
    bytes[point.range.lowerBound] ^= 1
    try Data(bytes).write(to: path)
    let qualities = codec.operatingPoints.map(\.quality)
    _ = try Codec(folder: url("tiny"), for: qualities[1])
    _ = try Codec(folder: url("tiny"), for: qualities[11])
    for quality in [qualities[6], nil] {
      let error = #expect(throws: CodecFolderError.self) {
        try Codec(folder: url("tiny"), for: quality)
      }
      guard case .changed(folder.file("tiny"), hash, let found) = error else {
        Issue.record("\(String(describing: error))")
        continue
      }
      #expect(found != hash)
    }
    // As another codec they are read.
    try FileManager.default.removeItem(at: url("tiny/hash"))
    #expect(try PictureCodec(folder: url("tiny")).hash != hash)
  }
}
