import Foundation
import Wavelets

/// Steps that differ from band to band of hearing, so that the error follows what the ear hears and
/// not a fixed floor.
///
/// The step of a band is that of the quality times 2^((n - 23) / 2), n = 0...31 being coded for each
/// patch, channel and band: finer by 10 dB or so than where all steps are alike, so that a quality
/// has about the same rate either way. The bands are those of Bark (E. Zwicker, "Subdivision of the audible
/// frequency range into critical bands", 1961) for sound of 48 kHz.
enum BandSteps {
  /// Upper ends of the bands in hertz, after Zwicker; the last reaches to the end.
  private static let barkEnds: [Double] = [
    100, 200, 300, 400, 510, 630, 770, 920, 1080, 1270, 1480, 1720, 2000, 2320, 2700, 3150, 3700,
    4400, 5300, 6400, 7700, 9500, 12000, 15500,
  ]
  /// Where the bands end among the S coefficients of a patch. Shape [bands].
  static let ends: [Int] =
    barkEnds.map { Int(($0 / 24000 * Double(LappedTransform.patchFrames)).rounded()) }
    + [LappedTransform.patchFrames]
  /// Bands of a patch.
  static var count: Int { ends.count }
  /// The coefficients of a band.
  static func coefficients(_ band: Int) -> Range<Int> {
    (band == 0 ? 0 : ends[band - 1])..<ends[band]
  }

  /// The factor of a step.
  static func factor(_ index: UInt8) -> Float { exp2(Float(Int(index) - 23) / 2) }

  /// How closely steps follow the threshold of masking: 1 keeps the error at the same distance
  /// below it everywhere. Best noise-to-mask ratio at equal rate on held-out music.
  private static let followed: Float = 1
  /// The threshold, as the amplitude of a band, whose step is that of the quality.
  private static let reference: Float = 0x1p-11
  /// Decibels by which masking falls off a Bark above and below a masker (M. R. Schroeder, B. S.
  /// Atal, J. L. Hall, "Optimizing digital speech coders by exploiting masking properties of the
  /// human ear", 1979, by its asymptotes).
  private static let slopes: (above: Float, below: Float) = (10, 25)
  /// Level of a full-scale sine in decibels of sound pressure, for the threshold of silence.
  private static let fullScale: Double = 96

  /// The step of each band of the spectrum of a channel of a patch, by the energies of its bands.
  ///
  /// - Parameters:
  ///   - values: S bands.
  ///   - sampleRate: in hertz, for the threshold of silence.
  static func steps(of values: UnsafeBufferPointer<Float>, sampleRate: Int) -> [UInt8] {
    let powers = (0..<count).map { band in
      coefficients(band).reduce(Float(0)) { $0 + values[$1] * values[$1] }
        / Float(coefficients(band).count)
    }
    return (0..<count).map { band in
      let masked = (0..<count).map { masker in
        let distance = Float(band - masker)
        let loss = distance >= 0 ? distance * slopes.above : -distance * slopes.below
        return powers[masker] * pow(10, -(loss + 16) / 10)
      }.max()!
      let amplitude = max(masked, silence(band, sampleRate)).squareRoot()
      let index = 16 + (2 * followed * log2(amplitude / reference)).rounded()
      return UInt8(min(max(index, 0), 31))
    }
  }

  /// The threshold of silence as the mean power of the coefficients of a band (E. Terhardt, "Calculating
  /// virtual pitch", 1979).
  private static func silence(_ band: Int, _ sampleRate: Int) -> Float {
    let coefficients = coefficients(band)
    let middle = Double(coefficients.lowerBound + coefficients.upperBound) / 2
    let kilohertz = max(
      middle / Double(LappedTransform.patchFrames) * Double(sampleRate) / 2000, 0.02)
    let level =
      3.64 * pow(kilohertz, -0.8) - 6.5 * exp(-0.6 * pow(kilohertz - 3.3, 2))
      + 1e-3 * pow(kilohertz, 4)
    // A full-scale sine has a power of 1/2, spread over the S samples of a patch by a transform that
    // keeps energy.
    let power = 0.5 * pow(10, (min(level, 100) - fullScale) / 10)
    return Float(power * Double(LappedTransform.patchFrames) / Double(coefficients.count))
  }
}
