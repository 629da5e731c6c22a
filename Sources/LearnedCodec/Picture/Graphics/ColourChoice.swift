import EntropyCoding

/// The encoder's choice of the colours of graphics: those of a palette that its few cost, where error
/// and bits together are least.
struct ColourChoice {
  /// The number of the colour of each sample among `nearest`; shape [height, width].
  private let samples: [Int32]
  /// Colours of the palette that are nearest to each colour of the samples, nearest first.
  private let nearest: [[UInt16]]
  /// Squared errors of all colours of the palette against each colour of the samples, in 8-bit units.
  private let colours: [SIMD4<Float>]
  private let palette: [SIMD4<Float>]
  /// Squared error that a bit is worth.
  private let worth: Float

  /// Colours of the palette that are looked at beside the likely ones.
  private static let alternatives = 3

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

/// Cells of a strip that are to be coded as graphics, and the samples that lay there.
struct GraphicsCells: Sendable {
  let width: Int
  let height: Int
  /// Shape [cell rows, cell columns].
  var kinds: [GraphicsLayer.Kind]
  /// As in a palette, where there are cells; shape [height, width].
  var samples: [UInt64]

  /// Squared error that a bit is worth at the most, in 8-bit units: beyond, wrong colours beget others,
  /// and screens get larger and worse at once.
  static let largestWorth: Float = 150

  /// Their bytes.
  ///
  /// - Parameters:
  ///   - maximum: the largest sample.
  ///   - worth: squared error that a bit is worth, in 8-bit units.
  func encoded(channels: Int, maximum: Float, worth: Float) -> [UInt8] {
    var layer = GraphicsLayer(width: width, height: height)
    layer.kinds = kinds
    var (numbers, colours, counts) = ([UInt64: Int32](), [UInt64](), [Int]())
    var indices = [Int32](repeating: 0, count: samples.count)
    for row in 0..<height {
      for column in 0..<width where isCell(row, column) {
        let sample = samples[row * width + column]
        let number =
          numbers[sample]
          ?? {
            colours.append(sample)
            counts.append(0)
            numbers[sample] = Int32(colours.count - 1)
            return Int32(colours.count - 1)
          }()
        counts[Int(number)] += 1
        indices[row * width + column] = number
      }
    }
    let scale = 255 / maximum
    func units(_ colour: UInt64) -> SIMD4<Float> {
      var units = SIMD4<Float>.zero
      for channel in 0..<channels {
        units[channel] = Float(colour >> UInt64(16 * channel) & 0xFFFF) * scale
      }
      return units
    }
    let bits = maximum > 255 ? 16 : 8
    // A colour is worth its place where those before it would cost more in error.
    let places = worth * Float(bits * channels + 6)
    var palette: [UInt64] = []
    var paletteUnits: [SIMD4<Float>] = []
    for index in colours.indices.sorted(by: {
      (counts[$1], colours[$0]) < (counts[$0], colours[$1])
    }) {
      let own = units(colours[index])
      let error = paletteUnits.reduce(Float.infinity) { min($0, squaredError(own, $1)) }
      if error * Float(counts[index]) > places, palette.count < GraphicsLayer.largestPalette {
        palette.append(colours[index])
        paletteUnits.append(own)
      }
    }
    let colourUnits = colours.map(units)
    func choice() -> ColourChoice {
      ColourChoice(
        samples: indices, colours: colourUnits, palette: palette.map(units), worth: worth)
    }
    layer.palette = palette
    var trial = GraphicsCoder(CodeLength(), width: width)
    trial.code(&layer, channels: channels, bits: bits, choice: choice())
    var isUsed = [Bool](repeating: false, count: palette.count)
    for row in 0..<height {
      for column in 0..<width where isCell(row, column) {
        isUsed[Int(layer.colours[row * width + column])] = true
      }
    }
    palette = zip(palette, isUsed).filter { $1 }.map { $0.0 }
    layer.palette = palette
    var coder = GraphicsCoder(RangeEncoder(), width: width)
    coder.code(&layer, channels: channels, bits: bits, choice: choice())
    return coder.finish()
  }

  private func isCell(_ row: Int, _ column: Int) -> Bool {
    let side = GraphicsLayer.cellSide
    return kinds[row / side * GraphicsLayer.cells(width) + column / side] != .transformed
  }
}

extension GraphicsLayer {
  /// The layer of some bytes: any bytes decode to some layer.
  init(decoding bytes: ArraySlice<UInt8>, width: Int, height: Int, channels: Int, bits: Int) {
    self.init(width: width, height: height)
    var coder = GraphicsCoder(RangeDecoder(bytes), width: width)
    coder.code(&self, channels: channels, bits: bits)
    // Damaged bytes may name colours beyond the palette.
    let last = UInt16(palette.count - 1)
    for index in colours.indices where colours[index] > last { colours[index] = last }
  }
}
