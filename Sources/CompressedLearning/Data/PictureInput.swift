import Foundation
import LearnedCodec
import MediaFiles
import Networks
import Signals

/// What a network sees of a picture: a grid of patches, each of a few numbers.
public enum PictureInput: Sendable {
  /// Dequantised latents of a codec: the first `channels` of a patch. Files of the codec (.wlc)
  /// are read by entropy decoding alone, pictures are encoded at `quality` with all channels.
  case latents(PictureCodec, quality: Quality, channels: Int)
  /// Pixels of three planes at `scale` of the size, `side` x `side` of them a patch: what latents
  /// are compared with.
  case pixels(scale: Double, side: Int)

  /// Pixels as many as latents of so many channels a patch, on the grid of the codec's patches.
  ///
  /// Where sixteen times fewer numbers are asked of patches of 8 x 8 x 3, a quarter of the rows and
  /// of the columns stays, and 2 x 2 pixels are a patch.
  public static func pixels(asMany channels: Int, as codec: PictureCodec) -> PictureInput {
    let side = max(1, Int((Double(channels) / Double(codec.planes)).squareRoot().rounded()))
    return .pixels(scale: Double(side) / Double(codec.patchSide), side: side)
  }

  /// Numbers of a patch.
  public var channels: Int {
    switch self {
    case .latents(_, _, let channels): channels
    case .pixels(_, let side): 3 * side * side
    }
  }

  /// The numbers of a picture file: shape [patch rows, patch columns, channels], of fewer channels
  /// where a file of the codec has fewer.
  ///
  /// - Throws: `ContainerError`, `CodingError` or `MediaFileError`.
  public func values(file path: String) throws -> Latents {
    switch try content(file: path) {
    case .coded(let latents): latents
    case .picture(let image): try values(of: image)
    }
  }

  /// What is in a file.
  enum Content {
    /// The numbers of a file of the codec.
    case coded(Latents)
    /// A picture, as encoders see it.
    case picture(Image)
  }

  /// Reads a file. Pixels are not read of one that is coded.
  func content(file path: String) throws -> Content {
    if case .latents(let codec, _, let channels) = self, CodedFile.isCoded(path: path) {
      return .coded(
        try codec.latents(
          decoding: CodedFile(path: path).pictureContainer(), channels: channels, file: path))
    }
    return .picture(try Self.picture(file: path))
  }

  /// The numbers of a picture of one or three planes, 0...255: shape [patch rows, patch columns,
  /// channels].
  ///
  /// - Throws: `CodingError`.
  public func values(of image: Image) throws -> Latents {
    switch self {
    case .latents(let codec, let quality, let channels):
      let image = image.planes == codec.planes ? image : image.with(planes: codec.planes)
      let format = ImageFormat(width: image.width, height: image.height, channels: image.planes)
      return try codec.latents(
        encoding: ImageRows(image, format: format),
        options: PictureOptions(quality: quality)
      ).prefix(channels: channels)
    case .pixels(let scale, let side):
      let scaled = image.with(planes: 3)
      return (scale == 1 ? scaled : scaled.downscaled(by: scale)).patches(side: side)
    }
  }

  /// The picture in a file, as encoders see it: shape [planes, height, width], samples of 0...255,
  /// without alpha.
  ///
  /// - Throws: `MediaFileError`.
  public static func picture(file path: String) throws -> Image {
    let file: ImageFile
    do {
      file = try ImageFile(path: path)
    } catch MediaFileError.unknownContent where CodedFile.isCoded(path: path) {
      throw MediaFileError.unsupported(
        file: path, what: "its pixels are asked for, which it has only once it is decoded")
    }
    let rows = try file.open().nextRows(file.format.height)
    return trainingSamples(rows.planes(0..<file.format.channels), file.format)
  }
}

extension Image {
  /// The picture in grey, the luma of ITU-R BT.601, or in three planes: of a grey one all alike.
  /// Shape [wanted, height, width].
  public func with(planes wanted: Int) -> Image {
    if planes == wanted { return self }
    if planes == 3, wanted == 1 { return luma }
    guard planes == 1 else { return self }
    return Image(
      width: width, height: height, planes: wanted,
      samples: (0..<wanted).flatMap { _ in samples })
  }

  /// Space to depth: the samples of each `side` x `side` pixels, plane after plane. The last row
  /// and column are repeated to fill the last patches.
  ///
  /// Shape [height / side, width / side, planes * side * side], sides rounded up; within a patch
  /// [plane, row, column].
  public func patches(side: Int) -> Latents {
    let (rows, columns) = ((height + side - 1) / side, (width + side - 1) / side)
    let channels = planes * side * side
    var values = [Float](repeating: 0, count: rows * columns * channels)
    for plane in 0..<planes {
      for row in 0..<rows * side {
        let line = (plane * height + min(row, height - 1)) * width
        for column in 0..<columns * side {
          let patch = row / side * columns + column / side
          let sample = (plane * side + row % side) * side + column % side
          values[patch * channels + sample] = samples[line + min(column, width - 1)]
        }
      }
    }
    return Latents(patchRows: rows, patchColumns: columns, channels: channels, values: values)
  }
}
