import Signals
import Wavelets

/// How a picture is encoded.
public struct PictureOptions: Sendable, Equatable {
  /// Step and entropy model.
  public var quality: Quality
  /// What the error follows; nil for the eye where the codec knows it and the file is a picture.
  public var tuning: Tuning?
  /// Latent channels to keep, 1 to those of the codec; all when nil.
  public var channels: Int?
  /// Rows of samples in a strip, rounded up to whole patches; chosen by the picture when nil.
  public var stripRows: Int?
  /// How long to look for better symbols.
  public var effort: Effort
  /// Whether samples under an alpha of zero are coded as they are, in place of smooth ones that cost
  /// next to nothing.
  public var keepsHidden: Bool
  /// Strips worked on at a time, at least 1.
  public var threads: Int
  /// Whether cells of few colours are coded as graphics, sample by sample.
  package var findsGraphics = true

  /// Options; see the properties.
  public init(
    quality: Quality, tuning: Tuning? = nil, channels: Int? = nil, stripRows: Int? = nil,
    effort: Effort = .standard,
    keepsHidden: Bool = false, threads: Int = 1
  ) {
    self.quality = quality
    self.tuning = tuning
    self.effort = effort
    self.channels = channels
    self.stripRows = stripRows
    self.keepsHidden = keepsHidden
    self.threads = threads
  }
}

extension PictureCodec {
  /// Encodes a picture from its rows: the whole pipeline, strip by strip.
  ///
  /// Memory is that of a few strips and of the coded bytes. The result does not depend on the
  /// number of threads.
  /// - Throws: `CodingError`, or what the source throws.
  public func encode(
    _ source: any ImageSource, options: PictureOptions
  ) async throws -> PictureContainer {
    let (format, coded) = (source.format, options.channels ?? channels)
    let (tuning, options) = try settled(options, format)
    let codec = tuned(for: tuning)
    let layout = try layout(for: format, options: options)
    var strips = [PictureContainer.Strip](repeating: .init(symbols: []), count: layout.count)
    let (rows, graphics) = options.analyzed(source, layout)
    try await forEachStrip(of: rows, layout: layout, threads: options.threads) { strip, window in
      let bands = try codec.bands(of: window, strip: strip, layout: layout, format: format)
      let latents = codec.project(bands, channels: coded)
      let symbols = codec.chooseSymbols(
        for: latents, of: bands, quality: options.quality, effort: options.effort)
      return PictureContainer.Strip(
        symbols: codec.operatingPoint(at: options.quality).encode(symbols)[...],
        alpha: codec.codedAlpha(of: window, strip: strip, layout: layout, format: format)[...],
        graphics: codec.encode(
          graphics?.take(layout.rows(of: layout.patchRows(of: strip)), width: format.width),
          format, quality: options.quality)[...])
    } collect: {
      strips[$0] = $1
    }
    return PictureContainer(
      format: format, codecHash: hash, channels: coded, quality: options.quality,
      tuning: tuning, stripPatchRows: layout.stripPatchRows, strips: strips)
  }

  /// How a picture is cut, once it is known that it can be coded.
  func layout(for format: ImageFormat, options: PictureOptions) throws(CodingError) -> StripLayout {
    let sides = 1...PictureContainer.largestSide
    guard sides.contains(format.width), sides.contains(format.height) else {
      throw .impossibleSize(width: format.width, height: format.height)
    }
    guard format.channels == planes else {
      throw .otherChannels(codec: name, expected: planes, found: format.channels)
    }
    guard !format.hasAlpha || format.sampleType != .float32 else { throw .floatingPointAlpha }
    let coded = options.channels ?? channels
    guard (1...channels).contains(coded) else {
      throw .noSuchChannels(codec: name, asked: coded, available: channels)
    }
    return StripLayout(
      format: format, codec: self,
      stripPatchRows: options.stripRows.map { ($0 + patchSide - 1) / patchSide })
  }

  /// Bands of a strip from the rows of its window.
  func bands(
    of window: Image, strip: Int, layout: StripLayout, format: ImageFormat
  ) throws -> Subbands {
    let origin = layout.window(of: strip).lowerBound
    let rows = layout.patchRows(of: strip)
    let color = format.hasAlpha ? window.planes(0..<format.channels) : window
    let bands = Subbands(
      analyzing: SampleScale.normalized(color, format), levels: levels,
      keeping: rows.lowerBound - origin..<rows.upperBound - origin)
    if format.sampleType == .float32, !bands.coefficients.allSatisfy({ $0.isFinite }) {
      throw CodingError.notFinite(row: layout.rows(of: rows).lowerBound)
    }
    return bands
  }

  /// Graphics of a strip, coded so that a bit is worth as much error as in the transform; empty where
  /// there are none.
  func encode(_ cells: GraphicsCells?, _ format: ImageFormat, quality: Quality) -> [UInt8] {
    let step = steps.step(at: quality)
    return cells?.encoded(
      channels: format.channels, maximum: format.scale ?? 255,
      worth: min(rateWeight * step * step, GraphicsCells.largestWorth))
      ?? []
  }

  /// Alpha of a strip, coded from the rows of its window; empty without alpha.
  func codedAlpha(
    of window: Image, strip: Int, layout: StripLayout, format: ImageFormat
  ) -> [UInt8] {
    guard format.hasAlpha, let maximum = format.sampleType.maximum else { return [] }
    let origin = layout.rows(of: layout.window(of: strip)).lowerBound
    let rows = layout.rows(of: layout.patchRows(of: strip))
    let alpha = window.planes(format.channels..<format.planes)
      .rows(rows.lowerBound - origin..<rows.upperBound - origin)
    return encodeAlpha(
      alpha.samples.map { UInt16(max(0, min($0, maximum))) }, width: format.width,
      bits: format.sampleType == .uint16 ? 16 : 8)
  }

  /// Reads the windows of all strips and runs `work` on up to `threads` of them at a time.
  func forEachStrip<Result: Sendable>(
    of source: any ImageSource, layout: StripLayout, threads: Int,
    work: @escaping @Sendable (Int, Image) throws -> Result, collect: (Int, Result) -> Void
  ) async throws {
    var reader = WindowReader(source, layout: layout)
    var strips = (0..<layout.count).makeIterator()
    try await concurrentForEach(threads: threads) {
      try strips.next().map { (strip: $0, window: try reader.window(of: $0)) }
    } work: {
      try work($0.strip, $0.window)
    } collect: {
      collect($0, $1)
    }
  }
}
