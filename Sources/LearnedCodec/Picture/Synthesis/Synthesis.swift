import Signals
import Wavelets

extension PictureCodec {
  /// How many patches around it the synthesis of a patch sees: those of the linear synthesis, and
  /// those whose samples the network's packets, its blocks and their synthesis reach.
  package var synthesisHalo: Int {
    guard let network else { return Subbands.halo }
    let reached = 2 * Subbands.halo + network.shape.blocks
    let smaller = levels - network.shape.levels
    return Subbands.halo + (reached + (1 << smaller) - 1) >> smaller
  }

  /// The picture of dequantised latents, or some rows of it, as well as it is known.
  ///
  /// - Parameters:
  ///   - latents: as decoded; a part of a picture is cut with `synthesisHalo` patches to spare.
  ///   - quality: the quality they were quantised at.
  ///   - rows: patch rows to return, all when nil; the others only take part as surroundings.
  ///   - width: columns of the picture.
  ///   - height: rows of the picture that `latents` are of; the last patches may be cut.
  /// - Returns: shape [planes, rows of samples, width], not rounded.
  package func synthesize(
    _ latents: Latents, quality: Quality, rows: Range<Int>? = nil, width: Int, height: Int
  ) -> Image {
    let rows = rows ?? 0..<latents.patchRows
    func within(_ halo: Int, _ rows: Range<Int>, of count: Int) -> Range<Int> {
      max(rows.lowerBound - halo, 0)..<min(rows.upperBound + halo, count)
    }
    /// Samples of the linear synthesis of some patch rows.
    func linear(_ rows: Range<Int>) -> Image {
      let window = within(Subbands.halo, rows, of: latents.patchRows)
      return linearSubbands(of: latents.rows(window)).image(
        width: width,
        height: min(rows.upperBound * patchSide, height) - rows.lowerBound * patchSide,
        firstRow: (rows.lowerBound - window.lowerBound) * patchSide)
    }
    guard let network else { return linear(rows) }

    // All in patches of the network's packets, of which a patch of the codec is a few high.
    let smaller = levels - network.shape.levels
    let needed = within(synthesisHalo - Subbands.halo, rows, of: latents.patchRows)
    let synthesis = linear(needed)
    let first = needed.lowerBound << smaller
    let side = 1 << network.shape.levels
    let count = (synthesis.height + side - 1) / side
    let wanted =
      (rows.lowerBound << smaller) - first..<min(rows.upperBound << smaller - first, count)
    let corrected = within(Subbands.halo, wanted, of: count)
    let seen = within(network.shape.blocks, corrected, of: count)
    let bands = Subbands(analyzing: synthesis, levels: network.shape.levels, keeping: seen)
    let correction = network.correction(
      to: bands, quality: quality, step: steps.step(at: quality),
      rows: corrected.lowerBound - seen.lowerBound..<corrected.upperBound - seen.lowerBound)
    let top = wanted.lowerBound * side
    var image = synthesis.rows(top..<min(wanted.upperBound * side, synthesis.height))
    let difference = correction.image(
      width: width, height: image.height, firstRow: top - corrected.lowerBound * side)
    for index in image.samples.indices { image.samples[index] += difference.samples[index] }
    return image
  }
}
