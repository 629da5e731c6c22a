import Foundation
import LearnedCodec
import MediaFiles
import Networks
import Signals
import Testing
import Training
import Wavelets

/// What the trainer's twin in PyTorch has to compute too: `python/tests/reference.safetensors`, which
/// the tests there read. Whoever changes one of the trainers changes the other one with it.
@Suite struct TwinTests {
  private static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
  private static let path = root.appendingPathComponent("python/tests/reference.safetensors")

  private static func sample(_ name: String) throws -> Image {
    let file = try ImageFile(path: root.appendingPathComponent("samples/\(name).png").path)
    return try file.open().nextRows(file.format.height)
  }

  /// Symbols and pictures of the shipped codecs, of a part of a sample.
  private static func codings(
    _ name: String, _ tuning: PictureOptions.Tuning = .psnr
  ) throws -> [String: Tensor] {
    let codec = try PictureCodec(
      folder: root.appendingPathComponent("codecs").appendingPathComponent(name)
    ).tuned(for: tuning)
    let image = try sample("texture").rows(100..<164).columns(60..<140)
    let bands = Subbands(analyzing: image, levels: 3)
    var tensors: [String: Tensor] = [:]
    for (quality, channels) in [(30.0, codec.channels), (75, codec.channels / 4)] {
      let quality = Quality(quality)
      let symbols = codec.quantize(codec.project(bands, channels: channels), quality: quality)
      let prefix = "\(name).\(tuning).\(channels)."
      for (index, resolution) in symbols.resolutions.enumerated() {
        tensors[prefix + "symbols.\(index)"] = Tensor(
          shape: [resolution.patchRows, resolution.patchColumns, resolution.channels],
          values: .int16(resolution.values.map { Int16($0) }))
      }
      // By the graph that training differentiates; decoders compute in integers.
      let linear = codec.withoutNetwork.synthesize(
        codec.dequantize(symbols, quality: quality), quality: quality, width: image.width,
        height: image.height)
      let network = try #require(codec.network)
      var packets = Subbands(analyzing: linear, levels: network.shape.levels)
      let correction = network.correction(
        to: Variable(
          constant: packets.coefficients, rows: packets.patchRows * packets.patchColumns,
          columns: packets.dimension), patchColumns: packets.patchColumns, quality: quality,
        step: codec.steps.step(at: quality), weights: network.parameters.constants())
      packets.coefficients = zip(packets.coefficients, correction.values).map { $0 + $1 }
      let decoded = packets.image(width: image.width, height: image.height)
      tensors[prefix + "decoded"] = Tensor(
        shape: [image.planes, image.height, image.width], values: .float32(decoded.samples))
    }
    return tensors
  }

  /// The start of a small training, and the gradient and the report of its first step: crops of
  /// samples at random scales, some of them prefixes of the channels or with noise.
  private static func step(
    _ name: String, as label: String, _ change: (inout TrainingRecipe) -> Void
  ) async throws -> [String: Tensor] {
    let codec = try PictureCodec(
      folder: root.appendingPathComponent("codecs").appendingPathComponent(name))
    var recipe = TrainingRecipe()
    recipe.network = .init(levels: 2, width: 8, hidden: 16, blocks: 2, qualityNodes: 3)
    (recipe.crops, recipe.side, recipe.largestNorm) = (6, 64, 1e6)
    change(&recipe)
    let samples = ["shading", "texture"]
    let source = try CropSource(
      TrainingPictures(count: samples.count) {
        TrainingPicture(image: try sample(samples[$0]), isPhotograph: true)
      }, side: recipe.side, scales: .photographs
    ) { _ in }
    let training = SynthesisTraining(codec: codec, recipe: recipe, source: source)
    var start = training.initialParameters
    // The output starts at zero, and no gradient would reach beyond it.
    var generator = SeededGenerator(seed: 2)
    start["output.weight"] = start["output.weight"].map { _ in
      Float.random(in: -0.1...0.1, using: &generator)
    }
    var optimiser = Adam(start)
    let report = await training.step(&optimiser, source: source, rate: 1e-3)
    let after = optimiser.tensors
    let found = [report.loss, report.linear, report.psnr, report.bitsPerPixel]
    var tensors = start.tensors(prefix: "\(label).start.")
    for entry in start.entries {
      // After one step the first moment is a tenth of the gradient.
      tensors["\(label).moment.\(entry.name)"] = after["first.\(entry.name)"]
    }
    tensors["\(label).report"] = Tensor(shape: [4], values: .float32(found.map { Float($0) }))
    return tensors
  }

  @Test func theTwinComputesTheSame() async throws {
    var found: [String: Tensor] = [:]
    for part in [
      try Self.codings("photo"), try Self.codings("photo-16x"), try Self.codings("photo", .eye),
      try await Self.step("photo", as: "network") { $0.prefixShare = 0.5 },
      try await Self.step("photo-16x", as: "analysis") { $0.trainsAnalysis = true },
      try await Self.step("photo", as: "eye") { ($0.prefixShare, $0.tuning) = (0.5, .eye) },
    ] { found.merge(part) { first, _ in first } }
    if ProcessInfo.processInfo.environment["REGENERATE_GOLDEN"] == "1" {
      try Data(Safetensors(tensors: found).serialized()).write(to: Self.path)
      Issue.record("the reference is new; run again without REGENERATE_GOLDEN")
    }
    let reference = try Safetensors(
      parsing: [UInt8](Data(contentsOf: Self.path)), name: Self.path.path)
    #expect(reference.tensors.keys.sorted() == found.keys.sorted())
    for (name, tensor) in found {
      guard case .float32(let values) = tensor.values else {
        #expect(reference.tensors[name] == tensor, "\(name)")
        continue
      }
      let expected = try reference.float32(name, shape: tensor.shape)
      // Matrix products add up in another order on another processor.
      let largest = expected.reduce(0) { max($0, abs($1)) }
      let difference = zip(values, expected).reduce(0) { max($0, abs($1.0 - $1.1)) }
      #expect(difference <= 1e-3 * largest, "\(name)")
    }
  }
}
