import Signals
import Wavelets

/// Further levels of the wavelet transform for the lowest band alone, across patches: where a
/// picture is smooth, patches of 8 x 8 are too small.
///
/// The first `channels` channels, one for each plane of the picture, are its lowest band. Each is
/// a small picture of a number a patch, and is split into four bands again and again. What is
/// coded are planes of different resolution, the coarsest first: the low band with its three
/// details of the last level, the details of the levels before, and at last all other channels.
/// Every strip has a pyramid of its own, extended symmetrically at its borders.
public struct LowpassPyramid: Sendable, Equatable {
  /// Channels that are split.
  public let channels: Int
  /// How often; 0 for not at all.
  public let levels: Int

  /// Most levels that make sense: patches of 8 x 8 are split to 512 x 512.
  public static let largestLevels = 6

  /// A pyramid; see the properties.
  public init(channels: Int, levels: Int) {
    precondition((0...Self.largestLevels).contains(levels) && channels >= 0, "no such pyramid")
    self.channels = channels
    self.levels = levels
  }

  /// A plane of numbers on a grid; the channels of a coarse one are [band, latent channel].
  struct Shape: Equatable {
    var rows: Int
    var columns: Int
    var channels: Int
  }

  /// The planes of so many patches with the first `kept` latent channels, coarsest first; the last
  /// one is missing where nothing is left for it.
  func shapes(patchRows: Int, patchColumns: Int, kept: Int) -> [Shape] {
    var shapes: [Shape] = []
    var (rows, columns) = (patchRows, patchColumns)
    for level in 0..<levels {
      (rows, columns) = ((rows + 1) / 2, (columns + 1) / 2)
      shapes.append(
        Shape(rows: rows, columns: columns, channels: channels * (level == levels - 1 ? 4 : 3)))
    }
    shapes.reverse()
    let rest = levels == 0 ? kept : max(kept - channels, 0)
    if rest > 0 { shapes.append(Shape(rows: patchRows, columns: patchColumns, channels: rest)) }
    return shapes
  }

  /// The latent channel that each channel of a plane belongs to.
  func latentChannels(plane: Int, of count: Int) -> [Int] {
    guard plane < levels else { return (0..<count).map { $0 + (levels == 0 ? 0 : channels) } }
    return (0..<count).map { $0 % channels }
  }

  /// Splits latents into planes, coarsest first.
  public func planes(of latents: Latents) -> [Latents] {
    guard levels > 0 else { return [latents] }
    let kept = latents.channels
    let shapes = shapes(
      patchRows: latents.patchRows, patchColumns: latents.patchColumns, kept: kept)
    var planes: [Latents] = []
    var low = Image(width: latents.patchColumns, height: latents.patchRows, planes: channels)
    let size = low.width * low.height
    for channel in 0..<min(channels, kept) {
      for patch in 0..<size {
        low.samples[channel * size + patch] = latents.values[patch * kept + channel]
      }
    }
    if shapes.count > levels {
      let rest = kept - channels
      var values: [Float] = []
      values.reserveCapacity(size * rest)
      for patch in 0..<size {
        values += latents.values[patch * kept + channels..<(patch + 1) * kept]
      }
      planes.append(Latents(shapes[levels], values: values))
    }
    for level in 0..<levels {
      let bands = Subbands(analyzing: low, levels: 1)
      let patches = bands.patchRows * bands.patchColumns
      let isLast = level == levels - 1
      let first = isLast ? 0 : 1
      var next = Image(width: bands.patchColumns, height: bands.patchRows, planes: channels)
      var values: [Float] = []
      values.reserveCapacity(patches * channels * 4)
      for patch in 0..<patches {
        let place = patch * channels * 4
        for band in first..<4 {
          for channel in 0..<channels {
            values.append(bands.coefficients[place + channel * 4 + band] * Self.scales[band])
          }
        }
        for channel in 0..<channels {
          next.samples[channel * patches + patch] =
            bands.coefficients[place + channel * 4] * Self.scales[0]
        }
      }
      planes.append(Latents(shapes[levels - 1 - level], values: values))
      low = next
    }
    return planes.reversed()
  }

  /// Puts planes together to latents with the first `kept` channels again.
  func synthesize(_ planes: [Latents], patchRows: Int, patchColumns: Int, kept: Int) -> Latents {
    guard levels > 0 else { return planes[0] }
    var low = Image(width: 0, height: 0, planes: channels)
    for level in (0..<levels).reversed() {
      let plane = planes[levels - 1 - level]
      let patches = plane.patchRows * plane.patchColumns
      let isLast = level == levels - 1
      let (first, count) = isLast ? (0, 4) : (1, 3)
      var coefficients = [Float](repeating: 0, count: patches * channels * 4)
      for patch in 0..<patches {
        for channel in 0..<channels {
          let to = (patch * channels + channel) * 4
          if !isLast {
            coefficients[to] = low.samples[channel * patches + patch] / Self.scales[0]
          }
          for band in first..<4 {
            let from = (patch * count + band - first) * channels + channel
            coefficients[to + band] = plane.values[from] / Self.scales[band]
          }
        }
      }
      let size =
        level == 0 ? (patchRows, patchColumns) : Self.halved(patchRows, patchColumns, level)
      low = Subbands(
        patchRows: plane.patchRows, patchColumns: plane.patchColumns, planes: channels, levels: 1,
        coefficients: coefficients
      ).image(width: size.1, height: size.0)
    }
    let size = patchRows * patchColumns
    var values = [Float](repeating: 0, count: size * kept)
    let rest = max(kept - channels, 0)
    for patch in 0..<size {
      for channel in 0..<min(channels, kept) {
        values[patch * kept + channel] = low.samples[channel * size + patch]
      }
      for channel in 0..<rest {
        values[patch * kept + channels + channel] = planes[levels].values[patch * rest + channel]
      }
    }
    return Latents(patchRows: patchRows, patchColumns: patchColumns, channels: kept, values: values)
  }

  /// Rows and columns after some levels.
  private static func halved(_ rows: Int, _ columns: Int, _ levels: Int) -> (Int, Int) {
    (0..<levels).reduce((rows, columns)) { size, _ in ((size.0 + 1) / 2, (size.1 + 1) / 2) }
  }

  /// What makes equal errors of the four bands equal errors of the latents: the square roots of
  /// their synthesis gains.
  private static let scales: [Float] = {
    let gains = synthesisGains(levels: 1)
    return (0..<4).map { (gains[$0 / 2] * gains[$0 % 2]).squareRoot() }
  }()
}

extension Latents {
  fileprivate init(_ shape: LowpassPyramid.Shape, values: [Float]) {
    self.init(
      patchRows: shape.rows, patchColumns: shape.columns, channels: shape.channels, values: values)
  }
}
