/// How many latents there are of which magnitude: what tells, without quantising them again, how
/// many are coded as more than zero and what error the others leave.
struct MagnitudeHistogram: Sendable {
  /// Latents of each sixteenth of an octave of magnitude: the exponent and four bits of the
  /// mantissa of a float are the index.
  private var counts = [Int](repeating: 0, count: 1 << (31 - Self.shift))

  private static let shift = 19
  /// Steps below which a latent becomes zero: the middle of what `SymbolChoice` makes of the
  /// shipped codecs.
  private static let deadZone: Float = 0.65

  /// Counts the latents of a part of a picture.
  mutating func add(_ latents: Latents) {
    latents.values.withUnsafeBufferPointer { values in
      counts.withUnsafeMutableBufferPointer { counts in
        // The sign bit is gone, so that the index is below the count.
        for value in values { counts[Int(value.magnitude.bitPattern >> Self.shift)] += 1 }
      }
    }
  }

  /// Adds what another histogram counted.
  mutating func add(_ other: MagnitudeHistogram) {
    for index in counts.indices { counts[index] += other.counts[index] }
  }

  /// Latents that are not zero when divided by `step`, about; at least 1.
  func nonzeros(step: Float) -> Double { max(split(at: step * Self.deadZone).above, 1) }

  /// Squared error of quantising with `step`, about: the energy of the zeros, and a twelfth of a
  /// squared step for each of the others.
  func squaredError(step: Float) -> Double {
    let (energy, above) = split(at: step * Self.deadZone)
    return energy + above * Double(step * step) / 12
  }

  /// The energy of the latents below a magnitude, and the number of the others.
  private func split(at magnitude: Float) -> (energyBelow: Double, above: Double) {
    let index = Int(magnitude.bitPattern >> Self.shift)
    let rest = magnitude.bitPattern & (1 << Self.shift - 1)
    let within = Double(counts[index]) * Double(rest) / Double(1 << Self.shift)
    var energy = within * Self.energy(index)
    for lower in 0..<index where counts[lower] > 0 {
      energy += Double(counts[lower]) * Self.energy(lower)
    }
    let above = counts[index...].reduce(0, +)
    return (energy, Double(above) - within)
  }

  /// The square of the magnitude in the middle of an interval.
  private static func energy(_ index: Int) -> Double {
    let middle = Double(Float(bitPattern: UInt32(index) << shift | 1 << (shift - 1)))
    return middle * middle
  }
}
