import Foundation
import Signals

/// The scale of sounds of floating point that go beyond full scale, -1...1.
///
/// Steps, and what masks what, are for samples of full scale. A sound of larger ones is divided by a
/// power of two, which its file states, and coded as well as the same sound at full scale.
public enum SoundScale {
  /// How far samples may go beyond full scale without a scale of their own: lossy sources, and
  /// integers that were filtered, overshoot by less.
  static let headroom: Float = 2

  /// The scale for samples up to `peak`: 0 where they need none.
  ///
  /// - Throws: `CodingError.beyondFullScale` where it is beyond 2^100.
  package static func scale(peak: Float) throws(CodingError) -> Int {
    guard peak > headroom else { return 0 }
    let scale = peak.isFinite ? Int(log2(Double(peak)).rounded(.up)) : .max
    guard scale <= SoundContainer.largestScale else {
      throw .beyondFullScale(frame: 0, scale: SoundContainer.largestScale)
    }
    return scale
  }

  /// The scale of a sound, 0...100, by a pass over all its frames; 0 where it needs none.
  ///
  /// - Throws: `CodingError`, or what the source throws.
  public static func scale(of source: any AudioSource) throws -> Int {
    var (peak, frame): (Float, Int) = (0, 0)
    while true {
      let frames = try source.nextFrames(1 << 14)
      guard frames.frames > 0 else { return try scale(peak: peak) }
      for sample in frames.samples {
        guard sample.isFinite else { throw CodingError.notFiniteSound(frame: frame) }
        peak = max(peak, abs(sample))
      }
      frame += frames.frames
    }
  }
}
