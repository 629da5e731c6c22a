import Foundation
import LearnedCodec
import Networks
import Signals

/// A model that tells what a text line says from the numbers of its patches: amount, date or other.
public struct LineClassifier: Sendable {
  /// Network, weights and statistics; its labels are the names of `LineKind`.
  public var model: SavedModel

  /// Numbers of a patch that tell where the line lies on the page, beside those of the page.
  static let positionFeatures = 4
  /// Patches of a line that are read at most, from each of its ends: amounts and dates lie there.
  private static let reach = 24

  /// The network of a classifier.
  ///
  /// - Parameters:
  ///   - channels: numbers of a patch of the page.
  ///   - width: channels within the network, a multiple of 8.
  public static func network(channels: Int, width: Int) -> Network {
    Network(
      inputs: channels + positionFeatures,
      [
        .convolution(width), .activation, .residual(hidden: 2 * width),
        .residual(hidden: 2 * width), .residual(hidden: 2 * width), .normalisation,
        .attention(heads: 4), .linear(LineKind.allCases.count),
      ])
  }

  /// The most likely kind of the line in a box, and its probability, 0...1.
  ///
  /// - Parameters:
  ///   - box: where the line stands, in pixels of the page.
  ///   - latents: of the page, as the model was trained on: shape [patch rows, patch columns,
  ///     channels].
  ///   - side: of a patch in pixels.
  public func kind(
    of box: TextBox, _ latents: Latents, side: Int
  ) -> (kind: LineKind, probability: Double) {
    let result = model(Self.input(box, latents, side: side, model.statistics))
    let probabilities = result.features.softmax()
    let best = probabilities.mostLikely
    return (LineKind(rawValue: best) ?? .other, Double(probabilities[best]))
  }

  /// The patches of a line, with a margin of a patch: normalised numbers of the page, zeros beyond
  /// its borders, and where the line lies: its left and right end and its middle, as shares of the
  /// page's width and height in -1...1, and its height in patches.
  static func input(
    _ box: TextBox, _ latents: Latents, side: Int, _ statistics: ChannelStatistics
  ) -> FeatureMap {
    let side = Double(side)
    func patch(_ position: Double, _ count: Int) -> Int {
      // A box may be anything; a page has fewer patches than this.
      min(max(Int(min(max(position / side, -1), 1e6)), 0), count - 1)
    }
    let rows = patch(box.top, latents.patchRows) - 1...patch(box.bottom - 1, latents.patchRows) + 1
    let first = patch(box.left, latents.patchColumns) - 1
    let last = max(patch(box.right - 1, latents.patchColumns) + 1, first)
    let columns = (first...last).filter { $0 < first + reach || $0 > last - reach }
    let (width, height) = (
      Double(latents.patchColumns) * side, Double(latents.patchRows) * side
    )
    let position = [
      2 * box.left / width - 1, 2 * box.right / width - 1, (box.top + box.bottom) / height - 1,
      box.height / side / 4,
    ].map { Float(min(max($0, -4), 4)) }
    let inverse = statistics.scale.map { 1 / $0 }
    let channels = latents.channels
    var values: [Float] = []
    values.reserveCapacity(rows.count * columns.count * (channels + positionFeatures))
    for row in rows {
      for column in columns {
        if (0..<latents.patchRows).contains(row), (0..<latents.patchColumns).contains(column) {
          let start = (row * latents.patchColumns + column) * channels
          for channel in 0..<channels {
            values.append(
              (latents.values[start + channel] - statistics.mean[channel]) * inverse[channel])
          }
        } else {
          values += [Float](repeating: 0, count: channels)
        }
        values += position
      }
    }
    return FeatureMap(
      values, rows: rows.count, columns: columns.count, channels: channels + positionFeatures)
  }
}

/// The training of a classifier of text lines on pages with known lines.
public struct LineClassifierTraining: Sendable {
  /// What it reads.
  public let input: PageInput
  /// The untrained network.
  public let network: Network
  private let statistics: ChannelStatistics
  private let lines: [Line]
  /// Lines to train on by kind.
  private let linesOfKinds: [[Int]]
  private let heldOut: [Line]

  /// A line of one of several variants of a page.
  private struct Line: Sendable {
    let page: Latents
    let box: TextBox
    let kind: LineKind
  }

  /// Variants of each page: as it is, and others that are scaled, shifted and toned.
  private static let variants = 6

  /// Prepares a training.
  ///
  /// - Parameters:
  ///   - pages: to train on.
  ///   - validation: pages that choose the weights; without any, their average at the end is kept.
  ///   - input: what the network sees of a page.
  ///   - width: channels within the network, a multiple of 8.
  ///   - seed: of the variants.
  /// - Throws: `LearningError.noExamples`, or `CodingError`.
  public init(
    pages: [TextPage], validation: [TextPage], input: PageInput, width: Int, seed: UInt64
  ) throws {
    self.input = input
    network = LineClassifier.network(channels: input.channels, width: width)
    var accumulator = ChannelStatistics.Accumulator(channels: input.channels)
    var generator = SeededGenerator(seed: seed)
    var lines: [Line] = []
    for page in pages {
      for variant in 0..<Self.variants {
        let varied =
          variant == 0 ? page : page.varied(side: input.side, using: &generator)
        let latents = try input.latents(of: varied.image)
        if variant == 0 { accumulator.add(latents) }
        lines += varied.lines.map { Line(page: latents, box: $0.box, kind: LineKind(of: $0.text)) }
      }
    }
    guard !lines.isEmpty else { throw LearningError.noExamples }
    let all = accumulator.statistics
    statistics = ChannelStatistics(
      mean: all.mean + [Float](repeating: 0, count: LineClassifier.positionFeatures),
      scale: all.scale + [Float](repeating: 1, count: LineClassifier.positionFeatures))
    self.lines = lines
    let kinds = LineKind.allCases
    linesOfKinds = kinds.map { kind in lines.indices.filter { lines[$0].kind == kind } }
    heldOut = try validation.flatMap { page in
      let latents = try input.latents(of: page.image)
      return page.lines.map { Line(page: latents, box: $0.box, kind: LineKind(of: $0.text)) }
    }
  }

  /// Trains.
  ///
  /// - Parameters:
  ///   - run: of `network`; an epoch is as many lines as the pages have.
  ///   - isStopped: asked before every step.
  ///   - report: called after each epoch; its validation is 1 less the mean F1 of the kinds.
  /// - Returns: The classifier; nil where it was stopped before its end.
  /// - Throws: `LearningError`, or what writing the checkpoint throws.
  public func run(
    _ run: inout LearningRun, isStopped: () -> Bool = { false },
    report: (LearningRun.Entry) -> Void = { _ in }
  ) async throws -> LineClassifier? {
    let kinds = LineKind.allCases
    let isDone = try await run.run(
      examples: lines.count / Self.variants,
      validation: heldOut.isEmpty
        ? nil : { parameters in 1 - confusion(heldOut, classifier(parameters)).macroF1 },
      isStopped: isStopped, report: report
    ) { _, weights, generator in
      // Half of the examples are drawn from all lines, half from each kind alike, so that rare ones
      // are seen and common ones are not forgotten.
      let common = Int.random(in: 0..<lines.count, using: &generator)
      let kind = linesOfKinds[Int.random(in: kinds.indices, using: &generator)]
      let chosen =
        Bool.random(using: &generator) ? common : kind.randomElement(using: &generator) ?? common
      let line = lines[chosen]
      var target = [Float](repeating: 0, count: kinds.count)
      target[line.kind.rawValue] = 1
      return network(
        LineClassifier.input(line.box, line.page, side: input.side, statistics), weights
      ).features.crossEntropy(against: target)
    }
    return isDone ? classifier(run.result) : nil
  }

  private func classifier(_ parameters: Parameters) -> LineClassifier {
    LineClassifier(
      model: SavedModel(
        network: network, parameters: parameters, statistics: statistics,
        labels: LineKind.allCases.map(\.name)))
  }

  private func confusion(_ lines: [Line], _ classifier: LineClassifier) -> ConfusionMatrix {
    var matrix = ConfusionMatrix(labels: LineKind.allCases.map(\.name))
    for line in lines {
      let found = classifier.kind(of: line.box, line.page, side: input.side).kind
      matrix.add(label: line.kind.rawValue, predicted: found.rawValue)
    }
    return matrix
  }
}
