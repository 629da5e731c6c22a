import Foundation

/// A sine from 20 Hz to 20 kHz, in equal time for each octave, that wanders from left to right.
func sweep() -> Sound {
  var sound = Sound(seconds: 3, sampleRate: 48000)
  let octaves = log2(1000.0)
  let phase = { (time: Double) in 20 * 3 / (octaves * log(2)) * (exp2(octaves * time / 3) - 1) }
  for side in 0...1 {
    sound.add(pan: Double(side)) { time in
      let gain = side == 0 ? cos(time / 3 * .pi / 2) : sin(time / 3 * .pi / 2)
      return gain * sin(2 * .pi * phase(time)) * min(time / 0.02, (3 - time) / 0.02, 1)
    }
  }
  return sound
}
