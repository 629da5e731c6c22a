import Foundation

/// What a frame of sound excites in the ear, after the FFT ear model of PEAQ's basic version: ITU-R
/// BS.1387-1, "Method for objective measurements of perceived audio quality", 2001, annex 2, 2.1.
/// Formulas and names are those of P. Kabal, "An examination and interpretation of ITU-R BS.1387",
/// McGill University, 2002.
///
/// The standard knows 48 kHz only. At other rates frames have nearly the same duration, and bands
/// that are not whole below half the rate are left out.
struct EarModel: Sendable {
  /// Frames of 2048 samples at 48 kHz that overlap by half.
  let spectrum: ShortTimeSpectrum
  /// Edges of the bands in hertz, a quarter of a Bark apart: band i from `edges[i]` on.
  let edges: [Double]
  /// Middles of the bands, in Bark, in hertz.
  let centres: [Double]
  /// Weights of the outer and middle ear on the powers of a spectrum, with the scale that gives
  /// them the unit of the model: 0 dB is 0 dB of sound pressure.
  private let weights: [Double]
  /// Energy of the noise within the ear in each band.
  let internalNoise: [Double]
  /// What spreading makes of bands of energy 1, which is divided out.
  private let flatSpread: [Double]
  /// Share of a band's past in its smoothed energy, from frame to frame.
  private let persistence: [Double]
  /// By how much the mask lies below the excitation, as a factor.
  private let maskFactors: [Double]

  /// Bark from one band to the next.
  static let step = 0.25
  /// Sound pressure of a sine of full scale, in dB (2.1.3 of the standard).
  static let fullScaleLevel = 92.0

  /// A model for a sample rate in hertz. It has no bands where the rate is very low.
  init(sampleRate: Int) {
    let spectrum = ShortTimeSpectrum(sampleRate: sampleRate, overlap: 2)
    self.spectrum = spectrum
    // z = 7 asinh(f / 650), from 80 Hz to 18 kHz (2.1.5).
    func bark(_ hertz: Double) -> Double { 7 * asinh(hertz / 650) }
    func hertz(_ bark: Double) -> Double { 650 * sinh(bark / 7) }
    let (lowest, highest) = (bark(80), bark(18_000))
    let count = Int(((highest - lowest) / Self.step).rounded(.up))
    let marks = (0...count).map { min(lowest + Double($0) * Self.step, highest) }
    let whole = marks.prefix { hertz($0) <= Double(sampleRate) / 2 * (1 + 1e-9) }
    edges = whole.map(hertz)
    let centres = zip(whole, whole.dropFirst()).map { hertz(($0 + $1) / 2) }
    self.centres = centres

    // A sine of full scale has a power of (sum of the window / 2)^2 at its frequency; at 1019.5 Hz,
    // which the standard calibrates with, it lies between two frequencies of the spectrum and the
    // greater of its two has 0.8497 of the magnitude (Kabal, 2.3).
    let amplitude = 0.8497 * Double(spectrum.size - 1) / 4
    let scale = pow(10, Self.fullScaleLevel / 10) / (amplitude * amplitude)
    weights = (0...spectrum.size / 2).map { index in
      // Nothing is heard of 0 Hz.
      if index == 0 { return 0 }
      return scale * pow(10, Self.earResponse(Double(index) * spectrum.spacing / 1000) / 10)
    }
    internalNoise = centres.map { pow(10, 1.456 * pow($0 / 1000, -0.8) / 10) }
    flatSpread = Self.spread([Double](repeating: 1, count: centres.count), centres: centres)
    let framesPerSecond = Double(sampleRate) / Double(spectrum.hop)
    persistence = centres.map { centre in
      // 8 ms, and 30 ms at 100 Hz (2.1.8).
      exp(-1 / (framesPerSecond * (0.008 + 100 / centre * (0.030 - 0.008))))
    }
    // 3 dB up to 12 Bark above the lowest band, then a quarter of a dB a Bark (4.5.1).
    maskFactors = centres.indices.map {
      let distance = Double($0) * Self.step
      return pow(10, -(distance <= 12 ? 3 : 0.25 * distance) / 10)
    }
  }

  /// Gain of the outer and middle ear in dB at a frequency in kHz (2.1.4).
  static func earResponse(_ frequency: Double) -> Double {
    -2.184 * pow(frequency, -0.8) + 6.5 * exp(-0.6 * (frequency - 3.3) * (frequency - 3.3))
      - 0.001 * pow(frequency, 3.6)
  }

  /// The powers of a spectrum as they come to the inner ear.
  func weighted(_ powers: [Double]) -> [Double] { zip(weights, powers).map { $0 * $1 } }

  /// Sums of powers in each band; a frequency that lies in two bands counts in both by its shares.
  func grouped(_ powers: [Double]) -> [Double] {
    let spacing = spectrum.spacing
    return zip(edges, edges.dropFirst()).map { low, high in
      let first = Int((low / spacing).rounded())
      let last = min(Int((high / spacing).rounded()), powers.count - 1)
      guard first <= last else { return 0 }
      return (first...last).reduce(0.0) { sum, index in
        let share =
          min(high / spacing, Double(index) + 0.5) - max(low / spacing, Double(index) - 0.5)
        return sum + max(share, 0) * powers[index]
      }
    }
  }

  /// What masks noise in each band after a frame of these weighted powers.
  ///
  /// - Parameter smoothed: the smoothed energies after the frame before, zero at first; becomes that
  ///   after this one.
  func mask(of powers: [Double], smoothed: inout [Double]) -> [Double] {
    let energies = zip(grouped(powers), internalNoise).map { $0 + $1 }
    let spread = zip(Self.spread(energies, centres: centres), flatSpread).map { $0 / $1 }
    return spread.indices.map { band in
      smoothed[band] =
        persistence[band] * smoothed[band] + (1 - persistence[band]) * spread[band]
      return maskFactors[band] * max(smoothed[band], spread[band])
    }
  }

  /// Energies as they spread from each band to all (2.1.7): 27 dB a Bark to lower bands, and
  /// 24 + 230 Hz / f - 0.2 L dB a Bark to higher ones, where L is the band's level; each band's
  /// energy stays the same, and energies of different origin add up as powers of 0.4.
  static func spread(_ energies: [Double], centres: [Double]) -> [Double] {
    let count = energies.count
    var spread = [Double](repeating: 0, count: count)
    let falling = pow(10, -2.7 * step)
    for (band, energy) in energies.enumerated() {
      let rising = pow(10, (-2.4 - 23 / centres[band]) * step) * pow(energy, 0.2 * step)
      let below = (1 - pow(falling, Double(band + 1))) / (1 - falling)
      let above = (1 - pow(rising, Double(count - band))) / (1 - rising)
      let middle = pow(energy / (below + above - 1), 0.4)
      // Each step away from the band multiplies by the same factor.
      var (part, factor) = (middle, pow(falling, 0.4))
      for other in stride(from: band, through: 0, by: -1) {
        spread[other] += part
        part *= factor
      }
      (part, factor) = (middle, pow(rising, 0.4))
      for other in band + 1..<max(count, band + 1) {
        part *= factor
        spread[other] += part
      }
    }
    return spread.map { pow($0, 2.5) }
  }
}
