import Foundation
import Signals

/// How far noise lies above or below what the sound itself masks, after PEAQ's basic version: the
/// model output variables Total NMR and RelDistFrames of ITU-R BS.1387-1, annex 2, 4.5 and 4.6.
///
/// The noise in a band is that of the magnitudes of original and copy: phase counts for nothing.
/// Other than in the standard, silence at the ends of a sound is not cut off, and the ratios of all
/// channels have one mean.
public struct NoiseToMaskRatio: Sendable, Equatable {
  /// Mean over bands, frames and channels of the ratio of noise to mask, in dB. About -10 and less is
  /// inaudible; minus infinity where there is no noise.
  public let total: Double
  /// Share of the frames in which noise reaches 1.5 dB above the mask in some band, 0...1.
  public let disturbedShare: Double

  /// Compares two sounds; nil where the sample rate is too low for any band of hearing.
  ///
  /// - Parameters:
  ///   - audio: shape [channels, frames].
  ///   - original: the same shape.
  ///   - sampleRate: of both, in hertz.
  public init?(of audio: Audio, against original: Audio, sampleRate: Int) {
    precondition(
      audio.frames == original.frames && audio.channels == original.channels,
      "sounds of other shapes")
    let model = EarModel(sampleRate: sampleRate)
    let bands = model.centres.count
    guard bands > 0 else { return nil }
    let frames = model.spectrum.frameCount(of: original.frames)
    let disturbance = pow(10, 0.15)
    var (sum, disturbed) = (0.0, 0)
    for channel in 0..<original.channels {
      var smoothed = [Double](repeating: 0, count: bands)
      for frame in 0..<frames {
        let reference = model.weighted(
          model.spectrum.powers(of: original, channel: channel, frame: frame))
        let copy = model.weighted(model.spectrum.powers(of: audio, channel: channel, frame: frame))
        let mask = model.mask(of: reference, smoothed: &smoothed)
        let noise = model.grouped(
          zip(reference, copy).map { first, second in
            let difference = first.squareRoot() - second.squareRoot()
            return difference * difference
          })
        let ratios = zip(noise, mask).map { $0 / $1 }
        sum += ratios.reduce(0, +)
        if ratios.contains(where: { $0 >= disturbance }) { disturbed += 1 }
      }
    }
    let count = Double(frames * original.channels)
    total = 10 * log10(sum / (count * Double(bands)))
    disturbedShare = Double(disturbed) / count
  }
}
