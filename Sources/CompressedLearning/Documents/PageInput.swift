import LearnedCodec
import Signals
import Training

/// What a network sees of a page: the patches of a grid, each of a few numbers.
public enum PageInput: Sendable {
  /// The first channels of the dequantised latents of a codec for grey pictures.
  case latents(Codec, quality: Quality, channels: Int)
  /// Pixels of the page at a `reduction`th of its sides, which divides `side`, those of each patch
  /// of side x side pixels of the page together: what there is without a codec.
  case pixels(reduction: Int, side: Int)

  /// Pixels of the page along the side of a patch.
  public var side: Int {
    switch self {
    case .latents(let codec, _, _): codec.patchSide
    case .pixels(_, let side): side
    }
  }

  /// Numbers of a patch.
  public var channels: Int {
    switch self {
    case .latents(_, _, let channels): channels
    case .pixels(let reduction, let side): (side / reduction) * (side / reduction)
    }
  }

  /// The numbers of a page, shape [1, height, width] of samples 0...255.
  ///
  /// - Throws: `CodingError`.
  public func latents(of page: Image) throws -> Latents {
    switch self {
    case .latents(let codec, let quality, let channels):
      let format = ImageFormat(width: page.width, height: page.height, channels: 1)
      return try codec.latents(
        of: ImageRows(page, format: format),
        options: EncodingOptions(quality: quality, channels: channels))
    case .pixels(let reduction, let side):
      let filled = page.filled(toMultiplesOf: side)
      let small = reduction == 1 ? filled : filled.downscaled(by: 1 / Double(reduction))
      return small.patches(side: side / reduction)
    }
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
