import Foundation
import Signals
import Testing

@testable import Benchmarking

struct SNRTests {
  /// A peak of 0.25 and an error of a tenth of it.
  let original = Audio(frames: 4, channels: 2, samples: [Float](repeating: -0.25, count: 8))
  let copy = Audio(frames: 4, channels: 2, samples: [Float](repeating: -0.275, count: 8))

  @Test func closedForms() {
    #expect(abs(snr(of: copy, against: original) - 20) < 1e-4)
    // Scaled to a peak of 0.5, the error is 0.05.
    #expect(abs(psnr(of: copy, against: original) - 20 * log10(1 / 0.05)) < 1e-4)
    #expect(siSDR(of: copy, against: original) == .infinity)
    // Half the original, and an error that has nothing of it.
    let signal = Audio(frames: 4, channels: 1, samples: [1, 1, -1, -1])
    let mixed = Audio(frames: 4, channels: 1, samples: [0.75, 0.25, -0.25, -0.75])
    #expect(abs(siSDR(of: mixed, against: signal) - 20 * log10(0.5 / 0.25)) < 1e-9)
    #expect(
      abs(siSDR(of: Sounds.scaled(mixed, by: 8), against: signal) - 20 * log10(2)) < 1e-9)
  }

  @Test func silence() {
    let silence = Audio(frames: 4, channels: 2)
    #expect(snr(of: original, against: original) == .infinity)
    #expect(psnr(of: original, against: original) == .infinity)
    #expect(snr(of: silence, against: original) == 0)
    #expect(snr(of: original, against: silence) == -.infinity)
    #expect(psnr(of: original, against: silence) == -.infinity)
    #expect(siSDR(of: original, against: silence) == -.infinity)
    #expect(siSDR(of: silence, against: original) == -.infinity)
    #expect(siSDR(of: silence, against: silence) == .infinity)
  }
}
