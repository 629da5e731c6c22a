import Foundation
import LearnedCodec
import MediaFiles
import Networks
import Signals
import TestSupport
import Testing
import Training

@testable import CompressedLearning

/// A codec for grey pictures, fitted to a generated one.
private let greyCodec: PictureCodec = {
  var fit = ClosedFormFit(levels: 2)
  (fit.qualities, fit.entropyPatches) = ([0, 100], 500)
  do {
    return try fit.run(
      on: TrainingPictures(count: 1) { _ in
        TrainingPicture(image: waves(64, 60, seed: 1).luma, isPhotograph: true)
      }
    ) { _, _ in }.codec
  } catch {
    fatalError("the fit of a test codec failed: \(error)")
  }
}()

/// Models come from anywhere: what is impossible in them is named.
struct ModelTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func model(
    _ network: Network, labels: [String] = [], metadata: [String: String] = [:]
  ) -> SavedModel {
    var random = SeededGenerator(seed: 1)
    return SavedModel(
      network: network, parameters: network.initialParameters(using: &random),
      statistics: ChannelStatistics(
        mean: [Float](repeating: 0, count: network.inputs),
        scale: [Float](repeating: 1, count: network.inputs)), labels: labels, metadata: metadata)
  }

  @Test func outputsAreOfPatchesOrOfTheGrid() {
    for (layers, scope) in [
      ([.linear(16), .context, .residual(hidden: 8)], .patch), ([.merging(4)], .patches),
      ([.mean, .linear(2)], .grid), ([.attention(heads: 4)], .grid), ([.mean, .merging(4)], .grid),
    ] as [([Layer], Network.Scope)] {
      #expect(Network(inputs: 8, layers).scope == scope)
    }
  }

  @Test func largeFilesAreNotRead() throws {
    let path = try folder.write([], to: "large")
    #expect(truncate(path, 1 << 40) == 0)
    #expect(throws: MediaFileError.tooManyBytes(file: path, limit: 1 << 30)) {
      try SavedModel(path: path)
    }
  }

  // MARK: Separation

  private static let places = SelectedCoefficients(width: 4096, indices: [3, 5])

  /// A separator whose metadata and network are changed before it is loaded.
  private func loadSeparator(
    _ layers: [Layer] = [.linear(4)], labels: [String] = ["a", "b"],
    _ change: (inout [String: Any]) -> Void
  ) throws -> Separator {
    let plain = Separator(
      model: model(Network(inputs: 2, [.linear(4)]), labels: ["a", "b"]),
      coefficients: Self.places, channels: 2, sampleRate: 48_000)
    let text = try #require(plain.model.metadata["separation"])
    #expect(
      text == #"{"channels":2,"places":{"indices":[3,5],"width":4096},"sampleRate":48000}"#)
    var fields = try #require(
      JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    change(&fields)
    let metadata = String(
      decoding: try JSONSerialization.data(withJSONObject: fields), as: UTF8.self)
    try model(
      Network(inputs: 2, layers), labels: labels, metadata: ["separation": metadata]
    ).save(to: URL(fileURLWithPath: folder.file("s")))
    return try Separator(path: folder.file("s"))
  }

  @Test func separatorsAreChecked() throws {
    #expect(try loadSeparator { _ in }.coefficients == Self.places)
    for (field, value) in [
      ("channels", 0), ("channels", -1), ("channels", 1 << 62), ("sampleRate", 0),
      ("sampleRate", 1 << 62),
    ] {
      #expect(throws: ModelError.field(file: folder.file("s"), field: "separation.\(field)")) {
        try loadSeparator { $0[field] = value }
      }
    }
    for (width, indices) in [
      (4097, [3, 5]), (-4096, [3, 5]), (1 << 62, [3, 5]), (4096, [3, 3]), (4096, [-1, 3]),
      (4096, [3, 4096]),
    ] {
      #expect(throws: ModelError.field(file: folder.file("s"), field: "separation.places")) {
        try loadSeparator { $0["places"] = ["width": width, "indices": indices] }
      }
    }
    for labels in [["a", "a"], ["a", "../b"]] {
      #expect(throws: ModelError.field(file: folder.file("s"), field: "labels")) {
        try loadSeparator(labels: labels) { _ in }
      }
    }
    #expect(throws: ModelError.field(file: folder.file("s"), field: "separation")) {
      try loadSeparator { $0["places"] = nil }
    }
    for layers in [[.linear(4), .mean], [.merging(4)], [.linear(6)]] as [[Layer]] {
      #expect(throws: ModelError.self) { try loadSeparator(layers) { _ in } }
    }
  }

  @Test func moreMasksThanALayerHasAreRefused() async throws {
    let stem = Audio(frames: 3 * 4096, channels: 2)
    let song = StemSong(
      names: ["a", "b", "c"], sampleRate: 48_000, stems: [Audio](repeating: stem, count: 3))
    await #expect(
      throws: SeparationError.tooManyMasks(stems: 3, coefficients: 8192, limit: 1 << 14)
    ) {
      try await SeparationTraining(
        song: song, validation: song, input: .audio(ratio: 1, blocks: 1), coefficients: nil,
        width: 8, blocks: 1)
    }
  }

  // MARK: Documents

  /// A reader whose files are changed before it is loaded.
  private func loadReader(
    input: String = #"{"channels":0,"isTransformed":false,"quality":0,"reduction":4,"side":8}"#,
    lines: [Layer] = [.linear(CellPredictions.ofPatch)], kinds: [Layer] = [.mean, .linear(3)]
  ) throws -> DocumentReader {
    let pixels = PageInput.pixels(reduction: 4, side: 8)
    let place = URL(fileURLWithPath: folder.file("reader"))
    func model(_ layers: [Layer], positions: Int) -> SavedModel {
      self.model(Network(inputs: pixels.channels + positions, layers))
    }
    let positions = LineClassifier.positionFeatures
    let reader = DocumentReader(
      input: pixels,
      finder: LineFinder(model: model([.linear(CellPredictions.ofPatch)], positions: 0)),
      classifier: LineClassifier(model: model([.mean, .linear(3)], positions: positions)))
    try reader.save(to: place)
    var metadata = try SavedModel(path: folder.file("reader/lines.safetensors")).metadata
    #expect(
      metadata["input"]
        == #"{"channels":0,"isTransformed":false,"quality":0,"reduction":4,"side":8}"#)
    metadata["input"] = input
    var (finder, classifier) = (model(lines, positions: 0), model(kinds, positions: positions))
    (finder.metadata, classifier.metadata) = (metadata, metadata)
    try finder.save(to: place.appendingPathComponent("lines.safetensors"))
    try classifier.save(to: place.appendingPathComponent("kinds.safetensors"))
    return try DocumentReader(folder: place) { _ in greyCodec }
  }

  @Test func readersAreChecked() throws {
    #expect(try loadReader().input.channels == 4)
    for (field, input) in [
      ("input.side", #""channels":0,"quality":0,"reduction":4,"side":-8"#),
      ("input.side", #""channels":0,"quality":0,"reduction":4,"side":4611686018427387904"#),
      ("input.reduction", #""channels":0,"quality":0,"reduction":0,"side":8"#),
      ("input.reduction", #""channels":0,"quality":0,"reduction":-9223372036854775808,"side":8"#),
      ("input", #""channels":0"#),
      ("input.quality", #""codec":"tiny","channels":4,"quality":101,"reduction":4,"side":8"#),
      ("input.quality", #""codec":"tiny","channels":4,"quality":-1e300,"reduction":4,"side":8"#),
      ("input.channels", #""codec":"tiny","channels":-4,"quality":1,"reduction":4,"side":8"#),
    ] {
      #expect(
        throws: ModelError.field(file: folder.file("reader/lines.safetensors"), field: field)
      ) {
        try loadReader(input: "{\(input)}")
      }
    }
    for lines in [[.merging(24)], [.mean, .linear(24)], [.linear(25)]] as [[Layer]] {
      #expect(throws: ModelError.self) { try loadReader(lines: lines) }
    }
    for kinds in [[.linear(3)], [.merging(3)], [.mean, .linear(4)]] as [[Layer]] {
      #expect(throws: ModelError.self) { try loadReader(kinds: kinds) }
    }
  }
}
