import LearnedCodec
import Networks
import Signals
import Wavelets

/// Fits a codec by linear algebra alone: eigenvectors for its projection, least squares and
/// counting for its entropy model. The baseline that training by gradient must beat.
public struct ClosedFormFit: Sendable {
  /// Levels J of the packet tree, 0...6; a patch has side 2^J.
  public var levels: Int
  /// Latent channels to keep, 1 to planes * 4^J; nil for all.
  public var channels: Int?
  /// Seed of the random scales.
  public var seed: UInt64
  /// Whether only the planes of each band are decorrelated, not its bands from each other.
  public var isBandwise: Bool
  /// Levels of the pyramid of the lowest band; not 0 for bandwise fits only, whose first channels
  /// are that band.
  public var pyramidLevels: Int
  /// Factors by which pictures are scaled down at random; arrays never are.
  public var scales = ClosedRange<Double>.unscaled
  /// Quantiser steps, for samples of 0...255.
  package var steps = StepRange(coarsest: 170, finest: 7.5)
  /// Qualities at which the entropy model is fitted, 0...100.
  public var qualities = stride(from: 0.0, through: 100, by: 10).map { $0 }
  /// Patches that the entropy model is fitted to; the projection sees them all.
  public var entropyPatches = 300_000

  /// Channels whose mean is predicted from neighbouring patches. More than these few low-pass
  /// channels gained nothing on held-out photographs.
  static let predicted = 4
  /// Best of a dozen pairs on held-out photographs, where they save 2 % against the best dead
  /// zone of one width.
  static let deadZone: Float = 0.2
  static let rateWeight: Float = 0.1

  /// What the fit is doing, for a progress bar.
  public enum Stage: String, Sendable {
    case covariance = "covariance"
    case latents = "latents"
    case entropyModel = "entropy model"
  }

  /// A fit; see the properties.
  public init(
    levels: Int = 3, channels: Int? = nil, seed: UInt64 = 1, isBandwise: Bool = false,
    pyramidLevels: Int = 0
  ) {
    precondition(isBandwise || pyramidLevels == 0, "a pyramid of no band")
    self.levels = levels
    self.channels = channels
    self.seed = seed
    self.isBandwise = isBandwise
    self.pyramidLevels = pyramidLevels
  }

  /// A fitted codec, and how many pictures and patches it has seen.
  public struct Outcome: Sendable {
    /// The codec, not yet saved and so without a hash.
    public var codec: PictureCodec
    /// Pictures used.
    public var pictures: Int
    /// Pictures left out: with other planes than the first, or unreadable.
    public var skipped: Int
    /// Patches of the covariance.
    public var patches: Int
  }

  /// Fits a codec to pictures, which are read twice.
  ///
  /// - Parameters:
  ///   - pictures: those with other planes than the first are left out.
  ///   - progress: called with the stage and the share of it that is done, 0...1.
  /// - Throws: `FitError`, `LinearAlgebraError`, or what reading a picture throws.
  public func run(
    on pictures: TrainingPictures, progress: (Stage, Double) -> Void
  ) throws -> Outcome {
    var klt: KLT?
    var used: [Int] = []
    var peak: Float = 255
    var isOfPhotographs = true
    for index in 0..<pictures.count {
      progress(.covariance, Double(index) / Double(pictures.count))
      guard let picture = try pictures.picture(index) else { continue }
      if klt == nil {
        let dimension = picture.image.planes << (2 * levels)
        guard dimension <= PictureCodec.largestDimension else {
          throw FitError.tooManyBands(planes: picture.image.planes, levels: levels)
        }
        klt = KLT(planes: picture.image.planes, levels: levels)
        isOfPhotographs = picture.isPhotograph
        if !isOfPhotographs { peak = picture.image.samples.map({ $0.magnitude }).max() ?? 0 }
      }
      guard picture.image.planes == klt?.planes else { continue }
      klt?.add(Subbands(analyzing: varied(picture, index), levels: levels))
      used.append(index)
    }
    guard let klt, peak > 0 else { throw FitError.nothingToFit(files: pictures.count) }
    var codec = try linearCodec(klt, peak: peak)
    if isOfPhotographs, [1, 3].contains(codec.planes) {
      codec.eyeWeights = EyeCurve.standard.weights(of: codec)
    }

    try fitEntropyModel(
      of: &codec, to: pictures, used,
      sample: max(entropyPatches / max(klt.count / used.count, 1), 1),
      predicted: pyramidLevels == 0 ? Self.predicted : klt.planes, hasSurroundings: isBandwise,
      progress: progress)
    return Outcome(
      codec: codec, pictures: used.count, skipped: pictures.count - used.count,
      patches: klt.count)
  }

  /// A codec with its entropy model fitted anew, to other pictures or for another coder.
  ///
  /// Its transform stays; the fit's own settings of it do not count.
  /// - Parameters:
  ///   - codec: with at least one operating point.
  ///   - pictures: those with other planes than the codec's are left out.
  ///   - progress: called with the stage and the share of it that is done, 0...1.
  /// - Throws: `FitError`, `LinearAlgebraError`, or what reading a picture throws.
  public func refitted(
    _ codec: PictureCodec, to pictures: TrainingPictures, progress: (Stage, Double) -> Void
  ) throws -> Outcome {
    var (used, patches) = ([Int](), 0)
    for index in 0..<pictures.count {
      progress(.covariance, Double(index) / Double(pictures.count))
      guard let picture = try pictures.picture(index), picture.image.planes == codec.planes else {
        continue
      }
      let image = varied(picture, index)
      patches += (image.width >> codec.levels) * (image.height >> codec.levels)
      used.append(index)
    }
    guard patches > 0 else { throw FitError.nothingToFit(files: pictures.count) }
    let tables = codec.operatingPoints[0].models[0].tables
    var refitted = codec
    if codec.eyeWeights != nil { refitted.eyeWeights = EyeCurve.standard.weights(of: codec) }
    try fitEntropyModel(
      of: &refitted, to: pictures, used,
      sample: max(entropyPatches / max(patches / used.count, 1), 1), predicted: tables.predicted,
      hasSurroundings: !tables.surroundingWeights.isEmpty, progress: progress)
    return Outcome(
      codec: refitted, pictures: used.count, skipped: pictures.count - used.count,
      patches: patches)
  }

  /// Fits the entropy model at all qualities to so many of the pictures `used`.
  private func fitEntropyModel(
    of codec: inout PictureCodec, to pictures: TrainingPictures, _ used: [Int], sample: Int,
    predicted: Int, hasSurroundings: Bool, progress: (Stage, Double) -> Void
  ) throws {
    let sample = Self.spread(used, count: sample)
    var latents: [Latents] = []
    for (position, index) in sample.enumerated() {
      progress(.latents, Double(position) / Double(sample.count))
      guard let picture = try pictures.picture(index) else { continue }
      latents.append(
        codec.project(Subbands(analyzing: varied(picture, index), levels: codec.levels)))
    }
    try codec.fitOperatingPoints(
      at: qualities.map { Quality($0) }, to: latents, predicted: predicted,
      hasSurroundings: hasSurroundings
    ) { progress(.entropyModel, $0) }
  }

  private func varied(_ picture: TrainingPicture, _ index: Int) -> Image {
    var generator = SeededGenerator(seed: seed &+ UInt64(index) &* 0x9E37_79B9)
    return picture.scaled(by: scales, using: &generator)
  }

  private func linearCodec(_ klt: KLT, peak: Float) throws -> PictureCodec {
    let channelCount = channels ?? klt.dimension
    guard (1...klt.dimension).contains(channelCount) else {
      throw FitError.noSuchChannels(asked: channelCount, available: klt.dimension)
    }
    let (projection, synthesis, _) = try klt.matrices(
      channels: channelCount, isBandwise: isBandwise)
    let scale = Double(peak) / 255
    return PictureCodec(
      name: "", planes: klt.planes, levels: levels, channels: channelCount, projection: projection,
      synthesis: synthesis, pyramidLevels: pyramidLevels,
      steps: StepRange(
        coarsest: steps.coarsest * scale, finest: steps.finest * scale),
      deadZone: Self.deadZone, rateWeight: Self.rateWeight, operatingPoints: [])
  }

  /// At most `count` elements, evenly spread.
  private static func spread(_ indices: [Int], count: Int) -> [Int] {
    guard indices.count > count else { return indices }
    return (0..<count).map { indices[$0 * indices.count / count] }
  }
}

/// Why there is nothing to fit.
public enum FitError: Error, Equatable, CustomStringConvertible {
  /// None of the files is a picture with samples other than zero.
  case nothingToFit(files: Int)
  /// The patches have too many bands for a covariance in memory.
  case tooManyBands(planes: Int, levels: Int)
  /// More channels than bands, or none.
  case noSuchChannels(asked: Int, available: Int)
  /// None of the files is a sound.
  case noSounds

  /// One sentence.
  public var description: String {
    switch self {
    case .nothingToFit(let files):
      files == 0
        ? "there are no pictures to fit a codec to"
        : "none of the \(files) files is a picture to fit a codec to"
    case .tooManyBands(let planes, let levels):
      "\(planes) channels at \(levels) levels are \(planes << (2 * levels)) bands a patch, more "
        + "than \(PictureCodec.largestDimension); use fewer --levels"
    case .noSuchChannels(let asked, let available):
      "a patch has 1...\(available) channels to keep, not \(asked)"
    case .noSounds: "there are no sounds to fit a codec to"
    }
  }
}
