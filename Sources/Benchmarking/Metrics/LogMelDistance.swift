import Foundation
import Signals

/// Mel spectra in decibels against full scale.
struct LogMelSpectrum: Sendable {
  let spectrum: ShortTimeSpectrum
  let bands: MelBands
  /// The level that silence has, and what is below.
  let floor: Double

  /// Frames of about 43 ms; a sample is in `overlap` of them, a power of two.
  init(sampleRate: Int, bandCount: Int, overlap: Int, floor: Double) {
    self.floor = floor
    spectrum = ShortTimeSpectrum(sampleRate: sampleRate, overlap: overlap)
    bands = MelBands(count: bandCount, spectrum: spectrum)
  }

  /// Levels of the bands in a frame of a channel, from `floor` on. A sine of full scale has 0 dB,
  /// over all bands that it reaches together.
  func levels(of audio: Audio, channel: Int, frame: Int) -> [Double] {
    // Half the frequencies hold half the energy of the samples (Parseval), and a sine's is half its
    // squared amplitude.
    let scale = 4 / (Double(spectrum.size) * spectrum.windowEnergy)
    return bands.sums(of: spectrum.powers(of: audio, channel: channel, frame: frame)).map {
      max(10 * log10($0 * scale), floor)
    }
  }
}

/// Log-mel distance in dB of `audio` as a copy of `original`: the mean absolute difference of the
/// levels in 80 mel bands, over bands, frames and channels.
///
/// Distances of log-mel spectra are usual for learned codecs of sound; bands, frames and floor are
/// our choice: N. Zeghidour and others, "SoundStream", 2021, and R. Kumar and others, "High-fidelity
/// audio compression with improved RVQGAN", 2023, have others each. Frames are of 2048 samples and
/// 512 apart at 48 kHz, and what is 80 dB under full scale is silent. Phase counts for nothing.
///
/// - Parameters:
///   - audio: shape [channels, frames].
///   - original: the same shape.
///   - sampleRate: of both, in hertz.
/// - Returns: 0 where the spectra are equal, at most 80 or a little more.
package func logMelDistance(of audio: Audio, against original: Audio, sampleRate: Int) -> Double {
  precondition(
    audio.frames == original.frames && audio.channels == original.channels,
    "sounds of other shapes")
  let spectrum = LogMelSpectrum(sampleRate: sampleRate, bandCount: 80, overlap: 4, floor: -80)
  let frames = spectrum.spectrum.frameCount(of: original.frames)
  var sum = 0.0
  for channel in 0..<original.channels {
    for frame in 0..<frames {
      let levels = spectrum.levels(of: audio, channel: channel, frame: frame)
      let expected = spectrum.levels(of: original, channel: channel, frame: frame)
      sum += zip(levels, expected).reduce(0) { $0 + abs($1.0 - $1.1) }
    }
  }
  return sum / Double(original.channels * frames * spectrum.bands.centres.count)
}
