import Foundation
import Signals
import Wavelets

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
  /// The picture is analysed once; the search codes a small part of the latents, and coding all
  /// that are kept corrects it for the rest.
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
    var options = options
    var search = try await RateSearch(codec: self, options: options, source: open())
    var best: (quality: Quality, strips: [Int: [UInt8]], miss: Double)?
    switch target {
    case .psnr(let decibels):
      let quality = search.quality(psnr: decibels)
      let strips =
        search.isComplete ? await search.strips(at: quality, threads: options.threads) : [:]
      best = (quality, strips, 0)
    case .bytes(let bytes):
      var correction = 1.0
      for _ in 0..<3 {
        let quality = search.quality(bytes: Double(bytes), correction: correction)
        let strips = await search.strips(at: quality, threads: options.threads)
        let payload = search.payload(of: strips)
        let excess = payload + search.fixedBytes - Double(bytes)
        let miss = abs(excess)
        if best.map({ miss < $0.miss }) ?? true { best = (quality, strips, miss) }
        let isBeyondEnd = excess < 0 ? quality == .highest : quality == .lowest
        if miss <= 0.005 * Double(bytes) || isBeyondEnd { break }
        correction = max(payload, 1) / search.estimatedBytes(at: quality)
      }
    }
    let (quality, strips, _) = best!
    if search.isComplete { return search.container(of: strips, quality: quality) }
    options.quality = quality
    return try await encode(open(), options: options)
  }
}

/// The cached latents of a picture, and estimates of size and error at any quality from a part
/// of them.
private struct RateSearch: Sendable {
  private let codec: Codec
  private let layout: StripLayout
  private let format: ImageFormat
  private let channels: Int
  /// Latents of all strips, or of as many as may be kept.
  private var latents: [Int: Latents] = [:]
  private var alpha: [Int: [UInt8]] = [:]
  /// Blocks of patch rows, evenly spread, on which estimates are made.
  private var probes: [Latents] = []
  /// Parts of the picture with their latents, for the ratio of errors in samples and latents.
  private var samples: [Sample] = []
  /// Energy of the channels that are not kept, over all kept strips.
  private var droppedEnergy = 0.0
  /// All patches over those of the probes.
  private var probeRatio = 1.0
  /// Estimates made so far, by the units of the quality: each round of a search asks for the ends
  /// of the range again.
  private var sizes: [UInt16: Double] = [:]
  private var errors: [UInt16: Double] = [:]

  private struct Sample: Sendable {
    var image: Image
    var latents: Latents
    var droppedEnergy: Double
  }

  /// Latents that are kept at the most: 192 MiB.
  private static let largestCache = 48 << 20
  /// Patch rows of a probe, and of which eighth of all they are taken.
  private static let probeRows = 4
  private static let probeShare = 8
  /// Rows of a sample.
  private static let sampleRows = 128
  /// Fewer patches than these are probed whole.
  private static let fewPatches = 4096

  init(codec: Codec, options: EncodingOptions, source: any ImageSource) async throws {
    self.codec = codec
    format = source.format
    let (format, channels) = (source.format, options.channels ?? codec.channels)
    self.channels = channels
    let layout = try codec.layout(for: format, options: options)
    self.layout = layout
    let perStrip = layout.stripPatchRows * layout.patchColumns * channels
    let every = max(1, (perStrip * layout.count + Self.largestCache - 1) / Self.largestCache)
    var (latents, alpha, samples, dropped) = (self.latents, self.alpha, self.samples, 0.0)
    try await codec.forEachStrip(of: source, layout: layout, threads: options.threads) {
      strip, window -> (Latents, [UInt8], Sample?, Double)? in
      guard strip % every == 0 else { return nil }
      let (latents, energy) = try codec.latents(
        of: window, strip: strip, layout: layout, format: format, channels: codec.channels
      ).split(at: channels)
      let coded = codec.codedAlpha(of: window, strip: strip, layout: layout, format: format)
      let isSampled = strip % (every * ((layout.count + 7) / 8)) == 0
      let sample = isSampled ? Self.sample(of: window, codec, format, channels: channels) : nil
      return (latents, coded, sample, energy)
    } collect: { strip, result in
      guard let result else { return }
      latents[strip] = result.0
      alpha[strip] = result.1
      if let sample = result.2 { samples.append(sample) }
      dropped += result.3
    }
    (self.latents, self.alpha, self.samples, droppedEnergy) = (latents, alpha, samples, dropped)
    makeProbes()
  }

  /// Some rows from the middle of a window, on their own.
  private static func sample(
    of window: Image, _ codec: Codec, _ format: ImageFormat, channels: Int
  ) -> Sample {
    let side = codec.patchSide
    let height = min(window.height, sampleRows)
    let top = (window.height - height) / 2 / side * side
    let image = window.rows(top..<top + height).planes(0..<format.channels)
    let bands = Subbands(
      analyzing: SampleScale.normalized(image, format.sampleType), levels: codec.levels)
    let (latents, energy) = codec.latents(of: bands).split(at: channels)
    return Sample(image: image, latents: latents, droppedEnergy: energy)
  }

  /// Whether the latents of the whole picture are kept.
  var isComplete: Bool { latents.count == layout.count }

  private mutating func makeProbes() {
    let columns = layout.patchColumns
    let isSmall = layout.patchRows * columns <= Self.fewPatches
    var patches = 0
    for strip in latents.keys.sorted() {
      let part = latents[strip]!
      let step = isSmall ? part.patchRows : Self.probeRows * Self.probeShare
      let rows = isSmall ? part.patchRows : Self.probeRows
      // Strips lower than a probe's period start it at different places, so that all rows count.
      let first = isSmall ? 0 : strip * 7 % Self.probeShare * Self.probeRows
      for start in stride(from: first % max(part.patchRows, 1), to: part.patchRows, by: step) {
        let end = min(start + rows, part.patchRows)
        let range = start * columns * channels..<end * columns * channels
        probes.append(
          Latents(
            patchRows: end - start, patchColumns: columns, channels: channels,
            values: Array(part.values[range])))
        patches += (end - start) * columns
      }
    }
    probeRatio = Double(layout.patchRows * columns) / Double(max(patches, 1))
  }

  /// The kept strips coded at a quality.
  func strips(at quality: Quality, threads: Int) async -> [Int: [UInt8]] {
    let anchor = codec.anchor(at: quality)
    var strips: [Int: [UInt8]] = [:]
    await withTaskGroup(of: (Int, [UInt8]).self) { group in
      for (running, (strip, latents)) in latents.enumerated() {
        if running >= max(threads, 1), let (finished, bytes) = await group.next() {
          strips[finished] = bytes
        }
        group.addTask { (strip, anchor.encode(codec.symbols(of: latents, quality: quality))) }
      }
      for await (finished, bytes) in group { strips[finished] = bytes }
    }
    return strips
  }

  /// The whole picture from all its coded strips.
  func container(of strips: [Int: [UInt8]], quality: Quality) -> Container {
    Container(
      format: format, codecHash: codec.hash, channels: channels, quality: quality,
      stripPatchRows: layout.stripPatchRows,
      strips: (0..<layout.count).map { .init(symbols: strips[$0]!, alpha: alpha[$0]!) })
  }

  /// Bytes of the symbols of the whole picture, by those of the kept strips.
  func payload(of strips: [Int: [UInt8]]) -> Double {
    let bytes = Double(strips.values.reduce(0) { $0 + $1.count })
    return bytes * Double(layout.patchRows * layout.patchColumns) / keptPatches
  }

  // MARK: - Estimates

  /// Bytes that do not depend on the quality: header, metadata and alpha.
  var fixedBytes: Double {
    let empty = Container(
      format: format, codecHash: 0, channels: channels, quality: .lowest,
      stripPatchRows: layout.stripPatchRows,
      strips: [Container.Strip](repeating: .init(symbols: []), count: layout.count))
    let kept = alpha.values.reduce(0) { $0 + $1.count }
    return Double(empty.byteCount) + Double(kept) * Double(layout.count) / Double(latents.count)
  }

  /// Bytes of all symbols at a quality, by the entropy of the probes.
  mutating func estimatedBytes(at quality: Quality) -> Double {
    if let size = sizes[quality.units] { return size }
    let anchor = codec.anchor(at: quality)
    let bits = probes.reduce(0) {
      $0 + anchor.entropy(codec.symbols(of: $1, quality: quality))
    }
    let size = max(bits / 8 * probeRatio, 1)
    sizes[quality.units] = size
    return size
  }

  /// The quality whose file has about `bytes`, when symbols take `correction` times the estimate.
  mutating func quality(bytes: Double, correction: Double) -> Quality {
    let wanted = log(max(bytes - fixedBytes, 1))
    return Self.solve { log(estimatedBytes(at: $0) * correction) - wanted }
  }

  /// The quality whose picture has a PSNR of `decibels`.
  mutating func quality(psnr decibels: Double) -> Quality {
    let peak = format.sampleType.maximum ?? samples.flatMap(\.image.samples).map(\.magnitude).max()
    let wanted = 20 * log10(Double(peak ?? 1)) - decibels
    var correction = 0.0
    var quality = Quality.lowest
    // The probes stand for all latents, and these for the samples; both ratios hardly depend on
    // the quality, so that the second round has settled.
    for _ in 0..<2 {
      quality = Self.solve { wanted - 10 * log10(probedError(at: $0)) - correction }
      correction =
        10 * log10(latentError(at: quality) / probedError(at: quality)) + sampleRatio(at: quality)
    }
    return Self.solve { wanted - 10 * log10(probedError(at: $0)) - correction }
  }

  /// The zero of an increasing function of the quality, by false position in the Illinois form
  /// (M. Dowell, P. Jarratt, 1971), to 1/16 of a unit; an end of the range where there is none.
  private static func solve(_ function: (Quality) -> Double) -> Quality {
    var (low, high) = (0.0, 100.0)
    var (atLow, atHigh) = (function(.lowest), function(.highest))
    guard atLow < 0 else { return .lowest }
    guard atHigh > 0 else { return .highest }
    var side = 0
    var middle = 0.0
    for _ in 0..<12 {
      middle = low - atLow * (high - low) / (atHigh - atLow)
      let value = function(Quality(middle))
      if abs(value) < 0.001 || high - low < 1.0 / 16 { break }
      if value < 0 {
        (low, atLow) = (middle, value)
        if side == -1 { atHigh /= 2 }
        side = -1
      } else {
        (high, atHigh) = (middle, value)
        if side == 1 { atLow /= 2 }
        side = 1
      }
    }
    return Quality(middle)
  }

  /// Mean squared error of the probes at a quality, over the numbers of their patches.
  private mutating func probedError(at quality: Quality) -> Double {
    if let error = errors[quality.units] { return error }
    let error = meanError(
      of: probes, at: quality, dropped: droppedEnergy / keptPatches * probePatches)
    errors[quality.units] = error
    return error
  }

  /// Mean squared error of all kept latents at a quality.
  private func latentError(at quality: Quality) -> Double {
    meanError(of: Array(latents.values), at: quality, dropped: droppedEnergy)
  }

  private func meanError(of parts: [Latents], at quality: Quality, dropped: Double) -> Double {
    let patches = parts.reduce(0) { $0 + $1.patchRows * $1.patchColumns }
    let error = parts.reduce(dropped) { $0 + codec.error(of: $1, quality: quality) }
    return max(error / Double(patches * codec.dimension), 1e-12)
  }

  private var keptPatches: Double {
    Double(latents.values.reduce(0) { $0 + $1.patchRows * $1.patchColumns })
  }

  private var probePatches: Double {
    Double(probes.reduce(0) { $0 + $1.patchRows * $1.patchColumns })
  }

  /// Decibels from the error of the latents to that of the samples, rounded and clipped, on the
  /// parts that are kept of both.
  private func sampleRatio(at quality: Quality) -> Double {
    var (inLatents, inSamples) = (0.0, 0.0)
    for sample in samples {
      let patches = sample.latents.patchRows * sample.latents.patchColumns
      let symbols = codec.symbols(of: sample.latents, quality: quality)
      let decoded = codec.latents(of: symbols, quality: quality)
      var image = codec.image(
        of: decoded, quality: quality, width: sample.image.width, height: sample.image.height)
      SampleScale.denormalize(&image.samples, format.sampleType)
      let error = sample.latents.squaredDistance(to: decoded) + sample.droppedEnergy
      inLatents += error / Double(patches * codec.dimension) * Double(image.samples.count)
      for (a, b) in zip(image.samples, sample.image.samples) {
        inSamples += Double((a - b) * (a - b))
      }
    }
    return 10 * log10(max(inSamples, 1e-9) / max(inLatents, 1e-9))
  }
}

extension Codec {
  /// Squared error of quantising latents at a quality, summed.
  fileprivate func error(of latents: Latents, quality: Quality) -> Double {
    latents.squaredDistance(
      to: self.latents(of: symbols(of: latents, quality: quality), quality: quality))
  }
}

extension Latents {
  /// Sum of squared differences to latents of the same shape.
  fileprivate func squaredDistance(to other: Latents) -> Double {
    var sum = 0.0
    for (a, b) in zip(values, other.values) { sum += Double((a - b) * (a - b)) }
    return sum
  }

  /// The first `count` channels, and the energy of the others.
  fileprivate func split(at count: Int) -> (kept: Latents, droppedEnergy: Double) {
    guard count < channels else { return (self, 0) }
    var (kept, energy): ([Float], Double) = ([], 0)
    for patch in stride(from: 0, to: values.count, by: channels) {
      kept += values[patch..<patch + count]
      for value in values[patch + count..<patch + channels] { energy += Double(value * value) }
    }
    return (
      Latents(patchRows: patchRows, patchColumns: patchColumns, channels: count, values: kept),
      energy
    )
  }
}
