/// The encoder's choice of the colours of graphics, sample by sample: of the likely ones and those of
/// the palette that are nearest, the one whose error and bits together are least.
struct ColourChoice {
  /// The number of the colour of each sample among `nearest`; shape [height, width].
  private let samples: [Int32]
  /// Colours of the palette that are nearest to each colour of the samples, nearest first.
  private let nearest: [[UInt16]]
  /// The colours of the samples and of the palette, in 8-bit units.
  private let colours: [SIMD4<Float>]
  private let palette: [SIMD4<Float>]
  /// Squared error that a bit is worth.
  private let worth: Float

  /// Colours of the palette that are looked at beside the likely ones.
  private static let alternatives = 3

  /// A choice.
  ///
  /// - Parameters:
  ///   - samples: the number of each sample's colour among `colours`.
  ///   - colours, palette: in 8-bit units.
  init(
    samples: [Int32], colours: [SIMD4<Float>], palette: [SIMD4<Float>], worth: Float
  ) {
    (self.samples, self.colours, self.palette, self.worth) = (samples, colours, palette, worth)
    nearest = colours.map { colour in
      var best: [(error: Float, index: Int)] = []
      for (index, other) in palette.enumerated() {
        let error = squaredError(colour, other)
        guard best.count < Self.alternatives || error < best.last!.error else { continue }
        best.insert((error, index), at: best.firstIndex { $0.error > error } ?? best.count)
        if best.count > Self.alternatives { best.removeLast() }
      }
      return best.map { UInt16($0.index) }
    }
  }

  /// The best colour of a sample that stands for `count` ones.
  func colour(
    at index: Int, _ candidates: Candidates, count: Int,
    costs: () -> (candidates: [Float], number: Float)
  ) -> UInt16 {
    let own = Int(samples[index])
    func error(_ colour: UInt16) -> Float {
      squaredError(colours[own], palette[Int(colour)]) * Float(count)
    }
    if candidates.count > 0, error(candidates[0]) == 0 { return candidates[0] }
    let costs = costs()
    var best = (colour: nearest[own][0], cost: Float.infinity)
    func consider(_ colour: UInt16, bits: Float) {
      let cost = error(colour) + worth * bits
      if cost < best.cost { best = (colour, cost) }
    }
    for index in 0..<candidates.count { consider(candidates[index], bits: costs.candidates[index]) }
    for colour in nearest[own] {
      let isLikely = (0..<candidates.count).contains { candidates[$0] == colour }
      if !isLikely { consider(colour, bits: costs.number) }
    }
    return best.colour
  }
}

@inline(__always)
func squaredError(_ a: SIMD4<Float>, _ b: SIMD4<Float>) -> Float {
  let difference = a - b
  return (difference * difference).sum()
}
