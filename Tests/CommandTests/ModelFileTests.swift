import CompressedLearning
import Foundation
import LearnedCodec
import Networks
import Signals
import TestSupport
import Testing

/// Files of models that `codec learn` reads, which anyone may have made.
struct ModelFileTests {
  let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    try writePicture(picture(40, 24, 3), to: folder.file("a.png"))
  }

  private func write(_ layers: [Layer], inputs: Int, _ metadata: [String: String]) throws {
    let network = Network(inputs: inputs, layers)
    var random = SeededGenerator(seed: 1)
    try SavedModel(
      network: network, parameters: network.initialParameters(using: &random),
      statistics: ChannelStatistics(
        mean: [Float](repeating: 0, count: inputs), scale: [Float](repeating: 1, count: inputs)),
      labels: ["no", "yes"], metadata: metadata
    ).save(to: URL(fileURLWithPath: folder.file("m.safetensors")))
  }

  private func learn(_ arguments: [String]) throws -> Run {
    let streams = try TemporaryFolder()
    let process = try Program.process(
      ["learn"] + arguments, folder: streams, at: folder.path)
    try process.run()
    return try Program.result(of: process, folder: streams)
  }

  /// A classifier gives one answer for all patches.
  @Test func classifiersAreChecked() throws {
    let pixels = ["task": "classify", "scale": "0.25", "side": "2"]
    let latents = try CodecLibrary.standard.codec(named: "photo-16x")
    func run(_ layers: [Layer], _ inputs: Int, _ metadata: [String: String]) throws -> Run {
      try write(layers, inputs: inputs, metadata)
      let run = try learn(["classify", "predict", "--model", "m.safetensors", "a.png"])
      #expect(!run.wasSignalled)
      return run
    }
    #expect(try run([.mean, .linear(2)], 12, pixels).status == 0)
    for layers in [[Layer.linear(2)], [.merging(2)]] {
      let unpooled = try run(layers, 12, pixels)
      #expect(unpooled.status == 1 && unpooled.errors.hasPrefix("codec: m.safetensors: it is no "))
    }
    for (quality, status) in [("80", 0), ("nan", 1), ("1e300", 1), ("-1", 1), ("", 1)]
      as [(_, Int32)]
    {
      var metadata = ["task": "classify", "codec": "photo-16x", "channels": "12"]
      metadata["codecHash"] = "\(String(latents.hash, radix: 16))"
      metadata["quality"] = quality
      #expect(try run([.mean, .linear(2)], 12, metadata).status == status, "\(quality)")
    }
  }

  /// A colouring gives latents for every patch.
  @Test func colouringsAreChecked() throws {
    guard case .picture(let codec) = try CodecLibrary.standard.codec(named: "photo-16x") else {
      return
    }
    let metadata = [
      "task": "colorize", "codec": codec.name, "codecHash": String(codec.hash, radix: 16),
      "quality": "60",
    ]
    for (layers, status) in [([Layer.linear(codec.channels)], 0), ([.mean], 1)] as [(_, Int32)] {
      try write(layers, inputs: codec.channels, metadata)
      let run = try learn(
        ["colorize", "apply", "--model", "m.safetensors", "a.png", "-f", "-o", "b.png"])
      #expect(run.status == status && !run.wasSignalled, "\(run.errors)")
    }
  }

  @Test func endlessFilesAreLookedAtFirst() throws {
    try write([.mean, .linear(2)], inputs: 12, ["task": "classify", "scale": "0.25", "side": "2"])
    let picture = try learn(["classify", "predict", "--model", "m.safetensors", "/dev/zero"])
    #expect(picture.status == 1 && picture.errors.contains("/dev/zero is neither a PNG"))
    let model = try learn(["classify", "predict", "--model", "/dev/zero", "a.png"])
    #expect(model.status == 1 && model.errors.contains("/dev/zero has more than the limit of"))
  }
}
