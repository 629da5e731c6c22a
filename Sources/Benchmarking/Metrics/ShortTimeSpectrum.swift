import Foundation
import Signals

/// Squared magnitudes of the spectra of frames that overlap, under a Hann window.
struct ShortTimeSpectrum: Sendable {
  /// Samples of a frame, a power of two.
  let size: Int
  /// Samples from the start of a frame to that of the next one.
  let hop: Int
  /// Hertz between two frequencies of a spectrum.
  let spacing: Double
  /// Sum of the squares of the window.
  let windowEnergy: Double
  private let window: [Double]
  private let transform: FourierTransform

  /// Frames of about 43 ms: of 2048 samples at 48 kHz, and of the power of two that is nearest to
  /// this time at other rates.
  ///
  /// - Parameters:
  ///   - sampleRate: in hertz.
  ///   - overlap: frames that a sample is in, a power of two.
  init(sampleRate: Int, overlap: Int) {
    let exponent = log2(2048 * Double(sampleRate) / 48_000).rounded()
    size = 1 << Int(min(max(exponent, 4), 24))
    hop = size / overlap
    spacing = Double(sampleRate) / Double(size)
    let last = Double(size - 1)
    // Symmetric, its ends zero, as ITU-R BS.1387 has it.
    window = (0..<size).map { 0.5 * (1 - cos(2 * .pi * Double($0) / last)) }
    windowEnergy = window.reduce(0) { $0 + $1 * $1 }
    transform = FourierTransform(size: size)
  }

  /// Frames of so many samples: as few as have them all.
  func frameCount(of samples: Int) -> Int {
    samples <= size ? 1 : (samples - size + hop - 1) / hop + 1
  }

  /// The spectrum of a frame of a channel, at frequencies 0...size / 2 in steps of `spacing`. Beyond
  /// its end the sound is silent.
  func powers(of audio: Audio, channel: Int, frame: Int) -> [Double] {
    let start = frame * hop
    let count = min(size, audio.frames - start)
    let first = channel * audio.frames + start
    return transform.powers(
      of: (0..<size).map { $0 < count ? window[$0] * Double(audio.samples[first + $0]) : 0 })
  }
}
