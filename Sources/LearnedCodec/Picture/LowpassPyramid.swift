import Signals
import Wavelets

/// Further levels of the wavelet transform for the lowest band alone, across patches: where a
/// picture is smooth, patches of 8 x 8 are too small.
///
/// The first `channels` channels, one for each plane of the picture, are its lowest band. Each is
/// a small picture of a number a patch, and is split into four bands again and again. What is
/// coded are grids of different resolution, the coarsest first: the low band with its three
/// details of the last level, the details of the levels before, and at last all other channels.
/// Every strip has a pyramid of its own, extended symmetrically at its borders.
package struct LowpassPyramid: Sendable, Equatable {
  /// Channels that are split.
  package let channels: Int
  /// How often; 0 for not at all.
  package let levels: Int

  /// Most levels that make sense: patches of 8 x 8 are split to 512 x 512.
  package static let largestLevels = 6

  /// A pyramid; see the properties.
  package init(channels: Int, levels: Int) {
    precondition((0...Self.largestLevels).contains(levels) && channels >= 0, "no such pyramid")
    self.channels = channels
    self.levels = levels
  }

  /// The size of a resolution; the channels of a coarse one are [band, latent channel].
  struct Grid: Equatable {
    var rows: Int
    var columns: Int
    var channels: Int
  }

  /// The resolutions of so many patches with the first `count` latent channels, coarsest first; the
  /// last one is missing where nothing is left for it.
  func grids(patchRows: Int, patchColumns: Int, channels count: Int) -> [Grid] {
    var grids: [Grid] = []
    var (rows, columns) = (patchRows, patchColumns)
    for level in 0..<levels {
      (rows, columns) = ((rows + 1) / 2, (columns + 1) / 2)
      grids.append(
        Grid(rows: rows, columns: columns, channels: channels * (level == levels - 1 ? 4 : 3)))
    }
    grids.reverse()
    let rest = levels == 0 ? count : max(count - channels, 0)
    if rest > 0 { grids.append(Grid(rows: patchRows, columns: patchColumns, channels: rest)) }
    return grids
  }

  /// The latent channel that each channel of a resolution belongs to.
  func latentChannels(resolution: Int, of count: Int) -> [Int] {
    guard resolution < levels else { return (0..<count).map { $0 + (levels == 0 ? 0 : channels) } }
    return (0..<count).map { $0 % channels }
  }

  /// Splits latents into resolutions, coarsest first.
  package func resolutions(of latents: Latents) -> [Latents] {
    guard levels > 0 else { return [latents] }
    let count = latents.channels
    let grids = grids(
      patchRows: latents.patchRows, patchColumns: latents.patchColumns, channels: count)
    var resolutions: [Latents] = []
    var low = Image(width: latents.patchColumns, height: latents.patchRows, planes: channels)
    let size = low.width * low.height
    for channel in 0..<min(channels, count) {
      for patch in 0..<size {
        low.samples[channel * size + patch] = latents.values[patch * count + channel]
      }
    }
    if grids.count > levels {
      let rest = count - channels
      var values: [Float] = []
      values.reserveCapacity(size * rest)
      for patch in 0..<size {
        values += latents.values[patch * count + channels..<(patch + 1) * count]
      }
      resolutions.append(Latents(grids[levels], values: values))
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
        let start = patch * channels * 4
        for band in first..<4 {
          for channel in 0..<channels {
            values.append(bands.coefficients[start + channel * 4 + band] * Self.scales[band])
          }
        }
        for channel in 0..<channels {
          next.samples[channel * patches + patch] =
            bands.coefficients[start + channel * 4] * Self.scales[0]
        }
      }
      resolutions.append(Latents(grids[levels - 1 - level], values: values))
      low = next
    }
    return resolutions.reversed()
  }

  /// Puts resolutions together to latents with the first `count` channels again.
  func synthesize(
    _ resolutions: [Latents], patchRows: Int, patchColumns: Int, channels count: Int
  ) -> Latents {
    guard levels > 0 else { return resolutions[0] }
    let low = lowest(resolutions, patchRows: patchRows, patchColumns: patchColumns)
    let size = patchRows * patchColumns
    var values = [Float](repeating: 0, count: size * count)
    let rest = max(count - channels, 0)
    for patch in 0..<size {
      for channel in 0..<min(channels, count) {
        values[patch * count + channel] = low.samples[channel * size + patch]
      }
      for channel in 0..<rest {
        values[patch * count + channels + channel] =
          resolutions[levels].values[patch * rest + channel]
      }
    }
    return Latents(
      patchRows: patchRows, patchColumns: patchColumns, channels: count, values: values)
  }

  /// The channels that are split, from the resolutions that they are split into; without levels
  /// there are none. Shape [channels, patchRows, patchColumns].
  func lowest(_ resolutions: [Latents], patchRows: Int, patchColumns: Int) -> Image {
    guard levels > 0 else { return Image(width: patchColumns, height: patchRows, planes: 0) }
    var low = Image(width: 0, height: 0, planes: channels)
    for level in (0..<levels).reversed() {
      let details = resolutions[levels - 1 - level]
      let patches = details.patchRows * details.patchColumns
      let isLast = level == levels - 1
      let (first, bands) = isLast ? (0, 4) : (1, 3)
      var coefficients = [Float](repeating: 0, count: patches * channels * 4)
      for patch in 0..<patches {
        for channel in 0..<channels {
          let to = (patch * channels + channel) * 4
          if !isLast {
            coefficients[to] = low.samples[channel * patches + patch] / Self.scales[0]
          }
          for band in first..<4 {
            let from = (patch * bands + band - first) * channels + channel
            coefficients[to + band] = details.values[from] / Self.scales[band]
          }
        }
      }
      let size =
        level == 0 ? (patchRows, patchColumns) : Self.halved(patchRows, patchColumns, level)
      low = Subbands(
        patchRows: details.patchRows, patchColumns: details.patchColumns, planes: channels,
        levels: 1,
        coefficients: coefficients
      ).image(width: size.1, height: size.0)
    }
    return low
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
  fileprivate init(_ grid: LowpassPyramid.Grid, values: [Float]) {
    self.init(
      patchRows: grid.rows, patchColumns: grid.columns, channels: grid.channels, values: values)
  }
}
