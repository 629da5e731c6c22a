import LearnedCodec
import Networks
import Signals
import Wavelets

/// The part of a training in which the projection of a codec moves, and its linear synthesis with
/// it: worth it where a codec has far fewer channels than bands, for then the best channels are
/// not those of the Karhunen-Loeve transform but those from which the network sees most.
struct AnalysisTraining: Sendable {
  /// The codec whose matrices are the start.
  private let codec: PictureCodec
  private let rate: RateModel
  /// Standard deviations of the latents at the start, shape [channels].
  private let deviations: [Float]

  /// The worth of a bit in squared steps: by a bit more, a fine quantiser would bring its error of
  /// 1/12 to a quarter, and the slope of 2^(-2 bits) / 12 is 2 ln 2 / 12.
  private static let worthOfBit: Float = 0.1155

  init(codec: PictureCodec, deviations: [Float]) {
    self.codec = codec
    self.deviations = deviations
    rate = RateModel(channels: codec.channels)
  }

  /// Names and shapes of what it trains.
  var entries: [Parameters.Entry] {
    [
      .init("analysis", rows: codec.channels, columns: codec.dimension),
      .init("synthesis", rows: codec.dimension, columns: codec.channels),
    ] + rate.entries
  }

  /// Sets them to their start.
  func start(_ parameters: inout Parameters) {
    parameters["analysis"] = codec.projection
    parameters["synthesis"] = transposed(codec.synthesis, rows: codec.channels)
    rate.start(&parameters, deviations: deviations)
  }

  /// The factor of the learning rate of a matrix: one of large inputs moves slowly.
  static func rateFactor(_ name: String) -> Float { name == "rate.means" ? 0.1 : 1 }

  /// A picture of whole patches after analysis, quantisation and linear synthesis.
  struct Coded {
    /// Its bands, of the codec's levels, shape [patches, D].
    var bands: Variable
    /// Its bits by the rate model, times their worth in squared error.
    var bits: Variable
    /// What they are worth.
    var worth: Double
  }

  /// Codes a picture.
  ///
  /// - Parameters:
  ///   - bands: of the picture.
  ///   - noise: uniform, -1/2...1/2, for each latent, in place of rounding; nil to round.
  func coded(_ bands: Subbands, step: Float, weights: Weights, noise: [Float]?) -> Coded {
    let patches = bands.patchRows * bands.patchColumns
    let inverse = 1 / step
    let exact = Variable(
      constant: bands.coefficients.map { $0 * inverse }, rows: patches, columns: codec.dimension
    ).linear(weights["analysis"])
    let (symbols, decoded): (Variable, Variable)
    if let noise {
      symbols = exact.plus(Variable(constant: noise, rows: patches, columns: codec.channels))
      decoded = symbols
    } else {
      symbols = exact.rounded(deadZone: codec.deadZone)
      // Where latents are spread evenly, the mean of those that round to a symbol.
      decoded = exact.rounded(deadZone: codec.deadZone, centroid: codec.deadZone)
    }
    let worth = Self.worthOfBit * step * step
    return Coded(
      bands: decoded.linear(weights["synthesis"]).scaled(
        by: Variable(
          constant: [Float](repeating: step, count: codec.dimension), rows: 1,
          columns: codec.dimension)),
      bits: rate.bits(
        of: symbols, patchColumns: bands.patchColumns, step: step, weights: weights,
        factor: worth),
      worth: Double(worth))
  }

  /// The codec with these matrices, without an entropy model.
  func codec(_ parameters: Parameters) -> PictureCodec {
    PictureCodec(
      name: "", planes: codec.planes, levels: codec.levels, channels: codec.channels,
      projection: parameters["analysis"],
      synthesis: transposed(parameters["synthesis"], rows: codec.dimension), steps: codec.steps,
      deadZone: codec.deadZone, rateWeight: codec.rateWeight, operatingPoints: [])
  }
}

private func transposed(_ matrix: [Float], rows: Int) -> [Float] {
  let columns = matrix.count / rows
  return (0..<matrix.count).map { matrix[$0 % rows * columns + $0 / rows] }
}
