import Foundation
import Signals

/// Signal-to-noise ratio in dB of `audio` as a copy of `original`: 10 log10(signal / error), energies
/// over all channels together.
///
/// - Parameters:
///   - audio: shape [channels, frames].
///   - original: the same shape.
/// - Returns: infinity where the sounds are equal, minus infinity where only the original is silent.
package func snr(of audio: Audio, against original: Audio) -> Double {
  let error = audio.squaredError(against: original)
  return error == 0 ? .infinity : 10 * log10(original.energy / error)
}

extension Audio {
  /// Sum of the squares of all samples.
  var energy: Double { samples.reduce(0.0) { $0 + Double($1) * Double($1) } }

  /// Sum of the squares of the differences to the samples of a sound of the same shape.
  func squaredError(against original: Audio) -> Double {
    precondition(
      frames == original.frames && channels == original.channels, "sounds of other shapes")
    return zip(samples, original.samples).reduce(0.0) { sum, pair in
      let error = Double(pair.0) - Double(pair.1)
      return sum + error * error
    }
  }
}
