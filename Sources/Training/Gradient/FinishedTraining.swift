import Foundation
import LearnedCodec
import Networks
import Signals
import Wavelets

extension TrainingRun {
  /// Makes the codec of a training by the trainer's twin in PyTorch, in `codec/` of its folder.
  ///
  /// The folder holds `fit/`, the codec that it started from, `codec.json`, its recipe, and
  /// `weights.safetensors`, what it has learned: `projection`, `synthesis` and `network.*`, named and
  /// shaped as in a codec.
  ///
  /// - Parameters:
  ///   - folder: of the training.
  ///   - pictures: those it was trained on, for the ranges of its network, and for the entropy model
  ///     where its analysis has moved.
  ///   - progress: called with the share of them that was read.
  /// - Throws: `CodecFolderError`, `SafetensorsError`, `FitError`, `LinearAlgebraError`, or what
  ///   reading a picture throws.
  public static func finish(
    folder: URL, pictures: TrainingPictures, progress: (Double) -> Void
  ) throws -> PictureCodec {
    let path = folder.appendingPathComponent("codec.json")
    let recipe = try TrainingRecipe(path: path)
    let start = try PictureCodec(folder: folder.appendingPathComponent("fit"))
    guard recipe.levels == start.levels else {
      throw CodecFolderError.field(
        path: path.path, field: "levels", value: "\(recipe.levels) after a fit of \(start.levels)")
    }
    let weights = folder.appendingPathComponent("weights.safetensors")
    let file = try Safetensors(parsing: [UInt8](Data(contentsOf: weights)), name: weights.path)
    let matrices = try Parameters(
      ["projection", "synthesis"].map {
        Parameters.Entry($0, rows: start.channels, columns: start.dimension)
      }, from: file)
    let network = SynthesisNetwork(
      shape: recipe.network, planes: start.planes,
      parameters: try Parameters(
        SynthesisNetwork.entries(recipe.network, planes: start.planes), from: file,
        prefix: "network."))
    guard recipe.tuning == .psnr || start.eyeWeights != nil else {
      throw CodecFolderError.field(
        path: path.path, field: "training.tuning", value: "eye for a codec that has none")
    }
    // Both networks of a codec have one shape.
    let isOne = recipe.tuning == .eye ? start.network == nil : start.eyeNetwork == nil
    guard isOne || recipe.network == start.network?.shape else {
      throw CodecFolderError.field(
        path: path.path, field: "network", value: "another than in \(start.name)")
    }
    var codec = PictureCodec(
      name: "", planes: start.planes, levels: start.levels, channels: start.channels,
      projection: matrices["projection"], synthesis: matrices["synthesis"],
      pyramidLevels: start.pyramidLevels, network: start.network, eyeNetwork: start.eyeNetwork,
      steps: start.steps, deadZone: start.deadZone, rateWeight: start.rateWeight,
      operatingPoints: start.operatingPoints, eyeWeights: start.eyeWeights)
    codec.take(network, for: recipe.tuning)
    let source = try CropSource(trainedBy: recipe, pictures, progress: progress)
    if recipe.trainsAnalysis {
      codec = try codec.withEntropyModel(like: start, source: source, seed: recipe.seed)
    }
    codec = codec.measuringRanges(source: source, recipe: recipe)
    return try codec.replaceCodec(of: folder, training: recipe.fields)
  }
}

extension PictureCodec {
  /// Crops that an entropy model is fitted to.
  private static let entropyCrops = 300

  /// The codec with an entropy model of its own, fitted to random crops, at the qualities of another
  /// codec's.
  func withEntropyModel(
    like other: PictureCodec, source: CropSource, seed: UInt64
  ) throws(LinearAlgebraError) -> PictureCodec {
    var generator = SeededGenerator(seed: seed)
    let latents = (0..<Self.entropyCrops).map { _ in
      project(Subbands(analyzing: source.crop(using: &generator), levels: levels))
    }
    var codec = self
    // The channels have other bands than before.
    if other.eyeWeights != nil { codec.eyeWeights = EyeCurve.standard.weights(of: codec) }
    try codec.fitOperatingPoints(
      at: other.operatingPoints.map(\.quality), to: latents, predicted: ClosedFormFit.predicted,
      hasSurroundings: true)
    return codec
  }

  /// Takes a network that was trained for a tuning: beside one for the least squared error of the same
  /// shape, that for the eye is another one.
  mutating func take(_ trained: SynthesisNetwork, for tuning: PictureOptions.Tuning) {
    if tuning == .eye, network?.shape == trained.shape {
      eyeNetwork = trained
    } else {
      network = trained
    }
  }

  /// The codec with the ranges of the network that a recipe trained, measured on random crops at all
  /// qualities: on pictures of the tuning that it serves, or of both in turns.
  package func measuringRanges(source: CropSource, recipe: TrainingRecipe) -> PictureCodec {
    var codec = self
    let tuned = tuned(for: .eye)
    if recipe.tuning == .eye, let eyeNetwork {
      codec.eyeNetwork = eyeNetwork.measuringRanges(of: [tuned], source: source, recipe.seed)
    } else if let network {
      let tunings = eyeWeights == nil || eyeNetwork != nil ? [self] : [self, tuned]
      codec.network = network.measuringRanges(of: tunings, source: source, recipe.seed)
    }
    return codec
  }

  /// Saves the codec as `codec/` in the folder of a training, in place of the one there, complete
  /// before it takes its name, and returns it as loaded from there.
  func replaceCodec(of folder: URL, training: [String: String]) throws -> PictureCodec {
    let files = FileManager.default
    let current = folder.appendingPathComponent("codec")
    let next = folder.appendingPathComponent("codec.next")
    let last = folder.appendingPathComponent("codec.last")
    try? files.removeItem(at: next)
    let codec = try save(to: next, training: training)
    // A folder cannot be replaced in one step; at each moment one of the two is there.
    try? files.removeItem(at: last)
    if files.fileExists(atPath: current.path) { try files.moveItem(at: current, to: last) }
    try files.moveItem(at: next, to: current)
    try? files.removeItem(at: last)
    return codec
  }
}

extension SynthesisNetwork {
  /// Crops at each quality that ranges are measured on.
  private static let rangeCrops = 8

  /// The network with its ranges on crops that codecs decode in turns.
  fileprivate func measuringRanges(
    of codecs: [PictureCodec], source: CropSource, _ seed: UInt64
  ) -> SynthesisNetwork {
    var generator = SeededGenerator(seed: seed)
    return measuringRanges { quality in
      (0..<Self.rangeCrops).map { index in
        let codec = codecs[index % codecs.count]
        let bands = Subbands(analyzing: source.crop(using: &generator), levels: codec.levels)
        let symbols = codec.quantize(codec.project(bands), quality: quality)
        let linear = codec.linearSubbands(of: codec.dequantize(symbols, quality: quality))
        let further = codec.levels - shape.levels
        let sample = Subbands(
          patchRows: linear.patchRows << further, patchColumns: linear.patchColumns << further,
          planes: planes, levels: shape.levels,
          coefficients: Variable(
            constant: linear.coefficients, rows: linear.patchRows * linear.patchColumns,
            columns: linear.dimension
          ).packets(
            from: codec.levels, to: shape.levels, patchColumns: linear.patchColumns
          ).values)
        return (sample, codec.steps.step(at: quality))
      }
    }
  }
}
