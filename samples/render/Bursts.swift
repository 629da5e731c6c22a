import Foundation

/// Bursts of noise, each of another pitch and width, with silence between.
func bursts() -> Sound {
  var sound = Sound(seconds: 2.4, sampleRate: 44100, channels: 1)
  let bands = [(200.0, 0.3), (800, 0.5), (3000, 0.2), (9000, 0.4), (500, 4), (5000, 0.02)]
  for (index, (centre, width)) in bands.enumerated() {
    var random = Random(seed: 300 + index)
    var filter = BandPass(centre: centre, width: width, sampleRate: 44100)
    let length = 0.25
    sound.add(at: 0.05 + 0.4 * Double(index), seconds: length, level: 1 / width.squareRoot()) {
      let edge = min($0, length - $0) / 0.005
      return filter.next(random.nextNormal()) * min(edge, 1)
    }
  }
  return sound
}

/// A band-pass filter of second order, after R. Bristow-Johnson's "Audio EQ Cookbook".
struct BandPass {
  private let gain: Double
  private let feedback: (Double, Double)
  private var inputs = (0.0, 0.0)
  private var outputs = (0.0, 0.0)

  /// `width` is the bandwidth in units of the centre.
  init(centre: Double, width: Double, sampleRate: Double) {
    let angle = 2 * .pi * centre / sampleRate
    let alpha = sin(angle) * width / 2
    gain = alpha / (1 + alpha)
    feedback = (-2 * cos(angle) / (1 + alpha), (1 - alpha) / (1 + alpha))
  }

  mutating func next(_ input: Double) -> Double {
    let output =
      gain * (input - inputs.1) - feedback.0 * outputs.0 - feedback.1 * outputs.1
    inputs = (input, inputs.0)
    outputs = (output, outputs.0)
    return output
  }
}
