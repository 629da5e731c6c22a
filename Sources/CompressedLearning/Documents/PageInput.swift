import Foundation
import LearnedCodec
import Networks
import Signals

/// What a network sees of a page: the patches of a grid, each of a few numbers.
public enum PageInput: Sendable {
  /// The first channels of the dequantised latents of a codec for grey pictures.
  case latents(PictureCodec, quality: Quality, channels: Int)
  /// Pixels of the page at a `reduction`th of its sides, which divides `side`, those of each patch
  /// of side x side pixels of the page together: what there is without a codec.
  ///
  /// Where they are transformed, each patch has had its discrete cosine transform, which loses
  /// nothing but leaves numbers that depend less on each other, as latents do.
  case pixels(reduction: Int, side: Int, isTransformed: Bool = false)

  /// Pixels of the page along the side of a patch.
  public var side: Int {
    switch self {
    case .latents(let codec, _, _): codec.patchSide
    case .pixels(_, let side, _): side
    }
  }

  /// Numbers of a patch.
  public var channels: Int {
    switch self {
    case .latents(_, _, let channels): channels
    case .pixels(let reduction, let side, _): (side / reduction) * (side / reduction)
    }
  }

  /// The numbers of a page that has the shape [1, height, width] and samples 0...255: shape [patch
  /// rows, patch columns, channels].
  ///
  /// - Throws: `CodingError`.
  public func latents(of page: Image) throws -> Latents {
    switch self {
    case .latents(let codec, let quality, let channels):
      let format = ImageFormat(width: page.width, height: page.height, channels: 1)
      return try codec.latents(
        encoding: ImageRows(page, format: format),
        options: PictureOptions(quality: quality, channels: channels))
    case .pixels(let reduction, let side, let isTransformed):
      let filled = page.filled(toMultiplesOf: side)
      let small = reduction == 1 ? filled : filled.downscaled(by: 1 / Double(reduction))
      let patches = small.patches(side: side / reduction)
      return isTransformed ? patches.transformed(side: side / reduction) : patches
    }
  }
}

extension Latents {
  /// Patches of side x side pixels after the orthonormal cosine transform of type II along both
  /// sides (N. Ahmed, T. Natarajan, K. R. Rao, "Discrete cosine transform", 1974).
  fileprivate func transformed(side: Int) -> Latents {
    let basis = (0..<side).flatMap { frequency in
      (0..<side).map { sample -> Float in
        let scale = Double(frequency == 0 ? 1 : 2).squareRoot() / Double(side).squareRoot()
        let phase = (Double(sample) + 0.5) * Double(frequency) * .pi / Double(side)
        return Float(scale * cos(phase))
      }
    }
    // The product of both: [row frequency, column frequency] from [row, column].
    let matrix = (0..<channels * channels).map { index in
      let (to, from) = (index / channels, index % channels)
      return basis[to / side * side + from / side] * basis[to % side * side + from % side]
    }
    return Latents(
      patchRows: patchRows, patchColumns: patchColumns, channels: channels,
      values: multiply(
        values, by: matrix, .transposed, rows: patchRows * patchColumns, inner: channels,
        columns: channels))
  }
}

extension Image {
  /// The picture with its last row and column repeated until its sides are multiples of `side`.
  fileprivate func filled(toMultiplesOf side: Int) -> Image {
    var filled = Image(
      width: (width + side - 1) / side * side, height: (height + side - 1) / side * side,
      planes: planes)
    for plane in 0..<planes {
      for row in 0..<filled.height {
        for column in 0..<filled.width {
          filled[plane, row, column] = self[plane, min(row, height - 1), min(column, width - 1)]
        }
      }
    }
    return filled
  }
}
