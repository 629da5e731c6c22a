import Foundation
import Signals
import Testing

@testable import Benchmarking

struct SoundDifferenceTests {
  private func difference(
    of copy: Audio, against original: Audio, sampleRate: Int = 48_000, step: Int = 3000
  ) -> SoundDifference {
    var difference = SoundDifference(channels: original.channels, sampleRate: sampleRate)
    for start in stride(from: 0, to: original.frames, by: step) {
      let range = start..<min(start + step, original.frames)
      difference.add(copy.frames(range), original: original.frames(range))
    }
    return difference
  }

  @Test func measuresAreThoseOfWholeSounds() throws {
    let noise = Sounds.noise(frames: 20_000, channels: 2)
    let copy = Sounds.scaled(noise, by: 0.9)
    let found = difference(of: copy, against: noise)
    #expect(abs(try found.snr.get() - 20) < 1e-4)
    #expect(abs(try found.snr.get() - snr(of: copy, against: noise)) < 1e-9)
    #expect(
      try found.noiseToMask.get() == NoiseToMaskRatio(of: copy, against: noise, sampleRate: 48_000))
    #expect(try difference(of: noise, against: noise).snr.get() == .infinity)
  }

  @Test func whatSaysNothingIsUndefined() {
    let noise = Sounds.noise(frames: 4000)
    let silence = difference(of: noise, against: Audio(frames: 4000, channels: 1))
    #expect(throws: UndefinedMeasure.silence) { try silence.snr.get() }
    #expect(throws: UndefinedMeasure.silence) { try silence.noiseToMask.get() }
    let one = difference(of: Sounds.noise(frames: 1, seed: 2), against: Sounds.noise(frames: 1))
    #expect(throws: Never.self) { try one.snr.get() }
    #expect(throws: UndefinedMeasure.length(smallest: 2048)) { try one.noiseToMask.get() }
    let slow = difference(of: noise, against: noise, sampleRate: 100)
    #expect(throws: UndefinedMeasure.sampleRate(100)) { try slow.noiseToMask.get() }
  }
}
