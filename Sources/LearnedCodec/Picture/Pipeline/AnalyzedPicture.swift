import Foundation
import Signals
import Wavelets

/// The latents of a picture, kept so that it can be quantised and coded at several qualities.
struct AnalyzedPicture: Sendable {
  let codec: PictureCodec
  let layout: StripLayout
  let format: ImageFormat
  /// Latent channels that are coded.
  let channels: Int
  private let effort: Effort
  private let threads: Int
  /// Latents of all strips, or of as many as may be kept, from top to bottom.
  private var strips: [Strip] = []
  /// Magnitudes of all kept latents.
  private var magnitudes = MagnitudeHistogram()
  /// Magnitudes of the latents that `probedBytes` codes.
  private var probedMagnitudes = MagnitudeHistogram()

  private struct Strip: Sendable {
    var index: Int
    var latents: Latents
    /// The bands that they are of, where symbols are refined.
    var bands: Subbands?
    var alpha: [UInt8]
    var graphics: GraphicsCells?
    /// Energy of the channels that are not coded.
    var droppedEnergy: Double
    var magnitudes = MagnitudeHistogram()
    var sample: ErrorSample?

    /// The rows in the middle that stand for the strip.
    var probe: Latents {
      let rows = min(max(latents.patchRows / probeShare, fewestProbeRows), latents.patchRows)
      let first = (latents.patchRows - rows) / 2
      return latents.rows(first..<first + rows)
    }
  }

  /// Latents and bands that are kept at the most: 192 MiB.
  private static let largestCache = 48 << 20
  /// Most strips of which there are samples, and the patches of all of them, about: four
  /// megapixels in patches of 8 x 8.
  private static let mostSamples = 8
  private static let sampledPatches = 1 << 16
  /// A probe is an eighth of the patch rows of a strip, but no fewer than four.
  private static let probeShare = 8
  private static let fewestProbeRows = 4
  /// Bits of probes over those of the same rows within their strips, where the entropy model has
  /// learned from the rows above: on photographs of 12 megapixels from 1.005 to 1.05.
  private static let probeOverhead = 1.025

  /// Reads and analyses a picture.
  ///
  /// - Parameter withSamples: whether samples are kept too, which `errorRatio` needs.
  /// - Throws: `CodingError`, or what the source throws.
  init(
    codec: PictureCodec, options: PictureOptions, source: any ImageSource, withSamples: Bool
  ) async throws {
    let (format, channels) = (source.format, options.channels ?? codec.channels)
    let layout = try codec.layout(for: format, options: options)
    (self.codec, self.layout, self.format, self.channels) = (codec, layout, format, channels)
    (effort, threads) = (options.effort, options.threads)
    let isRefined = codec.network != nil && effort.isRefined
    let perStrip =
      layout.stripPatchRows * layout.patchColumns * (channels + (isRefined ? codec.dimension : 0))
    let every = max(1, (perStrip * layout.count + Self.largestCache - 1) / Self.largestCache)
    let sampled = every * ((layout.count + Self.mostSamples - 1) / Self.mostSamples)
    let samples = (layout.count + sampled - 1) / sampled
    let samplePatchRows = max(
      Self.sampledPatches / (samples * layout.patchColumns), 3 * Subbands.halo)
    var strips: [Strip] = []
    let (rows, graphics) = options.analyzed(source, layout)
    try await codec.forEachStrip(of: rows, layout: layout, threads: threads) {
      index, window -> Strip? in
      guard index % every == 0 else { return nil }
      let bands = try codec.bands(of: window, strip: index, layout: layout, format: format)
      let (latents, droppedEnergy) = codec.project(bands).split(at: channels)
      var strip = Strip(
        index: index, latents: latents, bands: isRefined ? bands : nil,
        alpha: codec.codedAlpha(of: window, strip: index, layout: layout, format: format),
        graphics: graphics?.take(
          layout.rows(of: layout.patchRows(of: index)), width: format.width),
        droppedEnergy: droppedEnergy)
      strip.magnitudes.add(latents)
      if withSamples, index % sampled == 0 {
        strip.sample = ErrorSample(
          samplePatchRows, of: window, codec, format, channels: channels,
          keepsHidden: options.keepsHidden)
      }
      return strip
    } collect: { _, strip in
      if let strip { strips.append(strip) }
    }
    strips.sort { $0.index < $1.index }
    for strip in strips {
      magnitudes.add(strip.magnitudes)
      probedMagnitudes.add(strip.probe)
    }
    self.strips = strips
  }

  /// Whether the latents of the whole picture are kept.
  var isComplete: Bool { strips.count == layout.count }

  // MARK: - Bytes

  /// Bytes that do not depend on the quality: header, metadata and alpha.
  var fixedBytes: Double {
    let empty = PictureContainer(
      format: format, codecHash: 0, channels: channels, quality: .lowest,
      stripPatchRows: layout.stripPatchRows,
      strips: [PictureContainer.Strip](repeating: .init(symbols: []), count: layout.count))
    let alpha = strips.reduce(0) { $0 + $1.alpha.count }
    return Double(empty.byteCount) + Double(alpha * layout.count) / Double(strips.count)
  }

  /// Symbols of the kept strips that are not zero at a quality, about.
  func nonzeros(at quality: Quality) -> Double {
    magnitudes.nonzeros(step: codec.steps.step(at: quality))
  }

  /// Bytes of all symbols at a quality, about, from an eighth of them.
  func probedBytes(at quality: Quality) async -> Double {
    let (codec, operatingPoint, effort, format) = (
      codec, codec.operatingPoint(at: quality), effort, format
    )
    let costs = await concurrentMap(strips, threads: threads) {
      (
        bits: operatingPoint.entropy(
          codec.quantize($0.probe, quality: quality, effort: effort)),
        graphics: codec.encode($0.graphics, format, quality: quality).count
      )
    }
    let bits = costs.reduce(0) { $0 + $1.bits }
    let graphics = Double(costs.reduce(0) { $0 + $1.graphics })
    // The bits of symbols follow the number of those that are not zero (Z. He, S. K. Mitra, "A
    // linear source model and a unified rate control algorithm for DCT video coding", 2002).
    let step = codec.steps.step(at: quality)
    let share = probedMagnitudes.nonzeros(step: step) / magnitudes.nonzeros(step: step)
    return wholePicture(bits / 8 / share / Self.probeOverhead + graphics)
  }

  /// The kept strips coded at a quality.
  func coded(at quality: Quality) async -> [PictureContainer.Strip] {
    let (codec, operatingPoint, effort, format) = (
      codec, codec.operatingPoint(at: quality), effort, format
    )
    return await concurrentMap(strips, threads: threads) {
      let symbols =
        if let bands = $0.bands {
          codec.chooseSymbols(for: $0.latents, of: bands, quality: quality, effort: effort)
        } else {
          codec.quantize($0.latents, quality: quality, effort: effort)
        }
      return PictureContainer.Strip(
        symbols: operatingPoint.encode(symbols)[...], alpha: $0.alpha[...],
        graphics: codec.encode($0.graphics, format, quality: quality)[...])
    }
  }

  /// Bytes of symbols and graphics of the whole picture, by those of the kept strips.
  func bytes(of coded: [PictureContainer.Strip]) -> Double {
    wholePicture(Double(coded.reduce(0) { $0 + $1.symbols.count + $1.graphics.count }))
  }

  private func wholePicture(_ amount: Double) -> Double {
    amount * Double(layout.patchRows * layout.patchColumns) / patches
  }

  /// Kept patches.
  private var patches: Double {
    Double(strips.reduce(0) { $0 + $1.latents.patchRows * $1.latents.patchColumns })
  }

  // MARK: - Errors

  /// The largest sample that the format allows, or that there is in the samples.
  var peak: Double {
    Double(format.scale ?? strips.compactMap { $0.sample?.peak }.max() ?? 1)
  }

  /// Mean squared error of the latents at a quality, about, by their magnitudes.
  func guessedError(at quality: Quality) -> Double {
    let dropped = strips.reduce(0) { $0 + $1.droppedEnergy }
    let energy = magnitudes.squaredError(step: codec.steps.step(at: quality))
    return max((energy + dropped) / (patches * Double(codec.dimension)), 1e-12)
  }

  /// Mean squared error of decoded samples over the guess for it at a quality, by the strips of
  /// which there are samples.
  func errorRatio(at quality: Quality) async -> Double {
    let (codec, effort) = (codec, effort)
    let sampled = strips.filter { $0.sample != nil }
    let errors = await concurrentMap(sampled, threads: threads) { strip in
      let symbols = codec.quantize(strip.latents, quality: quality, effort: effort)
      let decoded = codec.dequantize(symbols, quality: quality)
      return (
        all: squaredDistance(strip.latents.values, decoded.values),
        sample: strip.sample!.errors(at: quality, effort: effort, codec)
      )
    }
    let step = codec.steps.step(at: quality)
    var (guessed, found, inLatents, inSamples) = (1e-9, 1e-9, 1e-9, 1e-9)
    for (strip, error) in zip(sampled, errors) {
      guessed += strip.magnitudes.squaredError(step: step) + strip.droppedEnergy
      found += error.all + strip.droppedEnergy
      inLatents += error.sample.latents
      inSamples += error.sample.samples
    }
    return found / guessed * inSamples / inLatents
  }
}
