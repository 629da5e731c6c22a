import Foundation
import Networks
import Signals
import Testing

@testable import CompressedLearning

@Suite struct NetworkTests {
  private let network = Network(
    inputs: 12,
    [
      .linear(16), .context, .residual(hidden: 24), .merging(16), .convolution(8), .activation,
      .normalisation, .attention(heads: 4), .linear(3),
    ])

  @Test func shapesFollowFromTheLayers() {
    var random = SeededGenerator(seed: 1)
    let parameters = network.initialParameters(using: &random)
    let input = FeatureMap(
      (0..<5 * 7 * 12).map { Float($0 % 11) - 5 }, rows: 5, columns: 7, channels: 12)
    let output = network(input, parameters.constants())
    #expect(output.rows == 1 && output.columns == 1 && output.channels == 3)
    #expect(network.outputs == 3)
    #expect(output.features.values.allSatisfy { $0.isFinite })
    let patchwise = Network(inputs: 12, [.merging(16), .residual(hidden: 8), .linear(5)])
    let map = patchwise(input, patchwise.initialParameters(using: &random).constants())
    #expect(map.rows == 3 && map.columns == 4 && map.channels == 5)
  }

  @Test func everyWeightMatters() {
    var random = SeededGenerator(seed: 2)
    var parameters = network.initialParameters(using: &random)
    // Scores and offsets start at zero.
    for index in parameters.values.indices {
      for place in parameters.values[index].indices {
        parameters.values[index][place] += Float.random(in: -0.1...0.1, using: &random)
      }
    }
    let input = FeatureMap(
      (0..<6 * 6 * 12).map { _ in Float.random(in: -1...1, using: &random) }, rows: 6, columns: 6,
      channels: 12)
    let weights = parameters.trainable()
    network(input, weights).features.crossEntropy(against: [1, 0, 0]).differentiate()
    for (entry, derivative) in zip(parameters.entries, weights.derivatives) {
      #expect(derivative.contains { $0 != 0 }, "\(entry.name)")
    }
  }

  @Test func impossibleLayersAreKnown() throws {
    let texts = [
      #"{"inputs":8,"layers":[{"residual":{"hidden":4}}]}"#,
      #"{"inputs":12,"layers":[{"residual":{"hidden":4}}]}"#,
      #"{"inputs":8,"layers":[{"attention":{"heads":3}}]}"#,
      #"{"inputs":8,"layers":[{"linear":{"_0":-1}}]}"#,
      #"{"inputs":0,"layers":[]}"#,
    ]
    let found = try texts.map {
      try JSONDecoder().decode(Network.self, from: Data($0.utf8)).isPossible
    }
    #expect(found == [true, false, false, false, false])
  }

  @Test func multiplicationsAreCounted() {
    let network = Network(inputs: 4, [.linear(8), .merging(16), .mean, .linear(2)])
    #expect(network.multiplications(rows: 3, columns: 4) == 12 * 32 + 4 * 4 * 8 * 16 + 32)
  }

  @Test func modelsAreSavedWithAllThatTheyNeed() throws {
    var random = SeededGenerator(seed: 3)
    let model = SavedModel(
      network: network, parameters: network.initialParameters(using: &random),
      statistics: ChannelStatistics(
        mean: (0..<12).map { Float($0) }, scale: (0..<12).map { Float($0 + 1) }),
      labels: ["pear", "fig", "\u{65E5}\u{672C}"], metadata: ["codec": "photo-16x"])
    let bytes = try model.serialized()
    #expect(try SavedModel(parsing: bytes, name: "model") == model)
    for count in [0, 7, 100, bytes.count - 1] {
      #expect(throws: SafetensorsError.self) {
        try SavedModel(parsing: Array(bytes[..<count]), name: "model")
      }
    }
    let other = Safetensors(tensors: [:], metadata: ["network": "[]"]).serialized()
    #expect(throws: ModelError.field(file: "model", field: "network")) {
      try SavedModel(parsing: other, name: "model")
    }
  }
}
