import Foundation
import Signals

/// What the quality is to be chosen for.
public enum RateTarget: Sendable, Equatable {
  /// Bytes that the whole file has at the most.
  case bytes(Int)
  /// Peak signal-to-noise ratio in decibels over all samples that are seen, but alpha.
  case psnr(Double)
}

extension PictureCodec {
  /// Encodes a picture at the quality that meets a target most closely: with no more than its bytes
  /// and 1 % fewer at the most, or within 0.05 dB, where such a quality exists.
  ///
  /// The picture is analysed once. For a number of bytes, estimates from a part of the latents
  /// lead to a quality at which all are coded; where that misses, they are coded again. For
  /// decibels all are quantised, and once coded.
  /// - Parameters:
  ///   - target: what to meet.
  ///   - options: their quality is not looked at; without a tuning, decibels are met with `psnr`.
  ///   - format: of the picture.
  ///   - open: its rows from the first on; called again only for a picture whose latents are too
  ///     many to keep.
  /// - Returns: The container, and the PSNR that it has, about, where that is the target.
  /// - Throws: `CodingError`, where even the lowest quality has more bytes too, or what the source
  ///   throws.
  public func encode(
    to target: RateTarget, options: PictureOptions, format: ImageFormat,
    open: () throws -> any ImageSource
  ) async throws -> (container: PictureContainer, psnr: Double?) {
    let isPSNR = if case .psnr = target { true } else { false }
    var options = options
    if isPSNR {
      if options.tuning == nil { options.tuning = .psnr }
      // What is known of errors is that of latents.
      options.findsGraphics = false
    }
    let (tuning, settled) = try settled(options, format)
    let picture = try await AnalyzedPicture(
      codec: tuned(for: tuning), options: settled, source: open(), withSamples: isPSNR)
    options = settled
    switch target {
    case .psnr(let decibels):
      let (quality, reached) = await picture.quality(psnr: decibels)
      options.quality = quality
      guard picture.isComplete else { return (try await encode(open(), options: options), reached) }
      return (picture.container(quality, tuning, await picture.coded(at: quality)), reached)
    case .bytes(let limit):
      var wanted = Double(limit)
      while true {
        let (quality, strips) = await picture.coded(bytes: wanted)
        options.quality = quality
        let container =
          picture.isComplete
          ? picture.container(quality, tuning, strips)
          : try await encode(open(), options: options)
        if container.byteCount <= limit { return (container, nil) }
        guard quality > .lowest else {
          throw CodingError.unreachableSize(limit: limit, smallest: container.byteCount)
        }
        // Of a picture whose latents are not all kept, the bytes were an estimate.
        wanted *= 0.998 * Double(limit) / Double(container.byteCount)
      }
    }
  }
}

extension AnalyzedPicture {
  /// The file of strips that were coded at a quality.
  fileprivate func container(
    _ quality: Quality, _ tuning: PictureOptions.Tuning, _ strips: [PictureContainer.Strip]
  ) -> PictureContainer {
    PictureContainer(
      format: format, codecHash: codec.hash, channels: channels, quality: quality,
      tuning: tuning, stripPatchRows: layout.stripPatchRows, strips: strips)
  }

  /// The kept strips coded at the highest quality found whose file has no more than about `limit`
  /// bytes, or at the lowest.
  fileprivate func coded(bytes limit: Double) async -> (Quality, [PictureContainer.Strip]) {
    let payload = max(limit - fixedBytes, 1)
    var model = SizeModel(self)
    var quality = model.quality(bytes: payload)
    for _ in 0..<3 {
      model.learn(await probedBytes(at: quality), at: quality)
      let next = model.quality(bytes: payload)
      let step = abs(next.value - quality.value)
      quality = next
      if step < 2 { break }
    }
    model.forgetPoint()
    var best: (quality: Quality, strips: [PictureContainer.Strip])?
    // The qualities known to have too many bytes and to have few enough, in units.
    var (low, high) = (Int(Quality.lowest.units) - 1, Int(Quality.highest.units) + 1)
    var trials = 0
    while true {
      let strips = await coded(at: quality)
      let bytes = bytes(of: strips)
      trials += 1
      if bytes <= payload {
        best = (quality, strips)
        low = Int(quality.units)
        if bytes + fixedBytes >= 0.992 * limit || trials >= 4 { break }
      } else {
        high = Int(quality.units)
        if quality == .lowest { return (quality, strips) }
        if best != nil, trials >= 4 { break }
      }
      if high - low <= 1 { break }
      model.learn(bytes, at: quality)
      // A little below the limit, as the model is not exact; where it does not help, halve.
      let next = Int(model.quality(bytes: 0.997 * payload).units)
      let isHelpful = next > low && next < high && trials < 8
      quality = Quality(units: UInt16(isHelpful ? next : (low + high) / 2))
    }
    return best!
  }

  /// Patches up to which a picture is small, and very small.
  private static let (fewPatches, veryFewPatches) = (4096, 64)

  /// The quality whose picture has a PSNR of `decibels`, and the PSNR that it has, about.
  fileprivate func quality(psnr wantedDecibels: Double) async -> (Quality, reached: Double) {
    let wanted = peak * peak / pow(10, wantedDecibels / 10)
    // The ratio of the error to the guess hardly depends on the quality, but for small pictures it
    // does a little.
    var ratio = 1.2
    var quality = Quality(smallestFor: { guessedError(at: $0) * ratio <= wanted })
    for _ in 0..<6 {
      ratio = await errorRatio(at: quality)
      let next = Quality(smallestFor: { guessedError(at: $0) * ratio <= wanted })
      let step = abs(next.value - quality.value)
      quality = next
      if step < 0.25 { break }
    }
    func decibels(_ quality: Quality, _ ratio: Double) -> Double {
      10 * log10(peak * peak / (guessedError(at: quality) * ratio))
    }
    // Of a small picture the ratio may change with every step.
    let patches = layout.patchRows * layout.patchColumns
    if patches <= Self.fewPatches { ratio = await errorRatio(at: quality) }
    var best = (quality, decibels(quality, ratio))
    let ends = [Quality.lowest, .highest]
    if ends.contains(quality), patches > Self.fewPatches { return best }
    /// Measures a quality, which becomes the best one where it comes closer.
    func look(at quality: Quality) async -> Double {
      let found = decibels(quality, await errorRatio(at: quality))
      if abs(found - wantedDecibels) < abs(best.1 - wantedDecibels) { best = (quality, found) }
      return found
    }
    func isClose() -> Bool { abs(best.1 - wantedDecibels) <= 0.05 }
    var (low, high) = (Quality.lowest.units, Quality.highest.units)
    while !isClose(), low < high {
      let middle = (low + high) / 2
      if await look(at: Quality(units: middle)) < wantedDecibels {
        low = middle + 1
      } else {
        high = middle
      }
    }
    let end = Quality(units: low)
    if low == high, ends.contains(end) { return (end, decibels(end, await errorRatio(at: end))) }
    guard patches <= Self.veryFewPatches else { return best }
    // Of these some errors grow with the quality: the next best one may lie on either side.
    let middle = best.0.value
    for value in stride(from: max(middle - 8, 0), through: min(middle + 8, 100), by: 0.25) {
      if isClose() { break }
      _ = await look(at: Quality(value))
    }
    return best
  }
}

/// Bytes of symbols as a power of the number of those that are not zero, through the last point
/// measured.
private struct SizeModel {
  private let nonzeros: @Sendable (Quality) -> Double
  /// Logarithms of the numbers of symbols and of the bytes.
  private var point: (nonzeros: Double, bytes: Double)
  private var isMeasured = false
  /// About 1.2 for photographs at middle qualities, more where there is next to nothing to code.
  private var exponent = 1.2

  /// 3.2 bits for a symbol at quality 50, as for most photographs.
  init(_ picture: AnalyzedPicture) {
    nonzeros = { log(picture.nonzeros(at: $0)) }
    let start = nonzeros(Quality(50))
    point = (start, start + log(3.2 / 8))
  }

  /// The smallest quality that gives as many bytes, or the highest.
  func quality(bytes: Double) -> Quality {
    Quality(smallestFor: {
      point.bytes + exponent * (nonzeros($0) - point.nonzeros) >= log(bytes)
    })
  }

  /// Takes the model through a point, and in the direction from the last one.
  mutating func learn(_ bytes: Double, at quality: Quality) {
    let last = point
    point = (nonzeros(quality), log(max(bytes, 1)))
    let run = point.nonzeros - last.nonzeros
    if isMeasured, abs(run) > 0.02 { exponent = min(max((point.bytes - last.bytes) / run, 1), 5) }
    isMeasured = true
  }

  /// The next point is measured in another way: keeps the direction only.
  mutating func forgetPoint() { isMeasured = false }
}

extension Quality {
  /// The smallest quality with a property that all higher ones have too, or the highest.
  fileprivate init(smallestFor property: (Quality) -> Bool) {
    var (low, high) = (Quality.lowest.units, Quality.highest.units)
    while low < high {
      let middle = (low + high) / 2
      if property(Quality(units: middle)) { high = middle } else { low = middle + 1 }
    }
    self.init(units: high)
  }
}
