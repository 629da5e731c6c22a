import Foundation
import LearnedCodec
import Networks
import Signals

/// The training of a finder of text lines on pages with known lines.
public struct LineFinderTraining: Sendable {
  /// What it reads.
  public let input: PageInput
  /// The untrained network.
  public let network: Network
  private let pages: [TextPage]
  private let statistics: ChannelStatistics
  private let heldOut: [(latents: Latents, boxes: [TextBox])]

  /// Patch rows of a part of a page that is an example.
  private static let rows = 24
  /// About the share of cells that belong to lines.
  private static let commonShare: Float = 0.05
  /// Parts of each page in an epoch.
  private static let partsOfPage = 4

  /// Prepares a training.
  ///
  /// - Parameters:
  ///   - pages: to train on.
  ///   - validation: pages that choose weights and thresholds.
  ///   - input: what the network sees of a page.
  ///   - width: channels within the network, a multiple of 8.
  ///   - blocks: residual blocks.
  /// - Throws: `LearningError.noExamples`, or `CodingError`.
  public init(
    pages: [TextPage], validation: [TextPage], input: PageInput, width: Int, blocks: Int
  ) throws {
    guard !pages.isEmpty else { throw LearningError.noExamples }
    self.pages = pages
    self.input = input
    network = LineFinder.network(channels: input.channels, width: width, blocks: blocks)
    var accumulator = ChannelStatistics.Accumulator(channels: input.channels)
    for page in pages { accumulator.add(try input.latents(of: page.image)) }
    statistics = accumulator.statistics
    heldOut = try validation.map { (try input.latents(of: $0.image), $0.lines.map(\.box)) }
  }

  /// Trains.
  ///
  /// - Parameters:
  ///   - run: of `network`; an epoch is four parts of each page.
  ///   - isStopped: asked before every step.
  ///   - report: called after each epoch; its validation is 1 less the F1 of the boxes.
  /// - Returns: The finder, its thresholds chosen; nil where it was stopped before its end.
  /// - Throws: `LearningError`, `CodingError`, or what writing the checkpoint throws.
  public func run(
    _ run: inout LearningRun, isStopped: () -> Bool = { false },
    report: (LearningRun.Entry) -> Void = { _ in }
  ) async throws -> LineFinder? {
    let count = pages.count
    let isDone = try await run.run(
      examples: count * Self.partsOfPage,
      validation: heldOut.isEmpty ? nil : { 1 - (await score(finder($0))).f1 },
      isStopped: isStopped, report: report
    ) { example, weights, generator in
      let page = pages[example % count].varied(
        side: input.side, rows: Self.rows, using: &generator)
      return try loss(of: page, weights)
    }
    return isDone ? finder(run.result).calibrated(on: heldOut, side: input.side) : nil
  }

  private func finder(_ parameters: Parameters) -> LineFinder {
    LineFinder(
      model: SavedModel(network: network, parameters: parameters, statistics: statistics))
  }

  /// How well a finder does on the pages held out.
  private func score(_ finder: LineFinder) async -> BoxScore {
    let side = input.side
    return await concurrentMap(heldOut) { page in
      BoxScore(found: finder.lines(page.latents, side: side).map(\.box), expected: page.boxes)
    }.reduce(BoxScore(), +)
  }

  /// The loss of a part of a page: of the decisions on text and links, and of the edges of the
  /// cells of lines.
  private func loss(of page: TextPage, _ weights: Weights) throws -> Variable {
    let latents = try input.latents(of: page.image)
    let (rows, columns) = (latents.patchRows, latents.patchColumns)
    let boxes = page.lines.map(\.box)
    let targets = LineTargets(boxes: boxes, rows: rows, columns: columns, side: input.side)
    let known = Self.known(
      boxes, rows: targets.rows, columns: targets.columns,
      side: Double(input.side) / Double(LineTargets.cells),
      height: Double(page.image.height), width: Double(page.image.width))
    let count = rows * columns * CellPredictions.ofPatch
    var (wanted, decisions, edges) = (
      [Float](repeating: 0, count: count), [Float](repeating: 0, count: count),
      [Float](repeating: 0, count: count)
    )
    // Of a part with hardly any text, what is said of the rest must not count for more.
    var positives = Float(targets.text.count) * Self.commonShare
    for cell in targets.text.indices where known[cell] {
      let offset = CellPredictions.offset(of: cell, columns: targets.columns)
      wanted[offset] = targets.text[cell]
      decisions[offset] = 1
      guard targets.text[cell] > 0 else { continue }
      positives += 1
      wanted[offset + 1] = targets.links[cell]
      decisions[offset + 1] = 1
      // What an error of the edges costs in overlap goes with the height of the line.
      let height = targets.edges[cell * 4] + targets.edges[cell * 4 + 1]
      let weight = min(max(2 / max(height, 0.1), 0.5), 3)
      for edge in 0..<4 {
        wanted[offset + 2 + edge] = targets.edges[cell * 4 + edge]
        edges[offset + 2 + edge] = edge < 2 ? 2 * weight : 1
      }
    }
    let output = network(FeatureMap(statistics.normalized(latents)), weights).features
    return output.logisticLoss(against: wanted, weights: decisions, scale: 1 / positives)
      .plus(output.huberLoss(against: wanted, weights: edges, scale: 1 / positives))
  }

  /// For each cell whether it is known what to say of it: not so within lines that are cut.
  private static func known(
    _ boxes: [TextBox], rows: Int, columns: Int, side: Double, height: Double, width: Double
  ) -> [Bool] {
    var known = [Bool](repeating: true, count: rows * columns)
    for box in boxes
    where box.left < 0 || box.top < 0 || box.right > width + 1 || box.bottom > height + 1 {
      for row in 0..<rows {
        for column in 0..<columns {
          let (x, y) = ((Double(column) + 0.5) * side, (Double(row) + 0.5) * side)
          if x >= box.left, x < box.right, y >= box.top, y < box.bottom {
            known[row * columns + column] = false
          }
        }
      }
    }
    return known
  }
}
