import Foundation
import LearnedCodec
import Networks
import Signals

/// A model that finds the text lines of a page in the numbers of its patches.
public struct LineFinder: Sendable {
  /// Network, weights and statistics.
  public var model: SavedModel
  /// How cells become lines.
  public var linking: LineLinking

  /// A finder of a trained model.
  public init(model: SavedModel, linking: LineLinking = LineLinking()) {
    self.model = model
    self.linking = linking
  }

  /// The network of a finder.
  ///
  /// - Parameters:
  ///   - channels: numbers of a patch.
  ///   - width: channels within the network, a multiple of 8.
  ///   - blocks: residual blocks: a patch sees so many patches to each side, and one more.
  public static func network(channels: Int, width: Int, blocks: Int) -> Network {
    Network(
      inputs: channels,
      [.convolution(width), .activation]
        + [Layer](repeating: .residual(hidden: 2 * width), count: blocks)
        + [.normalisation, .linear(CellPredictions.ofPatch)])
  }

  /// What the network says of every cell of a page, whose latents have the shape [patch rows, patch
  /// columns, channels].
  public func predictions(_ latents: Latents) -> CellPredictions {
    let result = model(FeatureMap(model.statistics.normalized(latents)))
    return CellPredictions(
      patches: result.features.values, rows: latents.patchRows, columns: latents.patchColumns)
  }

  /// The lines of a page, surest first, in pixels.
  ///
  /// - Parameters:
  ///   - latents: of the page, as the model was trained on: shape [patch rows, patch columns,
  ///     channels].
  ///   - side: of a patch in pixels.
  public func lines(_ latents: Latents, side: Int) -> [FoundLine] {
    linking.lines(predictions(latents), side: side)
  }

  /// The finder with the thresholds of the linking that find most of some pages' lines.
  ///
  /// - Parameters:
  ///   - pages: of each page its numbers, shape [patch rows, patch columns, channels], and the
  ///     boxes of its lines in pixels.
  ///   - side: of a patch in pixels.
  public func calibrated(on pages: [(latents: Latents, boxes: [TextBox])], side: Int) -> LineFinder
  {
    let predictions = pages.map { self.predictions($0.latents) }
    var best = self
    var bestScore = -1.0
    for text in [0.3, 0.4, 0.5, 0.6, 0.7] {
      for link in [0.3, 0.5, 0.7] {
        for score in [0.5, 0.6, 0.7, 0.75, 0.8, 0.85] where score > text {
          var candidate = linking
          candidate.textThreshold = text
          candidate.linkThreshold = link
          candidate.scoreThreshold = score
          let f1 = zip(predictions, pages).reduce(BoxScore()) { sum, page in
            let found = candidate.lines(page.0, side: side).map(\.box)
            return sum + BoxScore(found: found, expected: page.1.boxes)
          }.f1
          if f1 > bestScore { (best.linking, bestScore) = (candidate, f1) }
        }
      }
    }
    return best
  }
}
