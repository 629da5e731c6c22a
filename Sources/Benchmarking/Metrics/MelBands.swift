import Foundation

/// Bands of equal width and distance in mel, a scale of perceived pitch, which a spectrum's powers
/// are summed in by triangles.
///
/// The scale is that of M. Slaney, "Auditory Toolbox", Interval Research technical report 1998-010:
/// linear up to 1 kHz, with 15 mel there, and logarithmic beyond, with 27 mel to a factor of 6.4.
/// Every triangle has height 1 in its middle and ends in the middles of its neighbours.
struct MelBands: Sendable {
  /// Middles of the bands in hertz, rising.
  let centres: [Double]
  /// For each band, the first frequency of the spectrum that it has a part of, and the parts.
  private let weights: [(start: Int, parts: [Double])]

  /// Bands from 0 Hz to half the sample rate, but no more than 24 kHz, of which only those count
  /// that have a frequency of the spectrum.
  init(count: Int, spectrum: ShortTimeSpectrum) {
    let highest = min(spectrum.spacing * Double(spectrum.size / 2), 24_000)
    let step = Self.mel(highest) / Double(count + 1)
    let edges = (0...count + 1).map { Self.hertz(Double($0) * step) }
    var (centres, weights) = ([Double](), [(start: Int, parts: [Double])]())
    for band in 0..<count {
      let (low, middle, high) = (edges[band], edges[band + 1], edges[band + 2])
      let start = Int((low / spectrum.spacing).rounded(.down)) + 1
      let end = min(Int((high / spectrum.spacing).rounded(.up)) - 1, spectrum.size / 2)
      if start > end { continue }
      centres.append(middle)
      weights.append(
        (
          start,
          (start...end).map { index in
            let frequency = Double(index) * spectrum.spacing
            return frequency < middle
              ? (frequency - low) / (middle - low) : (high - frequency) / (high - middle)
          }
        ))
    }
    (self.centres, self.weights) = (centres, weights)
  }

  /// Sums of a spectrum's powers in each band.
  func sums(of powers: [Double]) -> [Double] {
    weights.map { start, parts in
      parts.enumerated().reduce(0) { $0 + $1.element * powers[start + $1.offset] }
    }
  }

  /// Mel of a frequency in hertz.
  static func mel(_ frequency: Double) -> Double {
    frequency < 1000 ? frequency * 3 / 200 : 15 + 27 * log(frequency / 1000) / log(6.4)
  }

  /// Hertz of a pitch in mel.
  static func hertz(_ mel: Double) -> Double {
    mel < 15 ? mel * 200 / 3 : 1000 * pow(6.4, (mel - 15) / 27)
  }
}
