import Foundation
import Signals

/// How far a copy of a sound is from its original, both of which come a few frames at a time.
package struct SoundDifference: Sendable {
  private let sampleRate: Int
  private var signal = 0.0
  private var error = 0.0
  private var mask: NoiseToMaskMeter

  /// Nothing yet, of sounds of so many channels at a rate in hertz.
  package init(channels: Int, sampleRate: Int) {
    self.sampleRate = sampleRate
    mask = NoiseToMaskMeter(channels: channels, sampleRate: sampleRate)
  }

  /// Appends frames of both sounds, of one shape [channels, any].
  package mutating func add(_ copy: Audio, original: Audio) {
    signal += original.energy
    error += copy.squaredError(against: original)
    mask.add(copy, original: original)
  }

  /// Signal-to-noise ratio in dB, see `snr(of:against:)`: infinite where the sounds are equal.
  package var snr: Result<Double, UndefinedMeasure> {
    guard signal > 0 else { return .failure(.silence) }
    return .success(error == 0 ? .infinity : 10 * log10(signal / error))
  }

  /// The noise-to-mask ratio.
  package var noiseToMask: Result<NoiseToMaskRatio, UndefinedMeasure> {
    guard signal > 0 else { return .failure(.silence) }
    guard mask.hasBands else { return .failure(.sampleRate(sampleRate)) }
    guard let ratio = mask.ratio else { return .failure(.length(smallest: mask.smallestCount)) }
    return .success(ratio)
  }
}

/// Why a measure says nothing of a sound.
package enum UndefinedMeasure: Error, Equatable, CustomStringConvertible {
  /// The original is silent.
  case silence
  /// The sound has fewer frames than these.
  case length(smallest: Int)
  /// No band of hearing lies below half of this sample rate in hertz.
  case sampleRate(Int)

  /// What the reason is, to be read after "because".
  package var description: String {
    switch self {
    case .silence: "the original is silent"
    case .length(let smallest): "it takes \(smallest) frames or more"
    case .sampleRate(let rate): "\(rate) Hz are too low for any band of hearing"
    }
  }
}
