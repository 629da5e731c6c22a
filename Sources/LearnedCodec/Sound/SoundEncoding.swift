import Signals
import Wavelets

/// How a sound is encoded.
public struct SoundOptions: Sendable, Equatable {
  /// What the error follows.
  public enum Tuning: String, Sendable, CaseIterable {
    /// The least squared error.
    case snr
    /// What the ear hears: each band's error lies a distance below what masks it.
    case ear
  }

  /// The steps of the file.
  public var quality: Quality
  /// What the error follows.
  public var tuning: Tuning
  /// Coefficients of every channel of a patch to keep, lowest frequencies first, 1...4096; all when
  /// nil.
  public var coefficients: Int?
  /// Blocks of every patch, 1, 2, 4, 8, 16 or 32, so that all
  /// spectra have one shape, as learning wants them; chosen patch by patch, for fewer bits, when
  /// nil.
  public var blocks: Int?
  /// Samples are divided by 2 to this power, 0...100, before they are coded, see `SoundScale`.
  public var scale: Int
  /// Segments worked on at a time, at least 1.
  public var threads: Int

  /// Options; see the properties.
  public init(
    quality: Quality, tuning: Tuning = .ear, coefficients: Int? = nil, blocks: Int? = nil,
    scale: Int = 0,
    threads: Int = 1
  ) {
    self.quality = quality
    self.tuning = tuning
    self.coefficients = coefficients
    self.blocks = blocks
    self.scale = scale
    self.threads = threads
  }
}

extension SoundOptions {
  /// The index of the fixed number of blocks; nil where it is chosen patch by patch.
  func blockLevel() throws(CodingError) -> Int? {
    guard let blocks else { return nil }
    guard let blockLevel = LappedTransform.blockCounts.firstIndex(of: blocks) else {
      throw .noSuchBlocks(blocks, available: LappedTransform.blockCounts)
    }
    return blockLevel
  }
}

extension SoundCodec {
  /// Encodes a sound from its frames, segment by segment, and hands the bytes of the file to `write`
  /// as they come.
  ///
  /// Memory is that of a few segments. The result does not depend on the number of threads.
  /// - Returns: The container without its segments, and the bytes written.
  /// - Throws: `CodingError`, or what the source or `write` throws. `CodingError.beyondFullScale` says
  ///   that another scale is needed, see `SoundScale`.
  @discardableResult
  public func encode(
    _ source: any AudioSource, options: SoundOptions, write: ([UInt8]) throws -> Void
  ) async throws -> (container: SoundContainer, bytes: Int) {
    var container = try container(for: source.format, options: options)
    let (coefficients, blockLevel) = (container.coefficients, try options.blockLevel())
    var reader = SegmentReader(
      source, segmentPatches: container.segmentPatches, scale: container.scale)
    let transform = LappedTransform()
    let header = container.header
    try write(header)
    var total = header.count
    var finished: [Int: [UInt8]] = [:]
    var nextWritten = 0
    let described = container
    try await concurrentForEach(threads: options.threads) {
      try reader.next()
    } work: { window in
      let symbols = symbols(
        encoding: window, described, blockLevel: blockLevel, transform: transform)
      return tables.encode(symbols, coefficients: coefficients)
    } collect: { segment, symbols in
      finished[segment] = symbols
      while let symbols = finished.removeValue(forKey: nextWritten) {
        let bytes = SoundContainer.bytes(of: SoundContainer.Segment(symbols: symbols))
        try write(bytes)
        total += bytes.count
        nextWritten += 1
      }
    }
    guard reader.frames > 0 else { throw CodingError.emptySound }
    container.format.frames = reader.frames
    let trailer = SoundContainer.trailer(frames: reader.frames)
    try write(trailer)
    return (container, total + trailer.count)
  }

  /// What the header of a sound's file says; the frames are not yet known.
  func container(
    for format: AudioFormat, options: SoundOptions
  ) throws(CodingError) -> SoundContainer {
    guard (1...SoundContainer.largestChannels).contains(format.channels) else {
      throw .tooManyChannels(format.channels, limit: SoundContainer.largestChannels)
    }
    let coefficients = options.coefficients ?? LappedTransform.patchFrames
    guard (1...LappedTransform.patchFrames).contains(coefficients) else {
      throw .noSuchChannels(
        codec: name, asked: coefficients, available: LappedTransform.patchFrames)
    }
    precondition((0...SoundContainer.largestScale).contains(options.scale), "no such scale")
    guard format.hasMetadataForContainer else { throw .metadata }
    return SoundContainer(
      format: format, codecHash: hash, quality: options.quality,
      hasBandSteps: options.tuning == .ear, coefficients: coefficients,
      segmentPatches: SoundLayout.segmentPatches(format), scale: options.scale)
  }

  /// The symbols of a segment.
  ///
  /// - Parameter blockLevel: of all its patches; chosen when nil.
  func symbols(
    encoding window: SegmentReader.Window, _ container: SoundContainer, blockLevel: Int? = nil,
    transform: LappedTransform
  ) -> SpectrumSymbols {
    let spectra = analyze(window, container, blockLevel: blockLevel, transform: transform)
    return quantize(
      spectra, quality: container.quality,
      bandSteps: container.hasBandSteps
        ? spectra.bandSteps(sampleRate: container.format.sampleRate) : [])
  }

  /// The bands of a segment.
  func analyze(
    _ window: SegmentReader.Window, _ container: SoundContainer, blockLevel: Int? = nil,
    transform: LappedTransform
  ) -> Spectra {
    let step = steps.step(at: container.quality)
    let blockLevels =
      blockLevel.map {
        [Int](repeating: $0, count: window.audio.frames / LappedTransform.patchFrames)
      } ?? BlockChoice(transform).blockLevels(of: window.audio, step: step)
    var spectra = Spectra(
      analyzing: window.audio, blockLevels: blockLevels, keeping: window.patches,
      transform: transform)
    spectra.drop(from: container.coefficients)
    return spectra
  }
}

extension Spectra {
  /// Sets all coefficients from `coefficients` on to zero.
  fileprivate mutating func drop(from coefficients: Int) {
    let patch = LappedTransform.patchFrames
    guard coefficients < patch else { return }
    for start in stride(from: 0, to: values.count, by: patch) {
      for index in start + coefficients..<start + patch { values[index] = 0 }
    }
  }
}

extension AudioFormat {
  /// Whether the fields of the container hold tags and blocks.
  fileprivate var hasMetadataForContainer: Bool {
    tags.count <= UInt16.max && blocks.count <= UInt16.max
      && tags.allSatisfy {
        $0.name.utf8.count <= UInt8.max && $0.name.utf8.allSatisfy(AudioTag.isNameByte)
          && $0.text.utf8.count <= UInt32.max
      }
      && blocks.allSatisfy {
        $0.bytes.count <= UInt32.max && ($0.kind != .chunk || $0.bytes.count >= 4)
      }
  }
}
