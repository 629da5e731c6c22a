/// Why a picture or a sound cannot be coded with a codec.
public enum CodingError: Error, Equatable, CustomStringConvertible {
  /// The codec is for another number of channels.
  case otherChannels(codec: String, expected: Int, found: Int)
  /// More latent channels were asked for than the codec has, or none.
  case noSuchChannels(codec: String, asked: Int, available: Int)
  /// The codec has one step for all channels only.
  case noEyeWeights(codec: String)
  /// A side of the picture is zero or beyond 2^20.
  case impossibleSize(width: Int, height: Int)
  /// The source ended before the last row.
  case missingRows(expected: Int, found: Int)
  /// Alpha of floating point, which has no lossless integers.
  case floatingPointAlpha
  /// Even the lowest quality has more bytes than the file may have.
  case unreachableSize(limit: Int, smallest: Int)
  /// A sample is not a finite number.
  case notFinite(row: Int)
  /// A sample of sound is not a finite number.
  case notFiniteSound(frame: Int)
  /// A sample of sound lies too far beyond full scale, 2 to the power of `scale`, to be coded well.
  case beyondFullScale(frame: Int, scale: Int)
  /// Tags or blocks of a sound are more than a file can hold, or a name of a tag has other letters.
  case metadata
  /// The sound has more channels than a file can hold.
  case tooManyChannels(Int, limit: Int)
  /// Patches of sound are not cut into that many blocks.
  case noSuchBlocks(Int, available: [Int])
  /// The sound has no frames.
  case emptySound

  /// One sentence.
  public var description: String {
    switch self {
    case .otherChannels(let codec, let expected, let found):
      "codec \(codec) is for \(expected) channel\(expected == 1 ? "" : "s"), not \(found)"
    case .noSuchChannels(let codec, let asked, let available):
      "codec \(codec) has 1...\(available) channels to keep, not \(asked)"
    case .noEyeWeights(let codec):
      "codec \(codec) has no steps for the eye: encode with --tune psnr"
    case .impossibleSize(let width, let height):
      "a picture of \(width) x \(height) cannot be coded: each side must be "
        + "1...\(PictureContainer.largestSide)"
    case .missingRows(let expected, let found):
      "the picture ends after \(found) of \(expected) rows"
    case .floatingPointAlpha:
      "alpha of floating point cannot be coded: make it integers of 8 or 16 bits"
    case .unreachableSize(let limit, let smallest):
      "no quality gives \(limit) bytes: the lowest one gives \(smallest)"
    case .notFinite(let row):
      "a sample near row \(row) is not a finite number, or so large that its bands are not"
    case .notFiniteSound(let frame):
      "a sample at or after frame \(frame) is not a finite number"
    case .beyondFullScale(let frame, let scale):
      "a sample at or after frame \(frame) lies far beyond full scale, "
        + (scale == 0 ? "1" : "2 to the power of \(scale)")
    case .metadata:
      "its tags or blocks are more than a file can hold, or a name has letters that it cannot"
    case .tooManyChannels(let count, let limit):
      "a sound of \(count) channels cannot be coded: at most \(limit) fit a file"
    case .noSuchBlocks(let count, let available):
      "a patch of sound has \(available.map(String.init).joined(separator: ", ")) blocks, not "
        + "\(count)"
    case .emptySound:
      "a sound without a single frame cannot be coded"
    }
  }
}
