import Foundation
import Signals

/// Scale-invariant signal-to-distortion ratio in dB of `audio` as a copy of `original`: the ratio of
/// the energies of what of `audio` is a multiple of the original and of its rest, over all channels
/// together, with their means.
///
/// J. Le Roux, S. Wisdom, H. Erdogan, J. Hershey, "SDR - half-baked or well done?", ICASSP 2019,
/// equation 2.
///
/// - Parameters:
///   - audio: shape [channels, frames].
///   - original: the same shape.
/// - Returns: infinity for a multiple of the original and for two silent sounds, minus infinity where
///   the copy has nothing of the original.
package func siSDR(of audio: Audio, against original: Audio) -> Double {
  precondition(
    audio.frames == original.frames && audio.channels == original.channels,
    "sounds of other shapes")
  let (copy, signal) = (audio.energy, original.energy)
  if copy == 0 { return signal == 0 ? .infinity : -.infinity }
  guard signal > 0 else { return -.infinity }
  let product = zip(audio.samples, original.samples).reduce(0.0) {
    $0 + Double($1.0) * Double($1.1)
  }
  let scale = product / signal
  let rest = zip(audio.samples, original.samples).reduce(0.0) { sum, pair in
    let difference = Double(pair.0) - scale * Double(pair.1)
    return sum + difference * difference
  }
  return rest == 0 ? .infinity : 10 * log10(scale * scale * signal / rest)
}
