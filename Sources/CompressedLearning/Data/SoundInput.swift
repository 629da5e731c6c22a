import LearnedCodec
import MediaFiles
import Wavelets

/// What a network sees of a sound: the blocks of its spectra, as latents of shape [blocks, channels,
/// frequencies].
///
/// Pairs of channels are mid and side, see `SoundBlocks`. An index is the same pitch only in sounds of
/// one sample rate.
public struct SoundInput: Sendable {
  /// What files (.wlc) are read with, by entropy decoding alone, and other sounds encoded.
  public let codec: SoundCodec
  /// At which sounds are encoded.
  public let quality: Quality
  /// Blocks of a patch, one of `LappedTransform.blockCounts`: 1, 2, 4, 8, 16 or 32.
  public let blocks: Int
  /// How many of the lowest frequencies are seen, 1...4096 / blocks.
  public let frequencies: Int

  /// An input; see the properties.
  ///
  /// - Parameters:
  ///   - codec: decodes `.wlc` files, and encodes other sounds.
  ///   - quality: at which other sounds are encoded.
  ///   - blocks: of a patch, one of `LappedTransform.blockCounts`.
  ///   - frequencies: how many of the lowest are seen; nil for all, as many as a block has frames.
  public init(
    _ codec: SoundCodec, quality: Quality = Quality(80), blocks: Int = 2, frequencies: Int? = nil
  ) {
    precondition(LappedTransform.blockCounts.contains(blocks), "no such number of blocks")
    let available = LappedTransform.patchFrames / blocks
    precondition((1...available).contains(frequencies ?? available), "no such frequencies")
    self.codec = codec
    self.quality = quality
    self.blocks = blocks
    self.frequencies = frequencies ?? available
  }

  /// The numbers of a file: shape [blocks, channels, frequencies].
  ///
  /// - Throws: `DatasetError.otherBlocks`, `SeparationError`, `ContainerError`, `CodingError` or
  ///   `MediaFileError`.
  public func values(file path: String) throws -> Latents {
    let sound =
      CodedFile.isCoded(path: path)
      ? try SoundLatents(
        of: CodedFile(path: path).soundContainer(),
        codec: codec, file: path)
      : try SoundLatents(
        of: AudioFile(path: path).open(), codec: codec, quality: quality, blocks: blocks,
        file: path)
    let found = LappedTransform.patchFrames / sound.frequencies
    guard found == blocks else {
      throw DatasetError.otherBlocks(file: path, found: found, expected: blocks)
    }
    return sound.latents.prefix(channels: frequencies)
  }
}
