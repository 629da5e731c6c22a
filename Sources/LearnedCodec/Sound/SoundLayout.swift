import Signals
import Wavelets

/// How a sound is cut into segments of whole patches.
///
/// Segments are coded independently, for threads, for seeking and so that damage stays in one; but
/// all are of the whole sound's transform: each is analysed and synthesised with patches of its
/// neighbours around it, so that cutting leaves no seam.
enum SoundLayout {
  /// Patches before and after a segment that its analysis sees: the block lengths of the ones next
  /// to it follow from their own neighbours.
  static let analysisHalo = 2
  /// Patches before and after a segment that its synthesis sees.
  static let synthesisHalo = 1

  /// Patches in about a second.
  static func segmentPatches(_ format: AudioFormat) -> Int {
    let patches =
      (format.sampleRate + LappedTransform.patchFrames / 2) / LappedTransform.patchFrames
    return min(max(patches, 1), largestSegment(channels: format.channels))
  }

  /// Patches of the largest segment that is decoded: its samples take 64 MiB at most, but for more
  /// channels than that a patch.
  static func largestSegment(channels: Int) -> Int {
    max((1 << 24) / LappedTransform.patchFrames / channels, 1)
  }
}

/// Reads a sound patch by patch, keeping those that the next segment needs too.
struct SegmentReader {
  private let source: any AudioSource
  private let segmentPatches: Int
  /// What samples are divided by, a power of two, so that this is exact.
  private let factor: Float
  private let scale: Int
  /// Frames from `firstPatch` on, filled up with silence to a whole patch at the end of the sound.
  private var buffer: Audio
  private var firstPatch = 0
  private var segment = 0
  private var isAtEnd = false
  /// Frames read so far: in the end those of the sound.
  private(set) var frames = 0

  /// Samples come divided by 2 to the power of `scale`.
  init(_ source: any AudioSource, segmentPatches: Int, scale: Int) {
    self.source = source
    self.scale = scale
    factor = Float(sign: .plus, exponent: -scale, significand: 1)
    self.segmentPatches = segmentPatches
    buffer = Audio(frames: 0, channels: source.format.channels)
  }

  /// A segment with the patches around it.
  struct Window: Sendable {
    let segment: Int
    /// Whole patches.
    let audio: Audio
    /// Those of the segment among them.
    let patches: Range<Int>
  }

  /// The next segment; nil after the last.
  mutating func next() throws -> Window? {
    let patch = LappedTransform.patchFrames
    let first = segment * segmentPatches
    let start = max(first - SoundLayout.analysisHalo, 0)
    buffer = buffer.frames(min((start - firstPatch) * patch, buffer.frames)..<buffer.frames)
    firstPatch = start
    let wanted = (first + segmentPatches + SoundLayout.analysisHalo - start) * patch
    while !isAtEnd, buffer.frames < wanted {
      var more = try source.nextFrames(wanted - buffer.frames)
      guard more.frames > 0 else {
        isAtEnd = true
        let missing = (patch - buffer.frames % patch) % patch
        buffer = buffer.followed(by: Audio(frames: missing, channels: buffer.channels))
        break
      }
      guard more.samples.allSatisfy({ $0.isFinite }) else {
        throw CodingError.notFiniteSound(frame: frames)
      }
      if scale > 0 { for index in more.samples.indices { more.samples[index] *= factor } }
      guard more.samples.allSatisfy({ abs($0) <= SoundScale.headroom }) else {
        throw CodingError.beyondFullScale(frame: frames, scale: scale)
      }
      buffer = buffer.followed(by: more)
      frames += more.frames
    }
    let end = min(buffer.frames / patch, first + segmentPatches - start)
    guard end > first - start else { return nil }
    defer { segment += 1 }
    return Window(segment: segment, audio: buffer, patches: first - start..<end)
  }
}
