import EntropyCoding

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
    let found = numbered()
    let units = found.colours.map { colour in
      var units = SIMD4<Float>.zero
      for channel in 0..<channels {
        units[channel] = Float(colour >> UInt64(16 * channel) & 0xFFFF) * 255 / maximum
      }
      return units
    }
    let bits = maximum > 255 ? 16 : 8
    // A colour is worth its place where those before it would cost more in error.
    let place = worth * Float(bits * channels + 6)
    var palette: [Int] = []
    for index in units.indices.sorted(by: {
      (found.counts[$1], found.colours[$0]) < (found.counts[$0], found.colours[$1])
    }) {
      let error = palette.reduce(Float.infinity) { min($0, squaredError(units[index], units[$1])) }
      if error * Float(found.counts[index]) > place { palette.append(index) }
    }
    var layer = GraphicsLayer(width: width, height: height)
    layer.kinds = kinds
    func code<Coder: BinaryCoder>(with coder: Coder) -> Coder {
      layer.palette = palette.map { found.colours[$0] }
      var graphics = GraphicsCoder(coder, width: width)
      graphics.code(
        &layer, channels: channels, bits: bits,
        choice: ColourChoice(
          samples: found.numbers, colours: units, palette: palette.map { units[$0] }, worth: worth))
      return graphics.finish()
    }
    // Once for the colours that are of no use after all.
    _ = code(with: CodeLength())
    var isUsed = [Bool](repeating: false, count: palette.count)
    forEachSample { isUsed[Int(layer.colours[$0])] = true }
    palette = zip(palette, isUsed).filter { $1 }.map { $0.0 }
    return code(with: RangeEncoder()).finish()
  }

  /// The colours of cells, how many samples have each, and the number of each sample's among them, of
  /// shape [height, width].
  private func numbered() -> (colours: [UInt64], counts: [Int], numbers: [Int32]) {
    var (colours, counts): ([UInt64], [Int]) = ([], [])
    var numbers = [Int32](repeating: 0, count: samples.count)
    var known: [UInt64: Int32] = [:]
    forEachSample { index in
      if let number = known[samples[index]] {
        numbers[index] = number
      } else {
        numbers[index] = Int32(colours.count)
        known[samples[index]] = numbers[index]
        colours.append(samples[index])
        counts.append(0)
      }
      counts[Int(numbers[index])] += 1
    }
    return (colours, counts, numbers)
  }

  /// Calls `work` with the index of each sample of a cell.
  private func forEachSample(_ work: (Int) -> Void) {
    let (side, columns) = (GraphicsLayer.cellSide, GraphicsLayer.cells(width))
    for row in 0..<height {
      for column in 0..<width
      where kinds[row / side * columns + column / side] != .transformed {
        work(row * width + column)
      }
    }
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
