import Signals
import Wavelets

extension SoundCodec {
  /// The quality whose file has the most bytes up to `bytes`, or the lowest one.
  ///
  /// Of a long sound a part of the segments stands for all.
  /// - Parameters:
  ///   - options: their quality is not looked at.
  ///   - frames: of the whole sound.
  /// - Throws: what the source throws.
  public func quality(
    bytes: Int, of source: any AudioSource, frames: Int, options: SoundOptions
  ) async throws -> Quality {
    let format = source.format
    let segmentPatches = SoundLayout.segmentPatches(format)
    let segmentFrames = segmentPatches * LappedTransform.patchFrames
    let count = (frames + segmentFrames - 1) / segmentFrames
    let every = (count + Self.searchedSegments - 1) / Self.searchedSegments
    var reader = SegmentReader(source, segmentPatches: segmentPatches)
    var windows: [SegmentReader.Window] = []
    while let window = try reader.next() {
      // The middle one of each run.
      if window.segment % every == every / 2 { windows.append(window) }
    }
    let sampled = windows.reduce(0) { $0 + $1.patches.count }
    let patches = (frames + LappedTransform.patchFrames - 1) / LappedTransform.patchFrames
    var container = SoundContainer(
      format: format, codecHash: hash, quality: .lowest, hasBandSteps: options.tuning == .ear,
      kept: options.kept ?? LappedTransform.patchFrames, segmentPatches: segmentPatches)
    // Length, checksum and what is lost to whole bytes.
    let fixed = container.byteCount + 9 * count
    let transform = LappedTransform()
    let shape = try options.shape()
    var (low, high) = (Quality.lowest.units, Quality.highest.units)
    while low < high {
      let middle = low + (high - low + 1) / 2
      container.quality = Quality(units: middle)
      let described = container
      let bits = await concurrentMap(windows, threads: options.threads) {
        tables.entropy(
          symbols(of: $0, described, shape: shape, transform: transform), kept: described.kept)
      }.reduce(0, +)
      let size = bits / 8 * Double(patches) / Double(max(sampled, 1))
      if size + Double(fixed) <= Double(bytes) { low = middle } else { high = middle - 1 }
    }
    return Quality(units: low)
  }

  /// Segments that the search codes at most.
  private static var searchedSegments: Int { 32 }
}
