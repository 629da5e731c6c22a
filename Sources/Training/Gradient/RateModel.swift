import Foundation
import Networks

/// A guess at the bits that symbols cost, which can be differentiated: what the entropy model of
/// a codec will know, in floating point and without its adaptation.
///
/// Each symbol has a Laplace distribution. Its mean is linear in the symbols of twelve patches
/// before it, the logarithm of its scale in their magnitudes' logarithms, those of the channels
/// before it in its own patch, and the logarithm of the quantiser step.
struct RateModel: Sendable {
  let channels: Int

  /// Patches of `Variable.causalWindow`, and those of them to the north and to the west.
  private static let window = (count: 12, north: 7, west: 11)

  /// Names and shapes of the weights.
  var entries: [Parameters.Entry] {
    [
      .init("rate.means", rows: channels, columns: Self.window.count * channels),
      .init("rate.scales", rows: channels, columns: Self.window.count * channels),
      .init("rate.before", rows: channels, columns: channels),
      .init("rate.step", rows: channels, columns: 2),
    ]
  }

  /// Sets the weights to a start: each channel is as in the patches to the north and west on
  /// average, and of the scale of its deviation.
  ///
  /// - Parameter deviations: of the latents of the channels, shape [channels].
  func start(_ parameters: inout Parameters, deviations: [Float]) {
    let row = Self.window.count * channels
    for channel in 0..<channels {
      for neighbour in [Self.window.north, Self.window.west] {
        let offset = channel * row + neighbour * channels + channel
        // Low frequencies, which come first, vary slowly.
        parameters["rate.means"][offset] = channel < 4 ? 0.45 : 0
        parameters["rate.scales"][offset] = 0.2
      }
      parameters["rate.step"][2 * channel] = -0.6
      parameters["rate.step"][2 * channel + 1] = 0.6 * log2(deviations[channel]) - 1
    }
  }

  /// The bits of all symbols together, times `factor`.
  ///
  /// - Parameters:
  ///   - symbols: shape [patches, channels].
  ///   - patchColumns: patches in a row.
  func bits(
    of symbols: Variable, patchColumns: Int, step: Float, weights: Weights, factor: Float
  ) -> Variable {
    let magnitudes = symbols.logarithm(signed: false)
    let steps = Variable(
      constant: (0..<symbols.rows * 2).map { $0 % 2 == 0 ? log2(step) : 1 }, rows: symbols.rows,
      columns: 2)
    let means = symbols.causalWindow(gridColumns: patchColumns).linear(weights["rate.means"])
    let scales = magnitudes.causalWindow(gridColumns: patchColumns).linear(weights["rate.scales"])
      .plus(magnitudes.lowerTriangular(weights["rate.before"]))
      .plus(steps.linear(weights["rate.step"]))
    return symbols.laplaceBits(means: means, scales: scales, factor: factor)
  }
}
