import Signals
import Wavelets

extension SoundCodec {
  /// Hands `body` the bands of each segment that a sound's file would have, without making the file.
  ///
  /// They are those of `spectra(decoding:)` after `encode` with the same options, bit for bit. Runs on the
  /// calling thread, in memory of a few segments.
  /// - Returns: Frames of the sound.
  /// - Throws: `CodingError`, or what the source or `body` throws.
  package func forEachSegment(
    of source: any AudioSource, options: SoundOptions, _ body: (Spectra) throws -> Void
  ) throws -> Int {
    let container = try container(for: source.format, options: options)
    let blockLevel = try options.blockLevel()
    let transform = LappedTransform()
    var reader = SegmentReader(
      source, segmentPatches: container.segmentPatches, scale: container.scale)
    while let window = try reader.next() {
      let symbols = symbols(
        encoding: window, container, blockLevel: blockLevel, transform: transform)
      try body(dequantize(symbols, quality: container.quality, scale: container.scale))
    }
    guard reader.frames > 0 else { throw CodingError.emptySound }
    return reader.frames
  }
}
