import Foundation
import Signals
import Testing

@testable import Benchmarking

struct NoiseToMaskRatioTests {
  static let model = EarModel(sampleRate: 48_000)

  /// Bands of ITU-R BS.1387-1, annex 2, table 6.
  @Test func bands() {
    let model = Self.model
    #expect(model.centres.count == 109 && model.edges.count == 110)
    for (edge, hertz) in zip(model.edges, [80, 103.445, 127.023]) {
      #expect(abs(edge - hertz) < 0.001)
    }
    #expect(abs(model.edges[109] - 18_000) < 1e-6)
    #expect(
      abs(model.centres[0] - 91.708) < 0.001 && abs(model.centres[108] - 17_690.045) < 0.002)
    // At 16 kHz no band may reach beyond 8 kHz, at 100 Hz there is none.
    let low = EarModel(sampleRate: 16_000)
    #expect(low.edges == Array(model.edges.prefix { $0 <= 8000 }))
    #expect(EarModel(sampleRate: 100).centres.isEmpty)
  }

  /// Full scale at 1019.5 Hz is 92 dB, before the ear's response.
  @Test func level() {
    let model = Self.model
    let sine = Sounds.sines([1019.5], frames: 8192)
    let powers = model.weighted(model.spectrum.powers(of: sine, channel: 0, frame: 2))
    let (index, power) = powers.enumerated().max { $0.element < $1.element } ?? (0, 0)
    let response = EarModel.earResponse(Double(index) * model.spectrum.spacing / 1000)
    #expect(abs(10 * log10(power) - response - 92) < 0.02)
    #expect(abs(EarModel.earResponse(1) - (-2.184 + 0.2718 - 0.001)) < 0.001)
  }

  /// Powers count in bands by their shares, and none twice.
  @Test func grouping() {
    let model = Self.model
    let sums = model.grouped([Double](repeating: 1, count: 1025))
    for (band, sum) in sums.enumerated() {
      let width = model.edges[band + 1] - model.edges[band]
      #expect(abs(sum - width / model.spectrum.spacing) < 1e-9)
    }
  }

  /// The sums of the standard as it writes them.
  @Test func spreading() {
    let centres = Self.model.centres
    let energies = centres.indices.map { pow(10, Double($0 * 37 % 90) / 10) }
    let spread = EarModel.spread(energies, centres: centres)
    func decibels(_ band: Int, from origin: Int) -> Double {
      let distance = Double(band - origin) * 0.25
      return band <= origin
        ? 27 * distance
        : (-24 - 230 / centres[origin] + 0.2 * 10 * log10(energies[origin])) * distance
    }
    let totals = centres.indices.map { origin in
      centres.indices.reduce(0) { $0 + pow(10, decibels($1, from: origin) / 10) }
    }
    for band in centres.indices {
      let sum = centres.indices.reduce(0.0) { sum, origin in
        sum
          + pow(energies[origin] * pow(10, decibels(band, from: origin) / 10) / totals[origin], 0.4)
      }
      #expect(abs(spread[band] / pow(sum, 2.5) - 1) < 1e-9)
    }
  }

  /// After a sound the mask falls with 8 ms, and slower in low bands: 30 ms at 100 Hz.
  @Test func masksLast() {
    let model = Self.model
    let sound = (0...1024).map { _ in 1e6 }
    var smoothed = [Double](repeating: 0, count: 109)
    for _ in 0..<100 { _ = model.mask(of: sound, smoothed: &smoothed) }
    let (before, silence) = (smoothed, [Double](repeating: 0, count: 1025))
    _ = model.mask(of: silence, smoothed: &smoothed)
    for band in [0, 50, 108] {
      let duration = 0.008 + 100 / model.centres[band] * 0.022
      #expect(
        abs(smoothed[band] / before[band] - exp(-1024 / 48_000 / duration)) < 1e-4, "\(band)")
    }
  }

  @Test func equalSoundsHaveNoNoise() throws {
    let noise = Sounds.noise(frames: 10_000, channels: 2)
    for copy in [noise, Sounds.scaled(noise, by: -1)] {
      let ratio = try #require(NoiseToMaskRatio(of: copy, against: noise, sampleRate: 48_000))
      #expect(ratio.total == -.infinity && ratio.disturbedShare == 0)
    }
    #expect(NoiseToMaskRatio(of: noise, against: noise, sampleRate: 100) == nil)
  }

  /// The window of a frame is zero where it begins: of a sample alone nothing is seen.
  @Test func soundsThatAreTooShort() {
    for (frames, isMeasured) in [(0, false), (1, false), (2047, false), (2048, true)] {
      let noise = Sounds.noise(frames: frames)
      let copy = Sounds.scaled(noise, by: 0.5)
      let ratio = NoiseToMaskRatio(of: copy, against: noise, sampleRate: 48_000)
      #expect((ratio != nil) == isMeasured && ratio?.total != -.infinity, "\(frames)")
    }
  }

  /// In which parts sounds come makes no difference.
  @Test(arguments: [2048, 2049, 7000, 10_240]) func parts(frames: Int) throws {
    let noise = Sounds.noise(frames: frames, channels: 2)
    let copy = Sounds.noise(frames: frames, channels: 2, seed: 2)
    let whole = try #require(NoiseToMaskRatio(of: copy, against: noise, sampleRate: 48_000))
    for step in [1000, 1024, 5000] {
      var meter = NoiseToMaskMeter(channels: 2, sampleRate: 48_000)
      for start in stride(from: 0, to: frames, by: step) {
        let range = start..<min(start + step, frames)
        meter.add(copy.frames(range), original: noise.frames(range))
      }
      #expect(meter.ratio == whole)
    }
  }

  /// The noise of a copy that is too quiet by a factor is that factor's square of the sound.
  @Test func quieterCopies() throws {
    let noise = Sounds.noise(frames: 30_000)
    func ratio(_ factor: Float) throws -> NoiseToMaskRatio {
      try #require(
        NoiseToMaskRatio(
          of: Sounds.scaled(noise, by: 1 - factor), against: noise, sampleRate: 48_000))
    }
    let (loud, quiet) = (try ratio(0.875), try ratio(0.0625))
    #expect(abs(loud.total - quiet.total - 20 * log10(14)) < 0.001)
    // A mask lies 3 to 7 dB under a flat sound that spreads into its own neighbours.
    #expect(loud.disturbedShare == 1 && quiet.disturbedShare == 0)
  }

  /// The same sound at another rate has the same ratio.
  @Test func otherRates() throws {
    let ratios = try [48_000, 96_000, 24_000].map { rate in
      let sound = Sounds.sines(
        [300, 1000, 4000], frames: rate, sampleRate: rate, amplitude: 0.1)
      return try #require(
        NoiseToMaskRatio(of: Sounds.scaled(sound, by: 0.9), against: sound, sampleRate: rate)
      ).total
    }
    // 24 kHz has 80 of the 109 bands, and of those alone is the mean.
    let bands = Double(EarModel(sampleRate: 24_000).centres.count)
    #expect(abs(ratios[1] - ratios[0]) < 0.1)
    #expect(abs(ratios[2] - ratios[0] - 10 * log10(109 / bands)) < 0.3)
  }
}
