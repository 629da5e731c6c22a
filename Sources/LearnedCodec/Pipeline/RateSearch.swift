import Foundation
import Signals

/// What the quality is to be chosen for.
public enum RateTarget: Sendable, Equatable {
  /// Bytes of the whole file.
  case bytes(Int)
  /// Peak signal-to-noise ratio in decibels over all samples but alpha.
  case psnr(Double)
}

extension Codec {
  /// Encodes a picture at the quality that meets a target most closely, within 1 % of its bytes or
  /// 0.05 dB where such a quality exists.
  ///
  /// The picture is analysed once. For a number of bytes, estimates from a part of the latents
  /// lead to a quality at which all are coded; where that misses, they are coded again. For
  /// decibels all are quantised, and once coded.
  /// - Parameters:
  ///   - options: their quality is not looked at.
  ///   - format: of the picture.
  ///   - open: its rows from the first on; called again only for a picture whose latents are too
  ///     many to keep.
  /// - Throws: `CodingError`, or what the source throws.
  public func encode(
    to target: RateTarget, options: EncodingOptions, format: ImageFormat,
    open: () throws -> any ImageSource
  ) async throws -> Container {
    let isPSNR = if case .psnr = target { true } else { false }
    let picture = try await AnalyzedPicture(
      codec: self, options: options, source: open(), withSamples: isPSNR)
    var best: (quality: Quality, strips: [Container.Strip])
    switch target {
    case .psnr(let decibels):
      let quality = await picture.quality(psnr: decibels)
      best = (quality, picture.isComplete ? await picture.coded(at: quality) : [])
    case .bytes(let bytes):
      best = await picture.coded(bytes: Double(bytes))
    }
    guard picture.isComplete else {
      var options = options
      options.quality = best.quality
      return try await encode(open(), options: options)
    }
    return Container(
      format: format, codecHash: hash, channels: picture.channels, quality: best.quality,
      stripPatchRows: picture.layout.stripPatchRows, strips: best.strips)
  }
}

extension AnalyzedPicture {
  /// The kept strips coded at the quality whose file has about `wanted` bytes.
  fileprivate func coded(bytes wanted: Double) async -> (Quality, [Container.Strip]) {
    let payload = max(wanted - fixedBytes, 1)
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
    var best: (quality: Quality, strips: [Container.Strip], miss: Double)?
    for _ in 0..<4 {
      let strips = await coded(at: quality)
      let bytes = bytes(of: strips)
      let miss = abs(bytes + fixedBytes - wanted)
      if best.map({ miss < $0.miss }) ?? true { best = (quality, strips, miss) }
      if miss <= 0.009 * wanted { break }
      model.learn(bytes, at: quality)
      let next = model.quality(bytes: payload)
      if next == quality { break }
      quality = next
    }
    return (best!.quality, best!.strips)
  }

  /// The quality whose picture has a PSNR of `decibels`.
  fileprivate func quality(psnr decibels: Double) async -> Quality {
    let wanted = peak * peak / pow(10, decibels / 10)
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
    return quality
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
