import Foundation
import LearnedCodec
import Networks
import Signals
import Wavelets

/// Training of the synthesis network of a codec whose encoder and entropy model stand: it learns
/// from the very symbols that the encoder makes, dead zone and all.
public struct SynthesisTraining: Sendable {
  private let recipe: TrainingRecipe
  private let codec: Codec
  /// Synthesis gains of the network's bands, shape [D].
  private let gains: [Float]
  /// The network's shape; its weights are those of the optimiser.
  private let network: SynthesisNetwork

  /// What a step or a validation has found.
  public struct Report: Sendable {
    /// What training makes small.
    public var loss: Double
    /// Mean PSNR of the linear synthesis in dB, for a peak of 255.
    public var linear: Double
    /// Mean PSNR with the network.
    public var psnr: Double
  }

  /// A training of the network of a recipe for a codec.
  ///
  /// - Parameter deviations: standard deviations of the network's bands, shape [D].
  public init(codec: Codec, recipe: TrainingRecipe, deviations: [Float]) {
    self.codec = codec
    self.recipe = recipe
    let along = synthesisGains(levels: recipe.network.levels)
    gains = (0..<codec.planes).flatMap { _ in
      along.flatMap { horizontal in along.map { horizontal * $0 } }
    }
    var generator = SplitMix64(seed: recipe.seed)
    network = SynthesisNetwork(
      shape: recipe.network, planes: codec.planes, deviations: deviations, using: &generator)
  }

  /// The untrained weights.
  public var initialParameters: Parameters { network.parameters }

  /// The network with other weights.
  public func network(_ parameters: Parameters) -> SynthesisNetwork {
    var network = network
    network.parameters = parameters
    return network
  }

  /// Multiplications of a patch in the network's matrix products.
  public var multiplications: Int {
    network.parameters.entries.filter { $0.rows > 9 }.reduce(0) { $0 + $1.count }
  }

  /// One step: crops in parallel, their gradients added in order.
  ///
  /// - Parameters:
  ///   - rate: the learning rate.
  public func step(
    _ optimiser: inout Adam, source: CropSource, rate: Float
  ) async -> Report {
    let (parameters, step, count) = (optimiser.parameters, optimiser.steps, recipe.crops)
    let parts = await withTaskGroup(of: (Int, [[Float]], Report).self) { group in
      for index in 0..<count {
        group.addTask {
          var generator = SplitMix64(
            seed: recipe.seed &+ UInt64(step * count + index) &* 0x9E37_79B9)
          let quality = Quality(Double.random(in: 0...100, using: &generator))
          let crop = source.crop(using: &generator)
          let (gradient, report) = differentiate(crop, quality: quality, parameters)
          return (index, gradient, report)
        }
      }
      var parts = [([[Float]], Report)?](repeating: nil, count: count)
      for await (index, gradient, report) in group { parts[index] = (gradient, report) }
      return parts.map { $0! }
    }
    var gradient = parts[0].0
    for part in parts.dropFirst() {
      for index in gradient.indices {
        for place in gradient[index].indices { gradient[index][place] += part.0[index][place] }
      }
    }
    for index in gradient.indices {
      for place in gradient[index].indices { gradient[index][place] /= Float(count) }
    }
    optimiser.step(gradient, rate: rate, largestNorm: recipe.largestNorm)
    return Self.mean(parts.map(\.1))
  }

  /// The learning rate at a step, when this share of the training is done: half a cosine down to
  /// nothing, after a linear warm-up.
  public func rate(at step: Int, share: Double) -> Float {
    let warm = Float(step + 1) / Float(max(recipe.warmUp, 1))
    return recipe.rate * min(warm, 1) * 0.5 * (1 + cos(.pi * Float(min(share, 1))))
  }

  /// PSNR of pictures at each quality, with the network of these weights.
  public func validate(
    _ pictures: [Image], qualities: [Double], _ parameters: Parameters
  ) async -> [Report] {
    await withTaskGroup(of: (Int, Report).self) { group in
      for (index, quality) in qualities.enumerated() {
        group.addTask {
          let reports = pictures.map {
            reconstruct($0, quality: Quality(quality), weights: parameters.constants()).report
          }
          return (index, Self.mean(reports))
        }
      }
      var reports = [Report?](repeating: nil, count: qualities.count)
      for await (index, report) in group { reports[index] = report }
      return reports.map { $0! }
    }
  }

  /// Standard deviations of the packet bands of some random crops. Shape [D].
  public static func deviations(
    levels: Int, source: CropSource, seed: UInt64, crops: Int = 100
  ) -> [Float] {
    var generator = SplitMix64(seed: seed)
    let dimension = source.planes << (2 * levels)
    var sums = [Double](repeating: 0, count: dimension)
    var (squares, patches) = (sums, 0.0)
    for _ in 0..<crops {
      let bands = Subbands(analyzing: source.crop(using: &generator), levels: levels)
      for (index, value) in bands.coefficients.enumerated() {
        sums[index % dimension] += Double(value)
        squares[index % dimension] += Double(value) * Double(value)
      }
      patches += Double(bands.patchRows * bands.patchColumns)
    }
    return zip(sums, squares).map { sum, square in
      Float(max(square / patches - sum * sum / (patches * patches), 1e-6).squareRoot())
    }
  }

  private static func mean(_ reports: [Report]) -> Report {
    let count = Double(max(reports.count, 1))
    return Report(
      loss: reports.reduce(0) { $0 + $1.loss } / count,
      linear: reports.reduce(0) { $0 + $1.linear } / count,
      psnr: reports.reduce(0) { $0 + $1.psnr } / count)
  }

  private func differentiate(
    _ image: Image, quality: Quality, _ parameters: Parameters
  ) -> ([[Float]], Report) {
    let weights = parameters.trainable()
    let (loss, report) = reconstruct(image, quality: quality, weights: weights)
    loss.differentiate()
    return (weights.derivatives, report)
  }

  /// Codes a picture and measures the error of its synthesis.
  private func reconstruct(
    _ image: Image, quality: Quality, weights: Weights
  ) -> (loss: Variable, report: Report) {
    let latents = codec.latents(of: Subbands(analyzing: image, levels: codec.levels))
    let step = codec.steps.step(at: quality)
    let decoded = codec.latents(of: codec.symbols(of: latents, quality: quality), quality: quality)
    let linear = Subbands(
      analyzing: codec.linearSubbands(of: decoded)
        .image(width: image.width, height: image.height), levels: recipe.network.levels)
    var target = Subbands(analyzing: image, levels: recipe.network.levels).coefficients
    for index in target.indices { target[index] -= linear.coefficients[index] }
    var linearError = 0.0
    for start in stride(from: 0, to: target.count, by: gains.count) {
      var sum: Float = 0
      for band in 0..<gains.count {
        sum += gains[band] * target[start + band] * target[start + band]
      }
      linearError += Double(sum)
    }
    linearError /= Double(target.count)
    // Between equal weight for every picture, as a mean of PSNRs has it, and for every quality:
    // the error of the linear synthesis goes about with the power 1.25 of the step.
    let weight = 1 / (max(linearError, 0.01).squareRoot() * pow(Double(step), 0.63))
    let loss = network.correction(to: linear, quality: quality, step: step, weights: weights)
      .squaredError(
        against: target, weights: gains, scale: Float(weight / Double(target.count)))
    let error = Double(loss.values[0]) / weight
    return (
      loss,
      Report(
        loss: Double(loss.values[0]), linear: 10 * log10(65025 / max(linearError, 1e-3)),
        psnr: 10 * log10(65025 / max(error, 1e-3)))
    )
  }
}
