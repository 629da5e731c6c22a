import Foundation

/// A broken chord on plucked strings, from left to right as on a harp.
func strings() -> Sound {
  var sound = Sound(seconds: 3.5, sampleRate: 44100)
  let keys = [45.0, 52, 57, 60, 64, 69, 72, 76, 69, 64, 60, 57]
  for (index, key) in keys.enumerated() {
    var string = PluckedString(
      frequency: frequency(ofKey: key), sampleRate: 44100, seed: index + 1)
    sound.add(at: 0.05 + 0.21 * Double(index), pan: 0.1 + (key - 45) / 39) { _ in string.next() }
  }
  return sound
}

/// A string after Karplus and Strong, "Digital Synthesis of Plucked-String and Drum Timbres",
/// Computer Music Journal 7(2), 1983: noise that runs round a delay line and gets duller each time.
struct PluckedString {
  private var line: [Double]
  private var position = 0
  /// The all-pass filter that tunes the string between whole delays (Jaffe and Smith, in the same
  /// issue).
  private let tuning: Double
  private var lastInput = 0.0
  private var lastOutput = 0.0

  init(frequency: Double, sampleRate: Double, seed: Int) {
    // The mean of two samples delays by half a sample.
    let period = sampleRate / frequency - 0.5
    let whole = Int(period - 0.1)
    let fraction = period - Double(whole)
    tuning = (1 - fraction) / (1 + fraction)
    var random = Random(seed: seed)
    line = (0..<whole).map { _ in 2 * random.next() - 1 }
  }

  mutating func next() -> Double {
    let next = position + 1 == line.count ? 0 : position + 1
    let sample = line[position]
    let mean = 0.998 * 0.5 * (sample + line[next])
    lastOutput = tuning * (mean - lastOutput) + lastInput
    lastInput = mean
    line[position] = lastOutput
    position = next
    return sample
  }
}
