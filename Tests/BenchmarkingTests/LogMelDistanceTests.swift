import Foundation
import Signals
import Testing

@testable import Benchmarking

struct LogMelDistanceTests {
  /// Slaney's scale: 1 kHz is 15 mel, 6.4 kHz is 27 more.
  @Test func melScale() {
    #expect(MelBands.mel(1000) == 15 && MelBands.mel(200) == 3)
    #expect(abs(MelBands.hertz(42) - 6400) < 1e-9)
    for frequency in [0.0, 500, 999, 1001, 20_000] {
      #expect(abs(MelBands.hertz(MelBands.mel(frequency)) - frequency) < 1e-9)
    }
  }

  /// Between the middles of the first and last band, the triangles add up to 1.
  @Test(arguments: [8000, 44_100, 48_000, 96_000]) func bandsAddUp(sampleRate: Int) {
    let spectrum = ShortTimeSpectrum(sampleRate: sampleRate, overlap: 4)
    #expect(abs(log2(spectrum.spacing / (48_000 / 2048))) <= 0.5)
    let bands = MelBands(count: 80, spectrum: spectrum)
    #expect(bands.centres.count == 80 && bands.centres[79] < Double(sampleRate) / 2)
    for index in 0...spectrum.size / 2 {
      var powers = [Double](repeating: 0, count: spectrum.size / 2 + 1)
      powers[index] = 1
      let frequency = Double(index) * spectrum.spacing
      let sum = bands.sums(of: powers).reduce(0, +)
      #expect(sum <= 1 + 1e-9)
      if frequency >= bands.centres[0], frequency <= bands.centres[79] {
        #expect(abs(sum - 1) < 1e-9)
      }
    }
  }

  @Test func aSineOfFullScaleHas0dB() {
    let spectrum = LogMelSpectrum(
      sampleRate: 48_000, bandCount: 80, overlap: 4, floor: -80)
    let levels = spectrum.levels(
      of: Sounds.sines([1234.5], frames: 8192), channel: 0, frame: 3)
    #expect(abs(10 * log10(levels.reduce(0) { $0 + pow(10, $1 / 10) })) < 0.01)
  }

  @Test func closedForms() {
    let noise = Sounds.noise(frames: 20_000, channels: 2)
    func distance(_ audio: Audio) -> Double {
      logMelDistance(of: audio, against: noise, sampleRate: 48_000)
    }
    #expect(distance(noise) == 0)
    #expect(distance(Sounds.scaled(noise, by: -1)) == 0)
    #expect(abs(distance(Sounds.scaled(noise, by: 0.5)) - 20 * log10(2)) < 1e-4)
    // What is below the floor is all the same.
    let quiet = Sounds.noise(frames: 5000, amplitude: 1e-6)
    let silence = Audio(frames: 5000, channels: 1)
    #expect(logMelDistance(of: quiet, against: silence, sampleRate: 48_000) == 0)
  }

  @Test(arguments: [1, 8000, 384_000]) func anyRateAndLength(sampleRate: Int) {
    for frames in [1, 100, 70_000] {
      let noise = Sounds.noise(frames: frames)
      let distance = logMelDistance(
        of: Sounds.scaled(noise, by: 0.5), against: noise, sampleRate: sampleRate)
      #expect(distance >= 0 && distance <= 20 * log10(2) + 1e-4)
    }
  }
}
