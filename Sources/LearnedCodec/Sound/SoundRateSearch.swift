import Foundation
import Signals
import Wavelets

extension SoundCodec {
  /// Encodes a sound to at most `limit` bytes: to nearly as many where quality 100 takes more.
  ///
  /// The search of the quality is an estimate, so that what is too large is encoded again at a lower
  /// one, in memory of a few segments.
  /// - Parameters:
  ///   - limit: bytes of the whole file.
  ///   - options: their quality is not looked at.
  ///   - frames: of the whole sound.
  ///   - open: the sound from its first frame, each time.
  ///   - begin: called for every attempt; what it returns takes the bytes of the file as they come.
  /// - Returns: The container without its segments, and the bytes written, of the last attempt.
  /// - Throws: `CodingError.unreachableSize` where the lowest quality takes more bytes, another
  ///   `CodingError`, or what `open` or `begin` throw.
  public func encode(
    toBytes limit: Int, options: SoundOptions, frames: Int, open: () throws -> any AudioSource,
    begin: () throws -> ([UInt8]) throws -> Void
  ) async throws -> (container: SoundContainer, bytes: Int) {
    var options = options
    options.quality = try await quality(
      bytes: limit, of: open(), frames: frames, options: options)
    // Units of quality that a file grows by e in, about; more each time, so that the end is near.
    var units = 6400.0
    while true {
      let result = try await encode(open(), options: options, write: begin())
      if result.bytes <= limit { return result }
      guard options.quality > .lowest else {
        throw CodingError.unreachableSize(limit: limit, smallest: result.bytes)
      }
      let less = max(units * log(Double(result.bytes) / Double(max(limit, 1))), 1)
      let lower = max(Double(options.quality.units) - less.rounded(.up), 0)
      options.quality = Quality(units: UInt16(lower))
      units *= 2
    }
  }

  /// The quality whose file has the most bytes up to `bytes`, or the lowest one.
  ///
  /// Of a long sound a part of the segments stands for all, so that the file may have a little more.
  /// - Parameters:
  ///   - options: their quality is not looked at.
  ///   - frames: of the whole sound.
  /// - Throws: what the source throws.
  package func quality(
    bytes: Int, of source: any AudioSource, frames: Int, options: SoundOptions
  ) async throws -> Quality {
    let format = source.format
    let segmentPatches = SoundLayout.segmentPatches(format)
    let segmentFrames = segmentPatches * LappedTransform.patchFrames
    let count = (frames + segmentFrames - 1) / segmentFrames
    let every = (count + Self.searchedSegments - 1) / Self.searchedSegments
    var reader = SegmentReader(source, segmentPatches: segmentPatches, scale: options.scale)
    var windows: [SegmentReader.Window] = []
    while let window = try reader.next() {
      // The middle one of each run.
      if window.segment % every == every / 2 { windows.append(window) }
    }
    let sampled = windows.reduce(0) { $0 + $1.patches.count }
    let patches = (frames + LappedTransform.patchFrames - 1) / LappedTransform.patchFrames
    var container = try container(for: format, options: options)
    // Length, checksum and what is lost to whole bytes.
    let fixed = container.byteCount + 9 * count
    let transform = LappedTransform()
    let blockLevel = try options.blockLevel()
    var (low, high) = (Quality.lowest.units, Quality.highest.units)
    while low < high {
      let middle = low + (high - low + 1) / 2
      container.quality = Quality(units: middle)
      let described = container
      let bits = await concurrentMap(windows, threads: options.threads) {
        tables.entropy(
          symbols(encoding: $0, described, blockLevel: blockLevel, transform: transform),
          coefficients: described.coefficients)
      }.reduce(0, +)
      let size = bits / 8 * Double(patches) / Double(max(sampled, 1))
      if size + Double(fixed) <= Double(bytes) { low = middle } else { high = middle - 1 }
    }
    return Quality(units: low)
  }

  /// Segments that the search codes at most.
  private static var searchedSegments: Int { 32 }
}
