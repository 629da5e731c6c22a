import Foundation
import Signals
import Wavelets

/// What copies of pictures have lost, by spatial frequency: energies of the luma without its mean, in
/// the bands of wavelet packets of three levels.
///
/// A band here is all of theirs whose horizontal or vertical frequency, the larger of the two, lies in
/// the same eighth of 0...0.5 cycles a sample: shape [8], low frequencies first.
package struct BandErrors: Sendable {
  private static let levels = 3
  /// How many bands there are.
  package static let count = 1 << levels

  /// Energy of the originals.
  package private(set) var original = [Double](repeating: 0, count: count)
  /// Energy of the copies.
  package private(set) var copy = [Double](repeating: 0, count: count)
  /// Energy of the differences.
  package private(set) var error = [Double](repeating: 0, count: count)
  private var samples = 0.0

  /// Of no pictures yet.
  package init() {}

  /// Adds a picture and its copy, both of the shape [planes, height, width].
  package mutating func add(_ image: Image, copy other: Image) {
    precondition(
      image.width == other.width && image.height == other.height && image.planes == other.planes,
      "pictures of other shapes")
    guard !image.samples.isEmpty else { return }
    let luma = image.luma
    let mean = luma.samples.reduce(0.0) { $0 + Double($1) } / Double(luma.samples.count)
    func bands(_ luma: Image) -> Subbands {
      var centred = luma
      for index in centred.samples.indices { centred.samples[index] -= Float(mean) }
      return Subbands(analyzing: centred, levels: Self.levels)
    }
    let (first, second) = (bands(luma), bands(other.luma))
    let positions = (0..<Self.count).map {
      Int(bandFrequency($0, levels: Self.levels) * Double(2 * Self.count))
    }
    for index in first.coefficients.indices {
      let band = index % (Self.count * Self.count)
      let place = max(positions[band / Self.count], positions[band % Self.count])
      let (a, b) = (Double(first.coefficients[index]), Double(second.coefficients[index]))
      original[place] += a * a
      copy[place] += b * b
      error[place] += (a - b) * (a - b)
    }
    samples += Double(luma.samples.count)
  }

  /// The square root of an energy by the number of samples, in the units of these.
  package func rootMeanSquare(_ energy: Double) -> Double {
    samples == 0 ? 0 : (energy / samples).squareRoot()
  }
}
