import CKernels
import Networks
import Wavelets

/// The synthesis network at one quality, in integers: numbers of 16 bits between its blocks, of 8
/// bits within, as are the weights of its products. For the packets of one decoder; results are
/// the same on every machine.
///
/// Each channel has a scale of its own, by the network's ranges; scales, gains and units are multiplied
/// into the weights and into what sums are multiplied with. Channels are filled up with zeros to a
/// multiple of `kernels_lanes`.
struct IntegerNetwork: Sendable {
  private let shape: SynthesisNetwork.Shape
  private let dimension: Int
  /// Channels, filled up.
  private let width: Int
  private let hidden: Int
  private let input: InputLayer
  private let blocks: [Block]
  private let output: Product
  /// Scale and offset of the last layer's bytes, [2, width], and of its sums.
  private let outputFactors: [Float]

  /// What `kernels_block` takes.
  private struct Block {
    let kernel: [Int16]
    let weights: [Int8]
    let factors: [Float]
  }

  /// The weights of a network at a quality whose quantiser step is `step`.
  init(_ network: SynthesisNetwork, quality: Quality, step: Float) {
    let (shape, parameters, ranges) = (network.shape, network.parameters, network.ranges)
    (self.shape, dimension) = (shape, network.dimension)
    let (width, hidden) = (filled(shape.width), filled(shape.hidden))
    (self.width, self.hidden) = (width, hidden)
    let order = BandOrder(planes: network.planes, levels: shape.levels)
    func atQuality(_ name: String) -> [Float] {
      SynthesisNetwork.interpolated(parameters[name], columns: shape.width, at: quality)
    }
    func range(_ name: String, columns: Int? = nil) -> [Float] {
      SynthesisNetwork.interpolated(ranges[name], columns: columns ?? shape.width, at: quality)
    }
    let units = range("values.largest").map { Self.headroom * max($0, 1e-6) / 32767 }

    input = InputLayer(
      scales: zip(order.bands, order.scales).map { [scales = network.inputScales(step: step)] in
        scales[$0] * $1
      },
      weights: parameters["input.weight"], bands: order.bands, bias: parameters["input.bias"],
      resultUnits: units, width: width)

    blocks = (0..<shape.blocks).map { index in
      let name = "blocks.\(index)."
      let (gain, offset) = (atQuality(name + "gain"), atQuality(name + "offset"))
      let spread = ByteRange(range(name + "spread.lowest"), range(name + "spread.highest"))
      var kernel = [Int16](repeating: 0, count: 9 * width)
      var (scales, offsets) = (
        [Float](repeating: 0, count: width), [Float](repeating: 0, count: width)
      )
      let weights = parameters[name + "kernel"]
      for channel in 0..<shape.width {
        let taps = (0..<9).map { weights[$0 * shape.width + channel] * gain[channel] }
        // Rounded up by half at most each, they add up to less than 2^15.
        let unit = max(taps.reduce(0) { $0 + $1.magnitude }, 1e-9) / 32760
        for (tap, value) in taps.enumerated() {
          kernel[tap * width + channel] = Int16(truncatingIfNeeded: nearest(value / unit))
        }
        scales[channel] = unit * units[channel] / spread.steps[channel]
        offsets[channel] =
          (offset[channel] - spread.lowest[channel]) / spread.steps[channel] + Self.rounding
      }
      // Hard swish, x min(max(x / 6 + 1/2, 0), 1), is at least -3/8.
      let lowest: Float = -0.375
      let highest = range(name + "expanded.highest", columns: shape.hidden)
      let levels = highest.map { 255 / max($0 - lowest, 1e-6) }
      let swish = ByteRange(
        lowest: [Float](repeating: lowest, count: shape.hidden), steps: levels.map { 1 / $0 })
      let expand = Product(
        parameters[name + "expand"], of: spread, rows: shape.hidden, width: width)
      let reduce = Product(
        parameters[name + "reduce"], of: swish, rows: shape.width, width: hidden,
        resultUnits: units)
      return Block(
        kernel: kernel, weights: expand.weights + reduce.weights,
        factors: scales + offsets + expand.swish(levels: levels, lowest: lowest)
          + reduce.scales + reduce.offsets)
    }

    let last = ByteRange(range("output.lowest"), range("output.highest"))
    let gains = atQuality("output.gain")
    let outputWeights = parameters["output.weight"]
    let changes = zip(order.bands, order.scales).flatMap { band, scale in
      (0..<shape.width).map { outputWeights[band * shape.width + $0] * gains[$0] * step / scale }
    }
    output = Product(changes, of: last, rows: dimension, width: width)
    outputFactors =
      filled(zip(units, last.steps).map { $0 / $1 }, to: width)
      + filled(zip(last.lowest, last.steps).map { -$0 / $1 + Self.rounding }, to: width)
      + output.scales + output.offsets
  }

  /// What makes the nearest integer of one that loses its fraction.
  fileprivate static let rounding: Float = 0.5

  /// How much larger than those that were measured numbers between blocks may be.
  private static let headroom: Float = 2

  /// Adds the difference to some patch rows of the linear synthesis.
  ///
  /// What they depend on are the patches up to `shape.blocks` away.
  /// - Parameters:
  ///   - packets: of the linear synthesis, `shape.levels` levels.
  ///   - rows: the patch rows wanted.
  func correct(_ packets: inout PacketRows, rows: Range<Int>) {
    let (columns, all) = (packets.patchColumns, packets.patchRows)
    precondition(
      packets.dimension == dimension && packets.levels == shape.levels
        && rows.lowerBound >= 0 && rows.upperBound <= all, "packets of another shape")
    guard !rows.isEmpty, columns > 0 else { return }
    /// The patch rows within `distance` of those wanted.
    func within(_ distance: Int) -> Range<Int> {
      (rows.lowerBound - distance..<rows.upperBound + distance).clamped(to: 0..<all)
    }
    // What goes into a block, and what comes from the last one: three rows each, in turn. Every
    // offset below is one of whole patch rows that there are, or of one of these.
    let row = columns * width
    var turns = [Int16](repeating: 0, count: (shape.blocks + 1) * 3 * row)
    packets.values.withUnsafeMutableBufferPointer { numbers in
      turns.withUnsafeMutableBufferPointer { turns in
        func turn(_ block: Int, _ index: Int) -> UnsafeMutablePointer<Int16> {
          turns.baseAddress! + (block * 3 + index % 3) * row
        }
        func packets(_ index: Int) -> UnsafeMutablePointer<Float> {
          numbers.baseAddress! + index * columns * dimension
        }
        let seen = within(shape.blocks)
        for index in seen.lowerBound..<rows.upperBound + shape.blocks {
          if index < seen.upperBound {
            kernels_input(
              packets(index), columns, dimension, input.scales, input.weights, input.factors, width,
              turn(0, index))
          }
          // Each block follows a row behind the one before.
          for (number, block) in blocks.enumerated() {
            let index = index - number - 1
            guard within(shape.blocks - 1 - number).contains(index) else { continue }
            kernels_block(
              index > 0 ? turn(number, index - 1) : nil, turn(number, index),
              index + 1 < all ? turn(number, index + 1) : nil, columns, width, hidden,
              block.kernel, block.weights, block.factors, turn(number + 1, index))
          }
          let done = index - shape.blocks
          guard rows.contains(done) else { continue }
          kernels_output(
            turn(shape.blocks, done), columns, width, output.weights, outputFactors,
            packets(done), dimension)
        }
      }
    }
  }
}

/// The first layer: of 16 bits, as what goes into it differs too much in size for 8.
private struct InputLayer {
  /// From numbers of packets to integers. Shape [dimension].
  let scales: [Float]
  /// Shape [filled up dimension / 2, width, 2].
  let weights: [Int16]
  /// What sums are multiplied with, and what is added. Shape [2, width].
  let factors: [Float]

  /// In the units that numbers come in, one is the geometric mean of step and deviation: what lies
  /// beyond this many is cut off.
  private static let largest: Float = 256

  /// - Parameters:
  ///   - scales: of each number of a patch, to its unit.
  ///   - weights: shape [channels, dimension], in the order of `bands`.
  ///   - bands: the band of each number.
  ///   - bias: shape [channels].
  ///   - resultUnits: of the result, for each channel.
  ///   - width: the channels, filled up.
  init(
    scales: [Float], weights: [Float], bands: [Int], bias: [Float], resultUnits: [Float], width: Int
  ) {
    let (dimension, unit) = (scales.count, Self.largest / 32767)
    self.scales = scales.map { $0 / unit }
    var integers = [Int16](repeating: 0, count: filled(dimension) * width)
    var factors = [Float](repeating: 0, count: 2 * width)
    for channel in 0..<bias.count {
      let row = bands.map { weights[channel * dimension + $0] }
      // Rounded up by half at most each, magnitudes add up to less than 2^16, and products with
      // 16 bits to less than 2^31.
      let largest = row.reduce(0) { max($0, $1.magnitude) } / 32767
      let step = max(largest, row.reduce(0) { $0 + $1.magnitude } / Float(65535 - dimension), 1e-12)
      for (index, weight) in row.enumerated() {
        integers[(index / 2 * width + channel) * 2 + index % 2] = Int16(
          truncatingIfNeeded: nearest(weight / step))
      }
      factors[channel] = step * unit / resultUnits[channel]
      factors[width + channel] = bias[channel] / resultUnits[channel]
    }
    (self.weights, self.factors) = (integers, factors)
  }
}

/// How the numbers of each channel become bytes: `lowest + step * byte`.
private struct ByteRange {
  let lowest: [Float]
  let steps: [Float]

  init(lowest: [Float], steps: [Float]) {
    (self.lowest, self.steps) = (lowest, steps)
  }

  init(_ lowest: [Float], _ highest: [Float]) {
    self.init(lowest: lowest, steps: zip(lowest, highest).map { max($1 - $0, 1e-6) / 255 })
  }
}

/// A product with bytes.
private struct Product {
  /// As `kernels_pack` makes them.
  let weights: [Int8]
  /// What sums are multiplied with. Shape [rows filled up].
  let scales: [Float]
  /// What is added, likewise.
  let offsets: [Float]

  /// - Parameters:
  ///   - matrix: shape [rows, channels of the range].
  ///   - width: the channels, filled up.
  ///   - resultUnits: of the result, for each row; 1 when nil.
  init(
    _ matrix: [Float], of range: ByteRange, rows: Int, width: Int, resultUnits: [Float]? = nil
  ) {
    let (columns, outputs) = (range.steps.count, filled(rows))
    precondition(matrix.count == rows * columns && columns <= width, "a matrix of another shape")
    var integers = [Int8](repeating: 0, count: outputs * width)
    var scales = [Float](repeating: 0, count: outputs)
    var offsets = scales
    var scaled = [Float](repeating: 0, count: columns)
    matrix.withUnsafeBufferPointer { matrix in
      for row in 0..<rows {
        let weights = matrix.extracting(row * columns..<(row + 1) * columns)
        var (largest, offset): (Float, Float) = (1e-12, 0)
        for column in 0..<columns {
          scaled[column] = weights[column] * range.steps[column]
          largest = max(largest, scaled[column].magnitude)
          offset += weights[column] * range.lowest[column]
        }
        for column in 0..<columns {
          integers[row * width + column] = Int8(
            truncatingIfNeeded: nearest(scaled[column] * (127 / largest)))
        }
        let result = resultUnits?[row] ?? 1
        scales[row] = largest / 127 / result
        offsets[row] = offset / result
      }
    }
    weights = [Int8](unsafeUninitializedCapacity: integers.count) { packed, count in
      kernels_pack(integers, outputs, width, packed.baseAddress!)
      count = integers.count
    }
    (self.scales, self.offsets) = (scales, offsets)
  }

  /// What `kernels_block` takes to make bytes of the results' hard swish, whose `lowest` becomes 0
  /// and which are multiplied with `levels`. Shape [5, rows filled up].
  func swish(levels: [Float], lowest: Float) -> [Float] {
    let levels = filled(levels, to: scales.count)
    return zip(scales, levels).map { $0 * $1 } + zip(offsets, levels).map { $0 * $1 }
      + scales.map { $0 / 6 } + offsets.map { $0 / 6 + 0.5 }
      + levels.map { IntegerNetwork.rounding - lowest * $0 }
  }
}

/// The nearest integer of one below 2^22; of others, and of what is no number, any.
@inline(__always)
private func nearest(_ value: Float) -> Int32 {
  Int32(bitPattern: (value + 0x1.8p23).bitPattern) &- 0x4b40_0000
}

/// Channels, filled up for vectors.
private func filled(_ count: Int) -> Int {
  let lanes = kernels_lanes
  return (count + lanes - 1) / lanes * lanes
}

private func filled(_ values: [Float], to count: Int) -> [Float] {
  values + [Float](repeating: 0, count: count - values.count)
}
