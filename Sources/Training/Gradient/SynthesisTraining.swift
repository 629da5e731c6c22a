import Foundation
import LearnedCodec
import Networks
import Signals
import Wavelets

/// Training of the synthesis network of a codec.
///
/// Where encoder and entropy model stand, it learns from the very symbols that the encoder makes,
/// dead zone and all; where the recipe lets the analysis move, from those of a plain quantiser.
package struct SynthesisTraining: Sendable {
  private let recipe: TrainingRecipe
  /// What it starts from.
  private let start: PictureCodec
  /// The same, tuned as the recipe says: what codes the pictures.
  private let codec: PictureCodec
  /// What else trains; nil for the network alone.
  private let analysis: AnalysisTraining?
  /// Synthesis gains of the network's bands, shape [D].
  private let gains: [Float]
  /// The network's shape; its weights are those of the optimiser.
  private let network: SynthesisNetwork

  /// What a step or a validation has found.
  package struct Report: Sendable {
    /// What training makes small.
    package var loss: Double
    /// Mean PSNR of the linear synthesis in dB, for a peak of 255.
    package var linear: Double
    /// Mean PSNR with the network.
    package var psnr: Double
    /// Mean bits of a pixel by the rate model; 0 without one.
    package var bitsPerPixel: Double
  }

  /// A training by a recipe that starts from a codec.
  ///
  /// - Parameters:
  ///   - source: of pictures, for the ranges of what the network sees.
  ///   - known: the network to start from, of the recipe's shape; nil for an untrained one.
  package init(
    codec: PictureCodec, recipe: TrainingRecipe, source: CropSource,
    from known: SynthesisNetwork? = nil
  ) {
    precondition(
      known.map { $0.shape == recipe.network && $0.planes == codec.planes } ?? true,
      "a network of another shape")
    start = codec
    self.codec = codec.tuned(for: recipe.tuning)
    self.recipe = recipe
    let along = synthesisGains(levels: recipe.network.levels)
    gains = (0..<codec.planes).flatMap { _ in
      along.flatMap { horizontal in along.map { horizontal * $0 } }
    }
    var generator = SeededGenerator(seed: recipe.seed)
    network =
      known
      ?? SynthesisNetwork(
        shape: recipe.network, planes: codec.planes,
        deviations: deviations(source, dimension: gains.count, seed: recipe.seed) {
          Subbands(analyzing: $0, levels: recipe.network.levels).coefficients
        }, using: &generator)
    analysis =
      recipe.trainsAnalysis
      ? AnalysisTraining(
        codec: codec,
        deviations: deviations(source, dimension: codec.channels, seed: recipe.seed) {
          codec.project(Subbands(analyzing: $0, levels: codec.levels)).values
        }) : nil
  }

  /// The untrained weights: those of the network first.
  package var initialParameters: Parameters {
    guard let analysis else { return network.parameters }
    var parameters = Parameters(network.parameters.entries + analysis.entries)
    parameters.values.replaceSubrange(
      ..<network.parameters.entries.count, with: network.parameters.values)
    analysis.start(&parameters)
    return parameters
  }

  /// The codec with these weights; where its analysis has moved, without an entropy model.
  package func codec(_ parameters: Parameters) -> PictureCodec {
    var codec = analysis?.codec(parameters) ?? start
    let entries = network.parameters.entries
    let trained = SynthesisNetwork(
      shape: network.shape, planes: network.planes,
      parameters: Parameters(entries, values: Array(parameters.values[..<entries.count])))
    codec.take(trained, for: recipe.tuning)
    return codec
  }

  /// Multiplications of a patch in the network's matrix products.
  package var multiplications: Int {
    network.parameters.entries.filter { $0.rows > 9 }.reduce(0) { $0 + $1.count }
  }

  /// One step: crops in parallel, their gradients added in order.
  ///
  /// - Parameters:
  ///   - rate: the learning rate.
  package func step(
    _ optimiser: inout Adam, source: CropSource, rate: Float
  ) async -> Report {
    let (parameters, step, count) = (optimiser.parameters, optimiser.steps, recipe.crops)
    let batch = await batchGradient(examples: count, parameters: parameters) { index, weights in
      var generator = SeededGenerator(
        seed: recipe.seed &+ UInt64(step * count + index) &* 0x9E37_79B9)
      let quality = Quality(Double.random(in: 0...100, using: &generator))
      let crop = source.crop(using: &generator)
      return loss(of: crop, quality: quality, weights, using: &generator)
    }
    optimiser.step(
      batch.gradient, rate: rate, largestNorm: recipe.largestNorm,
      factors: parameters.entries.map { AnalysisTraining.rateFactor($0.name) })
    return Self.mean(batch.reports)
  }

  /// PSNR of pictures of whole patches at each quality, with these weights.
  package func validate(
    _ pictures: [Image], qualities: [Double], _ parameters: Parameters
  ) async -> [Report] {
    await concurrentMap(qualities) { quality in
      Self.mean(
        pictures.map {
          reconstruct($0, quality: Quality(quality), weights: parameters.constants()).report
        })
    }
  }

  private static func mean(_ reports: [Report]) -> Report {
    let count = Double(max(reports.count, 1))
    return Report(
      loss: reports.reduce(0) { $0 + $1.loss } / count,
      linear: reports.reduce(0) { $0 + $1.linear } / count,
      psnr: reports.reduce(0) { $0 + $1.psnr } / count,
      bitsPerPixel: reports.reduce(0) { $0 + $1.bitsPerPixel } / count)
  }

  private func loss(
    of image: Image, quality: Quality, _ weights: Weights,
    using generator: inout SeededGenerator
  ) -> (loss: Variable, report: Report) {
    var noise: [Float]?
    if analysis != nil, Float.random(in: 0..<1, using: &generator) < Self.noisyShare {
      let count = codec.channels * image.width * image.height >> (2 * codec.levels)
      noise = (0..<count).map { _ in Float.random(in: -0.5...0.5, using: &generator) }
    }
    var channels: Int?
    if recipe.prefixShare > 0, Float.random(in: 0..<1, using: &generator) < recipe.prefixShare {
      channels = Self.prefixes.filter { $0 < codec.channels }.randomElement(using: &generator)
    }
    return reconstruct(
      image, quality: quality, weights: weights, noise: noise, channels: channels)
  }

  /// The share of crops that get noise in place of rounding: with more of it training learns what
  /// no encoder makes, with none the rate model is not stable.
  private static let noisyShare: Float = 0.3

  /// Numbers of channels that are codecs of their own: 16, 8, 4 and 2 times fewer numbers than
  /// samples where three planes have 192 bands.
  private static let prefixes = [12, 24, 48, 96]

  /// Codes a picture of whole patches and measures the error of its synthesis.
  private func reconstruct(
    _ image: Image, quality: Quality, weights: Weights, noise: [Float]? = nil, channels: Int? = nil
  ) -> (loss: Variable, report: Report) {
    let bands = Subbands(analyzing: image, levels: codec.levels)
    let step = codec.steps.step(at: quality)
    let levels = recipe.network.levels
    let coded = analysis?.coded(bands, step: step, weights: weights, noise: noise)
    let linear =
      (coded?.bands ?? decodedBands(bands, quality: quality, channels: channels))
      .packets(from: codec.levels, to: levels, patchColumns: bands.patchColumns)
    let target = Subbands(analyzing: image, levels: levels)
    let linearError = meanError(linear.values, target.coefficients)
    let correction = network.correction(
      to: linear, patchColumns: target.patchColumns, quality: quality, step: step,
      weights: weights)
    let synthesis = linear.plus(correction)
    if recipe.tuning == .eye {
      return shareLeft(
        by: synthesis, of: linear, error: linearError, image, target.coefficients,
        patchColumns: target.patchColumns)
    }
    // Between equal weight for every picture, as a mean of PSNRs has it, and for every quality:
    // the error of the linear synthesis goes about with the power 1.25 of the step.
    let weight = 1 / (max(linearError, 0.01).squareRoot() * pow(Double(step), 0.63))
    let scale = weight / Double(target.coefficients.count)
    var loss = synthesis.squaredError(
      against: target.coefficients, weights: gains, scale: Float(scale))
    let error = Double(loss.values[0]) / weight
    var report = Report(
      loss: 0, linear: decibels(linearError), psnr: decibels(error), bitsPerPixel: 0)
    if let coded {
      loss = loss.plus(
        coded.bits.scaled(by: Variable(constant: [Float(scale)], rows: 1, columns: 1)))
      report.bitsPerPixel =
        Double(coded.bits.values[0]) / coded.worth / Double(image.width * image.height)
    }
    report.loss = Double(loss.values[0])
    return (loss, report)
  }

  /// What the network leaves of the linear synthesis's squared error and of its structural
  /// difference, as shares of them with equal weight.
  private func shareLeft(
    by synthesis: Variable, of linear: Variable, error linearError: Double, _ image: Image,
    _ target: [Float], patchColumns: Int
  ) -> (loss: Variable, report: Report) {
    let original = image.luma.samples
    func difference(_ bands: Variable) -> Variable {
      let pixels = bands.packets(from: recipe.network.levels, to: 0, patchColumns: patchColumns)
        .product(
          Variable(
            constant: image.planes == 1 ? [1] : Image.lumaWeights, rows: image.planes, columns: 1))
      return pixels.mapped(rows: image.height, columns: image.width) {
        $0
      } adjoint: {
        $0
      }
      .structuralDifference(from: original)
    }
    let linearDifference = difference(
      Variable(
        constant: linear.values, rows: linear.rows, columns: linear.columns)
    ).values[0]
    let scale = 0.5 / (linearError + Self.leastError) / Double(target.count)
    let error = synthesis.squaredError(against: target, weights: gains, scale: Float(scale))
    let structure = difference(synthesis).scaled(
      by: Variable(
        constant: [0.5 / (linearDifference + Self.leastDifference)], rows: 1, columns: 1))
    let loss = error.plus(structure)
    let left = Double(error.values[0]) / scale / Double(target.count)
    return (
      loss,
      Report(
        loss: Double(loss.values[0]), linear: decibels(linearError), psnr: decibels(left),
        bitsPerPixel: 0)
    )
  }

  /// Errors below these are as good as none.
  private static let leastError = 0.05
  private static let leastDifference: Float = 1e-5

  /// Bands of the linear synthesis of a picture that the codec's own encoder quantised.
  ///
  /// - Parameter channels: the first channels that it keeps; nil for all.
  private func decodedBands(_ bands: Subbands, quality: Quality, channels: Int?) -> Variable {
    let symbols = codec.quantize(codec.project(bands, channels: channels), quality: quality)
    let linear = codec.linearSubbands(of: codec.dequantize(symbols, quality: quality))
    return Variable(
      constant: linear.coefficients, rows: linear.patchRows * linear.patchColumns,
      columns: linear.dimension)
  }

  /// Mean squared error of the samples, by that of the network's bands.
  private func meanError(_ a: [Float], _ b: [Float]) -> Double {
    var sum = 0.0
    for start in stride(from: 0, to: a.count, by: gains.count) {
      var patch: Float = 0
      for band in 0..<gains.count {
        let error = a[start + band] - b[start + band]
        patch += gains[band] * error * error
      }
      sum += Double(patch)
    }
    return sum / Double(a.count)
  }

  private func decibels(_ error: Double) -> Double { 10 * log10(65025 / max(error, 1e-3)) }
}

/// Standard deviations of each of the numbers that `body` makes of a patch, over random crops.
/// Shape [dimension].
private func deviations(
  _ source: CropSource, dimension: Int, seed: UInt64, _ body: (Image) -> [Float]
) -> [Float] {
  var generator = SeededGenerator(seed: seed)
  var sums = [Double](repeating: 0, count: dimension)
  var (squares, patches) = (sums, 0.0)
  for _ in 0..<100 {
    let numbers = body(source.crop(using: &generator))
    for (index, value) in numbers.enumerated() {
      sums[index % dimension] += Double(value)
      squares[index % dimension] += Double(value) * Double(value)
    }
    patches += Double(numbers.count / dimension)
  }
  return zip(sums, squares).map { sum, square in
    Float(max(square / patches - sum * sum / (patches * patches), 1e-6).squareRoot())
  }
}
