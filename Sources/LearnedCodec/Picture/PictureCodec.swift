import Networks
import Wavelets

/// A codec: all that encoder and decoder must have in common, in memory.
///
/// Analysis is one matrix on the wavelet packet bands; synthesis is another one and, where the
/// codec has it, a small network.
public struct PictureCodec: Sendable {
  /// The name of its folder.
  public internal(set) var name: String
  /// What a bitstream knows it by: a hash of its files, see `CodecHash`.
  public internal(set) var hash: UInt64
  /// Planes of the pictures it codes, without alpha.
  public let planes: Int
  /// Levels J of the packet tree; a patch has side 2^J.
  package let levels: Int
  /// Channels C of a patch, 1 to planes * patchSide * patchSide.
  public let channels: Int
  /// Shape [C, D] with D = planes * 4^J: latents from bands.
  package internal(set) var projection: [Float]
  /// Shape [C, D]: what each channel adds to the bands.
  package internal(set) var synthesis: [Float]
  /// Levels by which the lowest band is split further.
  package let pyramidLevels: Int
  /// What the linear synthesis leaves out; nil for a linear codec.
  package var network: SynthesisNetwork?
  /// What serves pictures tuned for the eye in its place, of the same shape; nil for none of its own.
  package var eyeNetwork: SynthesisNetwork?
  /// Quantiser steps.
  package var steps: StepRange
  /// How much more than half a step a latent needs to be rounded up, in steps.
  package var deadZone: Float
  /// How much the dead zone grows with the bits that a symbol costs, see `SymbolChoice`: squared
  /// steps a bit.
  package var rateWeight: Float
  /// What the entropy model and the dequantiser know at some qualities, lowest first.
  package var operatingPoints: [OperatingPoint] {
    get { stored.map { Self.loaded($0) } }
    set { stored = newValue.map { StoredOperatingPoint($0) } }
  }
  private var stored: [StoredOperatingPoint]
  /// What latents of each channel are multiplied with before they are quantised for the eye, shape
  /// [C], positive; nil for a codec of one step only.
  package var eyeWeights: [Float]?
  /// That of latents tuned for the eye, see `tuned(for:)`; nil for all others.
  package var masking: Masking?

  /// Largest number of bands of a patch, D: a fit to them still takes minutes.
  package static let largestDimension = 1024

  /// A codec from its parts; see the properties.
  package init(
    name: String, hash: UInt64 = 0, planes: Int, levels: Int, channels: Int, projection: [Float],
    synthesis: [Float], pyramidLevels: Int = 0, network: SynthesisNetwork? = nil,
    eyeNetwork: SynthesisNetwork? = nil, steps: StepRange, deadZone: Float, rateWeight: Float,
    operatingPoints: [OperatingPoint], eyeWeights: [Float]? = nil
  ) {
    self.init(
      name: name, hash: hash, planes: planes, levels: levels, channels: channels,
      projection: projection, synthesis: synthesis, pyramidLevels: pyramidLevels, network: network,
      eyeNetwork: eyeNetwork, steps: steps, deadZone: deadZone, rateWeight: rateWeight,
      stored: operatingPoints.map { StoredOperatingPoint($0) }, eyeWeights: eyeWeights)
  }

  /// A codec whose operating points are read when they are asked for.
  init(
    name: String, hash: UInt64, planes: Int, levels: Int, channels: Int, projection: [Float],
    synthesis: [Float], pyramidLevels: Int, network: SynthesisNetwork?,
    eyeNetwork: SynthesisNetwork?, steps: StepRange, deadZone: Float, rateWeight: Float,
    stored: [StoredOperatingPoint], eyeWeights: [Float]?
  ) {
    let dimension = planes << (2 * levels)
    precondition(
      projection.count == channels * dimension && synthesis.count == projection.count,
      "matrices of another shape")
    precondition(
      eyeWeights.map { $0.count == channels && $0.allSatisfy { $0 > 0 } } ?? true,
      "weights of other channels")
    precondition(
      network == nil || network!.planes == planes && network!.shape.levels <= levels,
      "a network of another shape")
    precondition(
      eyeNetwork == nil || eyeNetwork!.shape == network?.shape && eyeWeights != nil,
      "a network for the eye that is none")
    self.name = name
    self.hash = hash
    self.planes = planes
    self.levels = levels
    self.channels = channels
    self.projection = projection
    self.synthesis = synthesis
    self.pyramidLevels = pyramidLevels
    self.network = network
    self.eyeNetwork = eyeNetwork
    self.steps = steps
    self.deadZone = deadZone
    self.rateWeight = rateWeight
    self.stored = stored
    self.eyeWeights = eyeWeights
  }

  /// The same codec for previews: it reads and writes the same files, and its synthesis is linear.
  public var withoutNetwork: PictureCodec {
    var codec = self
    (codec.network, codec.eyeNetwork) = (nil, nil)
    return codec
  }

  /// Numbers of a patch before projection, D.
  package var dimension: Int { planes << (2 * levels) }

  /// How the lowest band is split further.
  package var pyramid: LowpassPyramid { LowpassPyramid(channels: planes, levels: pyramidLevels) }

  /// Side of a patch in samples.
  public var patchSide: Int { 1 << levels }

  /// The operating point closest to a quality, by integers alone.
  package func operatingPoint(at quality: Quality) -> OperatingPoint {
    Self.loaded(storedPoint(at: quality))
  }

  private func storedPoint(at quality: Quality) -> StoredOperatingPoint {
    func distance(_ point: StoredOperatingPoint) -> Int {
      abs(Int(point.quality.units) - Int(quality.units))
    }
    return stored.min { distance($0) < distance($1) }!
  }

  /// Reads what is needed at a quality, or at all where it is nil, from the codec's file.
  ///
  /// - Throws: where the file is damaged; what was read has no errors later.
  func load(at quality: Quality?) throws(CodecFolderError) {
    for point in quality.map({ [storedPoint(at: $0)] }) ?? stored { _ = try point.load() }
  }

  /// An operating point that was loaded before, or is of a file that was not damaged meanwhile.
  private static func loaded(_ point: StoredOperatingPoint) -> OperatingPoint {
    do {
      return try point.load()
    } catch {
      preconditionFailure(error.description)
    }
  }

  /// Latents of bands of this codec: the first `count` channels, or all.
  ///
  /// - Returns: shape [bands.patchRows, bands.patchColumns, count], in the units of the samples.
  public func project(_ bands: Subbands, channels count: Int? = nil) -> Latents {
    precondition(bands.dimension == dimension && bands.levels == levels, "bands of another codec")
    let count = min(count ?? channels, channels)
    let values = multiply(
      bands.coefficients,
      by: count == channels ? projection : Array(projection[..<(count * dimension)]),
      .transposed, rows: bands.patchRows * bands.patchColumns, inner: dimension, columns: count)
    return Latents(
      patchRows: bands.patchRows, patchColumns: bands.patchColumns, channels: count, values: values)
  }

  /// Bands of latents with at most `channels` channels by the synthesis matrix alone.
  package func linearSubbands(of latents: Latents) -> Subbands {
    precondition(latents.channels <= channels, "more channels than the codec has")
    let coefficients = multiply(
      latents.values, by: Array(synthesis[..<(latents.channels * dimension)]),
      rows: latents.patchRows * latents.patchColumns, inner: latents.channels, columns: dimension)
    return Subbands(
      patchRows: latents.patchRows, patchColumns: latents.patchColumns, planes: planes,
      levels: levels, coefficients: coefficients)
  }
}
