import Signals
import Wavelets

/// Some rows of a picture with latents of their own, on which the error of samples is compared
/// with that of latents.
///
/// The transform is close to orthonormal, but not quite, and decoded samples are rounded and
/// clipped; and under an alpha of zero nobody sees them.
struct ErrorSample: Sendable {
  private let image: Image
  private let format: ImageFormat
  /// Whether each pixel is seen, shape [height, width]; nil where all are.
  private let isVisible: [Bool]?
  private let bands: Subbands
  private let latents: Latents
  /// Energy of the channels that are not coded, in `compared`.
  private let droppedEnergy: Double
  /// Patch rows that are compared: those that do not know of the cut, if there are any.
  private let compared: Range<Int>

  /// The rows in the middle of a strip's window, `patchRows` of them or all, of which the first
  /// `channels` channels are coded.
  init(
    _ patchRows: Int, of window: Image, _ codec: PictureCodec, _ format: ImageFormat, channels: Int,
    keepsHidden: Bool
  ) {
    let height = min(window.height, patchRows * codec.patchSide)
    let top = (window.height - height) / 2 / codec.patchSide * codec.patchSide
    let rows = window.rows(top..<top + height)
    image = rows.planes(0..<format.channels)
    self.format = format
    isVisible =
      keepsHidden || !format.hasAlpha
      ? nil : rows.planes(format.channels..<format.planes).samples.map { $0 > 0 }
    bands = Subbands(
      analyzing: SampleScale.normalized(image, format), levels: codec.levels)
    let all = codec.project(bands)
    let inner = Subbands.halo..<max(all.patchRows - Subbands.halo, Subbands.halo)
    compared = height == window.height || inner.isEmpty ? 0..<all.patchRows : inner
    latents = all.split(at: channels).first
    droppedEnergy = all.rows(compared).split(at: channels).droppedEnergy
  }

  /// The largest magnitude of a sample.
  var peak: Float { image.samples.lazy.map({ $0.magnitude }).max() ?? 0 }

  /// Squared errors at a quality: of the decoded samples, and of the latents as if they were as
  /// many and no decoder had taken part in the choice of their symbols.
  func errors(
    at quality: Quality, effort: Effort, _ codec: PictureCodec
  ) -> (samples: Double, latents: Double) {
    let symbols = codec.quantize(latents, quality: quality, effort: effort)
    let decoded = codec.dequantize(symbols, quality: quality)
    let refined =
      effort.isRefined
      ? codec.dequantize(
        codec.chooseSymbols(for: latents, of: bands, quality: quality, effort: effort),
        quality: quality) : decoded
    var picture = codec.synthesize(
      refined, quality: quality, width: image.width, height: image.height)
    SampleScale.denormalize(&picture.samples, format)
    let side = codec.patchSide
    let rows = compared.lowerBound * side..<min(compared.upperBound * side, image.height)
    let error =
      squaredDistance(latents.rows(compared).values, decoded.rows(compared).values) + droppedEnergy
    let numbers = compared.count * latents.patchColumns * codec.dimension
    let original = visible(image.rows(rows), rows)
    return (
      squaredDistance(original, visible(picture.rows(rows), rows)),
      error / Double(numbers) * Double(original.count)
    )
  }

  /// The samples of some rows that are seen.
  private func visible(_ part: Image, _ rows: Range<Int>) -> [Float] {
    guard let isVisible else { return part.samples }
    return part.samples(
      where: isVisible[rows.lowerBound * image.width..<rows.upperBound * image.width])
  }
}

/// Sum of the squared differences of as many numbers each.
func squaredDistance(_ a: [Float], _ b: [Float]) -> Double {
  precondition(a.count == b.count, "not as many numbers each")
  // Four sums, so that one addition need not wait for the last.
  var sums = SIMD4<Double>()
  let whole = a.count & ~3
  for first in stride(from: 0, to: whole, by: 4) {
    let difference =
      SIMD4(a[first], a[first + 1], a[first + 2], a[first + 3])
      - SIMD4(b[first], b[first + 1], b[first + 2], b[first + 3])
    sums += SIMD4<Double>(difference * difference)
  }
  for index in whole..<a.count { sums[0] += Double((a[index] - b[index]) * (a[index] - b[index])) }
  return sums.sum()
}

extension Latents {
  /// The first `count` channels, and the energy of the others.
  func split(at count: Int) -> (first: Latents, droppedEnergy: Double) {
    guard count < channels else { return (self, 0) }
    var (first, energy): ([Float], Double) = ([], 0)
    for patch in stride(from: 0, to: values.count, by: channels) {
      first += values[patch..<patch + count]
      for value in values[patch + count..<patch + channels] { energy += Double(value * value) }
    }
    return (
      Latents(patchRows: patchRows, patchColumns: patchColumns, channels: count, values: first),
      energy
    )
  }
}
