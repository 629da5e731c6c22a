import Foundation

/// Two bars of bass drum, snare drum and hi-hat.
func drums() -> Sound {
  var sound = Sound(seconds: 3.2, sampleRate: 48000)
  let step = 0.1
  for beat in 0..<32 {
    let time = step * Double(beat)
    if [0, 6, 10, 16, 22, 26, 27].contains(beat) {
      sound.add(at: time, seconds: 0.4) { time in
        // The skin is tightest when struck: 150 Hz that fall to 50 Hz.
        let phase = 50 * time + 100 * 0.03 * (1 - exp(-time / 0.03))
        return 0.9 * sin(2 * .pi * phase) * exp(-time / 0.12)
      }
    }
    if beat % 8 == 4 {
      var random = Random(seed: 100 + beat)
      sound.add(at: time, seconds: 0.3, pan: 0.42) { time in
        let wires = 2 * random.next() - 1
        return 0.35 * wires * exp(-time / 0.06) + 0.4 * sin(2 * .pi * 185 * time)
          * exp(-time / 0.05)
      }
    }
    if beat % 2 == 0 {
      var random = Random(seed: 200 + beat)
      var last = 0.0
      sound.add(at: time, seconds: 0.1, pan: 0.7) { time in
        let noise = 2 * random.next() - 1
        defer { last = noise }
        return 0.14 * (noise - last) * exp(-time / (beat % 8 == 6 ? 0.03 : 0.012))
      }
    }
  }
  return sound
}
