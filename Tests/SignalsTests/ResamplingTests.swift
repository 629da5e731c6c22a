import Foundation
import Signals
import Testing

struct ResamplingTests {
  @Test(arguments: [2, 4, 16])
  func tonesSurviveALowerRate(ratio: Int) {
    var tone = Audio(frames: 30_000, channels: 1)
    // At 0.6 of half the lower rate.
    for frame in 0..<30_000 {
      tone.samples[frame] = Float(sin(Double(frame) * 0.6 * .pi / Double(ratio)))
    }
    let low = tone.downsampled(by: ratio)
    #expect(low.frames == (30_000 + ratio - 1) / ratio)
    let back = low.upsampled(by: ratio, frames: 30_000)
    let middle = 3000..<27_000
    let pairs = zip(tone.frames(middle).samples, back.frames(middle).samples)
    let energy = pairs.reduce(0) { $0 + $1.0 * $1.0 }
    let error = pairs.reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    #expect(10 * log10(energy / error) > 55)
  }
}
