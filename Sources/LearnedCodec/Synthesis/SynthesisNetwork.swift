import Networks

/// What the linear synthesis leaves out: a residual network at patch resolution that predicts the
/// difference between the bands and their linear reconstruction, from the dequantised latents of
/// a patch and of the patches around it.
///
/// A pointwise layer, blocks of a depthwise 3 x 3 convolution and two pointwise layers each, and a
/// pointwise layer to the bands. The quality enters as a gain and an offset for each channel of
/// each block, interpolated between a few nodes; input and output are in units that the quantiser
/// step sets, so that a network for all rates meets numbers of one size.
public struct SynthesisNetwork: Sendable, Equatable {
  /// Sizes of the layers.
  public struct Shape: Sendable, Equatable, Codable {
    /// Channels between blocks, a multiple of 8.
    public var width: Int
    /// Channels within a block between its pointwise layers.
    public var hidden: Int
    /// Residual blocks.
    public var blocks: Int
    /// Qualities, evenly spread over 0...100, at which gains and offsets are learned.
    public var qualityNodes: Int

    /// A shape; see the properties.
    public init(width: Int = 192, hidden: Int = 384, blocks: Int = 4, qualityNodes: Int = 6) {
      self.width = width
      self.hidden = hidden
      self.blocks = blocks
      self.qualityNodes = qualityNodes
    }
  }

  /// Sizes of the layers.
  public let shape: Shape
  /// Latent channels C of the codec.
  public let channels: Int
  /// Bands D of a patch.
  public let dimension: Int
  /// All weights; `Self.entries` has their names and shapes.
  public var parameters: Parameters

  /// A network of these weights.
  public init(shape: Shape, channels: Int, dimension: Int, parameters: Parameters) {
    precondition(
      parameters.entries == Self.entries(shape, channels: channels, dimension: dimension),
      "weights of another network")
    self.shape = shape
    self.channels = channels
    self.dimension = dimension
    self.parameters = parameters
  }

  /// An untrained network: random inner layers and an output of zero, so that it changes nothing.
  ///
  /// - Parameter deviations: standard deviation of each latent channel, shape [C], in the units of
  ///   the latents.
  public init(
    shape: Shape, deviations: [Float], dimension: Int,
    using generator: inout some RandomNumberGenerator
  ) {
    let channels = deviations.count
    var parameters = Parameters(Self.entries(shape, channels: channels, dimension: dimension))
    func random(_ count: Int, inputs: Int) -> [Float] {
      // Uniform with the variance 1 / inputs keeps the size of what passes through.
      let bound = (3 / Float(inputs)).squareRoot()
      return (0..<count).map { _ in Float.random(in: -bound...bound, using: &generator) }
    }
    func ones(_ name: String) -> [Float] {
      [Float](repeating: 1, count: parameters[name].count)
    }
    parameters["deviations"] = deviations
    parameters["input.weight"] = random(shape.width * channels, inputs: channels)
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
    self.init(shape: shape, channels: channels, dimension: dimension, parameters: parameters)
  }

  /// Names and shapes of the weights.
  public static func entries(
    _ shape: Shape, channels: Int, dimension: Int
  ) -> [Parameters.Entry] {
    let (width, hidden, nodes) = (shape.width, shape.hidden, shape.qualityNodes)
    var entries: [Parameters.Entry] = [
      .init("deviations", rows: 1, columns: channels),
      .init("input.weight", rows: width, columns: channels),
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

  /// The difference to add to the linear bands, as a graph that training differentiates.
  ///
  /// - Parameters:
  ///   - latents: dequantised; channels beyond theirs count as zero.
  ///   - quality: the quality they were quantised at.
  ///   - step: the quantiser step at it, in the units of the latents.
  ///   - weights: `parameters` as variables of a graph.
  /// - Returns: shape [patches, D].
  public func correction(
    to latents: Latents, quality: Quality, step: Float, weights: Weights
  ) -> Variable {
    let mixture = mixture(of: quality)
    var hidden = input(latents, patches: 0..<latents.patchRows * latents.patchColumns, step: step)
      .linear(weights["input.weight"], bias: weights["input.bias"])
    for index in 0..<shape.blocks {
      let block = Block(index, weights: weights, mixture: mixture)
      hidden = hidden.plus(
        block.change(hidden.depthwise(block.kernel, gridColumns: latents.patchColumns)))
    }
    return output(hidden, step: step, weights: weights, mixture: mixture)
  }

  /// Some patch rows of the difference to add to the linear bands.
  ///
  /// What they depend on are the latents up to `shape.blocks` patches away. Runs a few rows at a
  /// time, so that what lies between the layers of a block stays in the cache.
  /// - Parameters:
  ///   - latents: dequantised; channels beyond theirs count as zero.
  ///   - quality: the quality they were quantised at.
  ///   - step: the quantiser step at it, in the units of the latents.
  ///   - rows: the patch rows wanted.
  /// - Returns: shape [rows.count, patchColumns, D].
  public func correction(
    to latents: Latents, quality: Quality, step: Float, rows: Range<Int>
  ) -> [Float] {
    let (columns, width) = (latents.patchColumns, shape.width)
    let weights = parameters.constants()
    let mixture = mixture(of: quality)
    let rowsAtOnce = max(1, 512 / max(columns, 1))
    /// What `body` makes of the patch rows within `distance` of those wanted.
    func forRows(within distance: Int, _ body: (Range<Int>) -> Void) {
      let first = max(rows.lowerBound - distance, 0)
      let last = min(rows.upperBound + distance, latents.patchRows)
      for row in stride(from: first, to: last, by: rowsAtOnce) {
        body(row..<min(row + rowsAtOnce, last))
      }
    }
    func patches(_ rows: Range<Int>) -> Range<Int> {
      rows.lowerBound * columns..<rows.upperBound * columns
    }
    func numbers(_ rows: Range<Int>) -> Range<Int> {
      rows.lowerBound * columns * width..<rows.upperBound * columns * width
    }
    var hidden = [Float](repeating: 0, count: latents.patchRows * columns * width)
    forRows(within: shape.blocks) { rows in
      let part = input(latents, patches: patches(rows), step: step)
        .linear(weights["input.weight"], bias: weights["input.bias"])
      hidden.replaceSubrange(numbers(rows), with: part.values)
    }
    for index in 0..<shape.blocks {
      let block = Block(index, weights: weights, mixture: mixture)
      var next = hidden
      forRows(within: shape.blocks - 1 - index) { rows in
        let spread = Variable(
          constant: depthwise(
            hidden, kernel: block.kernel.values, gridColumns: columns, rows: rows),
          rows: rows.count * columns, columns: width)
        let change = block.change(spread).values
        let first = numbers(rows).lowerBound
        for offset in change.indices { next[first + offset] += change[offset] }
      }
      hidden = next
    }
    var result: [Float] = []
    result.reserveCapacity(rows.count * columns * dimension)
    forRows(within: 0) { rows in
      let part = Variable(
        constant: Array(hidden[numbers(rows)]), rows: rows.count * columns, columns: width)
      result += output(part, step: step, weights: weights, mixture: mixture).values
    }
    return result
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

    /// What the block adds, after its depthwise convolution.
    func change(_ spread: Variable) -> Variable {
      spread.scaled(by: gain, offset: offset).linear(expand).hardSwish().linear(reduce)
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

  /// Latents in units of the geometric mean of step and deviation, so that both a change by a step
  /// and the whole range of a channel are of moderate size. Shape [patches.count, C].
  private func input(_ latents: Latents, patches: Range<Int>, step: Float) -> Variable {
    let scales = parameters["deviations"].map { deviation in
      1 / (step * deviation + step * step / 12).squareRoot()
    }
    let kept = latents.channels
    var values = [Float](repeating: 0, count: patches.count * channels)
    for (index, patch) in patches.enumerated() {
      for channel in 0..<kept {
        values[index * channels + channel] =
          latents.values[patch * kept + channel] * scales[channel]
      }
    }
    return Variable(constant: values, rows: patches.count, columns: channels)
  }

  /// How much each of the quality nodes counts at a quality: linear interpolation. Shape
  /// [1, nodes].
  private func mixture(of quality: Quality) -> Variable {
    let nodes = shape.qualityNodes
    var shares = [Float](repeating: 0, count: nodes)
    let position = Float(quality.value) / 100 * Float(nodes - 1)
    let first = min(Int(position), max(nodes - 2, 0))
    shares[first] = 1 - (position - Float(first))
    if nodes > 1 { shares[first + 1] = position - Float(first) }
    return Variable(constant: shares, rows: 1, columns: nodes)
  }
}
