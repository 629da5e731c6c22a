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
  /// Shape [dimension, width].
  private let input: [Float]
  /// Shape [width].
  private let inputBias: [Float]
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

    var input = [Float](repeating: 0, count: dimension * width)
    let inputScales = network.inputScales(step: step)
    let inputWeights = parameters["input.weight"]
    for (index, band) in order.bands.enumerated() {
      for channel in 0..<shape.width {
        input[index * width + channel] =
          inputWeights[channel * dimension + band] * inputScales[band] * order.scales[index]
          / units[channel]
      }
    }
    self.input = input
    inputBias = filled(zip(parameters["input.bias"], units).map { $0 / $1 }, to: width)

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
          kernel[tap * width + channel] = Int16((value / unit).rounded())
        }
        scales[channel] = unit * units[channel] / spread.steps[channel]
        offsets[channel] = (offset[channel] - spread.lowest[channel]) / spread.steps[channel]
      }
      let expand = Product(
        parameters[name + "expand"], of: spread, rows: shape.hidden, width: width)
      let highest = range(name + "expanded.highest", columns: shape.hidden)
      let levels = highest.map { 255 / max($0 + 0.375, 1e-6) }
      let swish = ByteRange(
        lowest: [Float](repeating: -0.375, count: shape.hidden), steps: levels.map { 1 / $0 })
      let reduce = Product(
        parameters[name + "reduce"], of: swish, rows: shape.width, width: hidden,
        resultUnits: units)
      return Block(
        kernel: kernel, weights: expand.weights + reduce.weights,
        factors: scales + offsets + expand.factors + filled(levels, to: hidden) + reduce.factors)
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
      + filled(zip(last.lowest, last.steps).map { -$0 / $1 }, to: width) + output.factors
  }

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
    // Every offset below is one of whole patches of the rows within, which there are.
    var values = [Int16](repeating: 0, count: all * columns * width)
    let seen = within(shape.blocks)
    packets.values.withUnsafeBufferPointer { numbers in
      values.withUnsafeMutableBufferPointer {
        kernels_input(
          numbers.baseAddress! + seen.lowerBound * columns * dimension, seen.count * columns,
          dimension, input, inputBias, width, $0.baseAddress! + seen.lowerBound * columns * width)
      }
    }
    var next = values
    for (index, block) in blocks.enumerated() {
      let part = within(shape.blocks - 1 - index)
      kernels_block(
        values, all, columns, part.lowerBound, part.upperBound, width, hidden, block.kernel,
        block.weights, block.factors, &next)
      swap(&values, &next)
    }
    values.withUnsafeBufferPointer { values in
      packets.values.withUnsafeMutableBufferPointer { numbers in
        kernels_output(
          values.baseAddress! + rows.lowerBound * columns * width, rows.count * columns, width,
          output.weights, outputFactors,
          numbers.baseAddress! + rows.lowerBound * columns * dimension, dimension)
      }
    }
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
  /// What sums are multiplied with, and what is added. Shape [2, rows filled up].
  let factors: [Float]

  /// - Parameters:
  ///   - matrix: shape [rows, channels of the range].
  ///   - width: the channels, filled up.
  ///   - resultUnits: of the result, for each row; 1 when nil.
  init(
    _ matrix: [Float], of range: ByteRange, rows: Int, width: Int, resultUnits: [Float]? = nil
  ) {
    let (columns, outputs) = (range.steps.count, filled(rows))
    var integers = [Int8](repeating: 0, count: outputs * width)
    var factors = [Float](repeating: 0, count: 2 * outputs)
    for row in 0..<rows {
      let scaled = (0..<columns).map { matrix[row * columns + $0] * range.steps[$0] }
      let unit = max(scaled.reduce(0) { max($0, $1.magnitude) }, 1e-12) / 127
      var offset: Float = 0
      for column in 0..<columns {
        integers[row * width + column] = Int8((scaled[column] / unit).rounded())
        offset += matrix[row * columns + column] * range.lowest[column]
      }
      let result = resultUnits?[row] ?? 1
      factors[row] = unit / result
      factors[outputs + row] = offset / result
    }
    weights = [Int8](unsafeUninitializedCapacity: integers.count) { packed, count in
      kernels_pack(integers, outputs, width, packed.baseAddress!)
      count = integers.count
    }
    self.factors = factors
  }
}

/// Channels, filled up for vectors.
private func filled(_ count: Int) -> Int {
  let lanes = kernels_lanes
  return (count + lanes - 1) / lanes * lanes
}

private func filled(_ values: [Float], to count: Int) -> [Float] {
  values + [Float](repeating: 0, count: count - values.count)
}
