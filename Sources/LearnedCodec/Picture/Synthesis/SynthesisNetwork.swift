import Networks
import Wavelets

/// What the linear synthesis leaves out: a residual network that predicts the difference between
/// a picture and its linear synthesis from that synthesis.
///
/// It works on wavelet packets of the linear synthesis, of fewer levels than the codec's: patches
/// of 4 x 4 learned four times as fast as those of 8 x 8 that the latents have, for there are
/// fewer positions in a patch where an edge can lie. A pointwise layer, blocks of a depthwise 3 x 3
/// convolution and two pointwise layers each, and a pointwise layer to the bands. The quality
/// enters as a gain and an offset for each channel of each block, interpolated between a few
/// nodes; input and output are in units that the quantiser step sets, so that a network for all
/// rates meets numbers of one size.
package struct SynthesisNetwork: Sendable, Equatable {
  /// Sizes of the layers.
  package struct Shape: Sendable, Equatable, Codable {
    /// Levels of the packets that it works on.
    package var levels: Int
    /// Channels between blocks, a multiple of 8.
    package var width: Int
    /// Channels within a block between its pointwise layers.
    package var hidden: Int
    /// Residual blocks.
    package var blocks: Int
    /// Qualities, evenly spread over 0...100, at which gains and offsets are learned.
    package var qualityNodes: Int

    /// A shape; see the properties.
    package init(
      levels: Int = 2, width: Int = 96, hidden: Int = 192, blocks: Int = 4, qualityNodes: Int = 6
    ) {
      self.levels = levels
      self.width = width
      self.hidden = hidden
      self.blocks = blocks
      self.qualityNodes = qualityNodes
    }
  }

  /// Sizes of the layers.
  package let shape: Shape
  /// Planes of the pictures.
  package let planes: Int
  /// Bands D of a patch of its packets.
  package var dimension: Int { planes << (2 * shape.levels) }
  /// All weights; `Self.entries` has their names and shapes.
  package var parameters: Parameters
  /// The ranges of numbers within it that its integers are made for, see `measuringRanges`.
  package var ranges: Parameters

  /// A network of these weights, and of these ranges if they are known.
  package init(shape: Shape, planes: Int, parameters: Parameters, ranges: Parameters? = nil) {
    let ranges = ranges ?? Parameters(Self.rangeEntries(shape))
    precondition(
      parameters.entries == Self.entries(shape, planes: planes)
        && ranges.entries == Self.rangeEntries(shape),
      "weights of another network")
    self.ranges = ranges
    self.shape = shape
    self.planes = planes
    self.parameters = parameters
  }

  /// An untrained network: random inner layers and an output of zero, so that it changes nothing.
  ///
  /// - Parameter deviations: standard deviation of each band, shape [D], in the units of the bands.
  package init(
    shape: Shape, planes: Int, deviations: [Float],
    using generator: inout some RandomNumberGenerator
  ) {
    let dimension = deviations.count
    var parameters = Parameters(Self.entries(shape, planes: planes))
    func random(_ count: Int, inputs: Int) -> [Float] {
      // Uniform with the variance 1 / inputs keeps the size of what passes through.
      let bound = (3 / Float(inputs)).squareRoot()
      return (0..<count).map { _ in Float.random(in: -bound...bound, using: &generator) }
    }
    func ones(_ name: String) -> [Float] {
      [Float](repeating: 1, count: parameters[name].count)
    }
    parameters["deviations"] = deviations
    parameters["input.weight"] = random(shape.width * dimension, inputs: dimension)
    for block in 0..<shape.blocks {
      let name = "blocks.\(block)."
      parameters[name + "kernel"] = random(9 * shape.width, inputs: 9)
      parameters[name + "gain"] = ones(name + "gain")
      parameters[name + "expand"] = random(shape.hidden * shape.width, inputs: shape.width)
      // Small enough that many blocks together do not grow what passes by.
      parameters[name + "reduce"] = random(
        shape.width * shape.hidden, inputs: shape.hidden * shape.blocks)
    }
    parameters["output.gain"] = ones("output.gain")
    self.init(shape: shape, planes: planes, parameters: parameters)
  }

  /// Names and shapes of the weights.
  package static func entries(_ shape: Shape, planes: Int) -> [Parameters.Entry] {
    let (width, hidden, nodes) = (shape.width, shape.hidden, shape.qualityNodes)
    let dimension = planes << (2 * shape.levels)
    var entries: [Parameters.Entry] = [
      .init("deviations", rows: 1, columns: dimension),
      .init("input.weight", rows: width, columns: dimension),
      .init("input.bias", rows: 1, columns: width),
    ]
    for block in 0..<shape.blocks {
      let name = "blocks.\(block)."
      entries += [
        .init(name + "kernel", rows: 9, columns: width),
        .init(name + "gain", rows: nodes, columns: width),
        .init(name + "offset", rows: nodes, columns: width),
        .init(name + "expand", rows: hidden, columns: width),
        .init(name + "reduce", rows: width, columns: hidden),
      ]
    }
    return entries + [
      .init("output.gain", rows: nodes, columns: width),
      .init("output.weight", rows: dimension, columns: width),
    ]
  }

  /// Names and shapes of the ranges, of each channel at `rangeNodes` qualities: the largest
  /// magnitudes between blocks, the lowest and highest numbers before each block's products and
  /// before the last layer, and the highest after hard swish.
  package static func rangeEntries(_ shape: Shape) -> [Parameters.Entry] {
    func entry(_ name: String, _ columns: Int) -> Parameters.Entry {
      .init(name, rows: rangeNodes, columns: columns)
    }
    return (0..<shape.blocks).flatMap { block in
      [
        entry("blocks.\(block).spread.lowest", shape.width),
        entry("blocks.\(block).spread.highest", shape.width),
        entry("blocks.\(block).expanded.highest", shape.hidden),
      ]
    } + [
      entry("values.largest", shape.width),
      entry("output.lowest", shape.width),
      entry("output.highest", shape.width),
    ]
  }

  /// Qualities, evenly spread over 0...100, that ranges are measured at: numbers are several times
  /// larger at the highest than at the lowest.
  package static let rangeNodes = 11

  /// The difference to add to the bands of the linear synthesis, as a graph that training
  /// differentiates.
  ///
  /// - Parameters:
  ///   - bands: of the linear synthesis, `shape.levels` levels, shape [patches, D].
  ///   - patchColumns: patches in a row.
  ///   - quality: the quality of the codec that it came from.
  ///   - step: the quantiser step at it.
  ///   - weights: `parameters` as variables of a graph.
  ///   - observe: called with the name of each range and the numbers that it is of.
  /// - Returns: shape [patches, D].
  package func correction(
    to bands: Variable, patchColumns: Int, quality: Quality, step: Float, weights: Weights,
    observe: (String, Variable) -> Void = { _, _ in }
  ) -> Variable {
    let mixture = mixture(of: quality)
    let scales = Variable(constant: inputScales(step: step), rows: 1, columns: dimension)
    var hidden = bands.scaled(by: scales)
      .linear(weights["input.weight"], bias: weights["input.bias"])
    for index in 0..<shape.blocks {
      let block = Block(index, weights: weights, mixture: mixture)
      observe("values", hidden)
      let spread = hidden.depthwise(block.kernel, gridColumns: patchColumns)
        .scaled(by: block.gain, offset: block.offset)
      observe("blocks.\(index).spread", spread)
      let expanded = spread.linear(block.expand).hardSwish()
      observe("blocks.\(index).expanded", expanded)
      hidden = hidden.plus(expanded.linear(block.reduce))
    }
    observe("values", hidden)
    observe("output", hidden)
    return output(hidden, step: step, weights: weights, mixture: mixture)
  }

  /// A residual block at one quality.
  private struct Block {
    let kernel: Variable
    let gain: Variable
    let offset: Variable
    let expand: Variable
    let reduce: Variable

    init(_ index: Int, weights: Weights, mixture: Variable) {
      let name = "blocks.\(index)."
      kernel = weights[name + "kernel"]
      gain = mixture.product(weights[name + "gain"])
      offset = mixture.product(weights[name + "offset"])
      expand = weights[name + "expand"]
      reduce = weights[name + "reduce"]
    }
  }

  private func output(
    _ hidden: Variable, step: Float, weights: Weights, mixture: Variable
  ) -> Variable {
    let steps = Variable(
      constant: [Float](repeating: step, count: dimension), rows: 1, columns: dimension)
    return hidden.scaled(by: mixture.product(weights["output.gain"]))
      .linear(weights["output.weight"]).scaled(by: steps)
  }

  /// What bands are multiplied with on their way in, to units of the geometric mean of step and
  /// deviation, so that both a change by a step and the whole range of a band are of moderate
  /// size. Shape [D].
  func inputScales(step: Float) -> [Float] {
    parameters["deviations"].map { 1 / (step * $0 + step * step / 12).squareRoot() }
  }

  /// How much each of the quality nodes counts at a quality: linear interpolation. Shape
  /// [1, nodes].
  func mixture(of quality: Quality) -> Variable {
    let nodes = shape.qualityNodes
    var shares = [Float](repeating: 0, count: nodes)
    let (first, second) = Self.position(of: quality, nodes: nodes)
    shares[first] = 1 - second
    if first + 1 < nodes { shares[first + 1] = second }
    return Variable(constant: shares, rows: 1, columns: nodes)
  }

  /// The row between nodes that belongs to a quality. Shape [columns].
  static func interpolated(_ nodes: [Float], columns: Int, at quality: Quality) -> [Float] {
    let (first, second) = position(of: quality, nodes: nodes.count / columns)
    guard second > 0 else { return Array(nodes[first * columns..<(first + 1) * columns]) }
    return (first * columns..<(first + 1) * columns).map {
      (1 - second) * nodes[$0] + second * nodes[$0 + columns]
    }
  }

  /// The node below a quality, and the share of the one above.
  private static func position(of quality: Quality, nodes: Int) -> (first: Int, second: Float) {
    let position = Float(quality.value) / 100 * Float(nodes - 1)
    let first = min(Int(position), max(nodes - 2, 0))
    return (first, position - Float(first))
  }
}
