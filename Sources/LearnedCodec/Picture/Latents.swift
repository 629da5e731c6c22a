import Networks
import Wavelets

/// The projected bands of a picture or a part of it: what learning tasks read.
public struct Latents: Sendable, Equatable {
  /// Patches from top to bottom.
  public let patchRows: Int
  /// Patches from left to right.
  public let patchColumns: Int
  /// Channels of a patch, of largest variance first.
  public let channels: Int
  /// Shape [patchRows, patchColumns, channels], in the units of the samples.
  public var values: [Float]

  /// Latents from their values, whose count must fill the shape.
  public init(patchRows: Int, patchColumns: Int, channels: Int, values: [Float]) {
    precondition(values.count == patchRows * patchColumns * channels, "values of another shape")
    self.patchRows = patchRows
    self.patchColumns = patchColumns
    self.channels = channels
    self.values = values
  }

  /// The patch rows in `range`.
  func rows(_ range: Range<Int>) -> Latents {
    guard range != 0..<patchRows else { return self }
    let row = patchColumns * channels
    return Latents(
      patchRows: range.count, patchColumns: patchColumns, channels: channels,
      values: Array(values[range.lowerBound * row..<range.upperBound * row]))
  }
}

/// Quantised latents: the integers that are entropy coded, those of one resolution of a strip.
public struct Symbols: Sendable, Equatable {
  /// Patches from top to bottom.
  public let patchRows: Int
  /// Patches from left to right.
  public let patchColumns: Int
  /// Channels of a patch.
  public let channels: Int
  /// Shape [patchRows, patchColumns, channels]. Encoders make magnitudes of at most
  /// 2^20 - 1; decoded from arbitrary bytes they are below 2^22.
  public var values: [Int32]

  /// Symbols from their values, whose count must fill the shape.
  public init(patchRows: Int, patchColumns: Int, channels: Int, values: [Int32]) {
    precondition(values.count == patchRows * patchColumns * channels, "values of another shape")
    self.patchRows = patchRows
    self.patchColumns = patchColumns
    self.channels = channels
    self.values = values
  }
}

/// The symbols of a strip.
public struct StripSymbols: Sendable, Equatable {
  /// Patches from top to bottom.
  public let patchRows: Int
  /// Patches from left to right.
  public let patchColumns: Int
  /// Latent channels of a patch that were kept, at least 1.
  public let channels: Int
  /// Those of each resolution of the pyramid, coarsest first; a codec without a pyramid has a
  /// single one.
  public var resolutions: [Symbols]

  /// Symbols from those of each resolution.
  public init(patchRows: Int, patchColumns: Int, channels: Int, resolutions: [Symbols]) {
    self.patchRows = patchRows
    self.patchColumns = patchColumns
    self.channels = channels
    self.resolutions = resolutions
  }
}
