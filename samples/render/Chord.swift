import Foundation

/// A chord of four voices that swells and fades, each with a vibrato of its own.
func chord() -> Sound {
  var sound = Sound(seconds: 2.5, sampleRate: 44100)
  for (voice, key) in [48.0, 55, 64, 70].enumerated() {
    let place = Double(voice)
    sound.add(pan: 0.2 + 0.2 * place) { time in
      // 20 cents to either side, which come in after a while: the integral of the frequency.
      let depth = 0.2 * min(time / 0.8, 1)
      let rate = 5 + 0.37 * place
      let pitch = frequency(ofKey: key)
      let wobble = sin(2 * .pi * rate * time + place) * depth * log(2) / 12 * pitch / rate
      let phase = 2 * .pi * pitch * time + wobble
      let tone = (1...8).reduce(0.0) { sum, harmonic in
        let n = Double(harmonic)
        return sum + sin(n * phase) / (n * n)
      }
      return tone * min(time / 0.3, 1) * min((2.5 - time) / 0.7, 1)
    }
  }
  return sound
}
