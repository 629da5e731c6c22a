import LearnedCodec
import Signals
import Wavelets

/// What a separation reads: the way from a sound to blocks and back.
public enum SeparationInput: Sendable {
  /// The spectra of a file of the codec, all that were kept.
  case latents(SoundCodec, quality: Quality, blocks: Int)
  /// The sound at a lower rate, analysed by the same transform with blocks of the same time, without
  /// rounding: what there is without a codec.
  case audio(ratio: Int, blocks: Int)

  /// The blocks of a mixture of so many frames a second, as a file gives them back.
  ///
  /// - Throws: `CodingError`.
  public func blocks(of mixture: Audio, sampleRate: Int) async throws -> SoundBlocks {
    switch self {
    case .latents(let codec, let quality, let blocks):
      var bytes: [UInt8] = []
      try await codec.encode(
        AudioFrames(
          mixture,
          format: AudioFormat(
            sampleRate: sampleRate, channels: mixture.channels, frames: mixture.frames,
            sampleType: .float32)),
        options: SoundOptions(quality: quality, tuning: .snr, blocks: blocks)
      ) { bytes += $0 }
      return try await codec.blocks(of: SoundContainer(parsing: bytes, file: "the mixture"))
    case .audio: return exactBlocks(of: mixture)
    }
  }

  /// The blocks of a sound without rounding: what a stem is to become.
  public func exactBlocks(of sound: Audio) -> SoundBlocks {
    switch self {
    case .latents(_, _, let blocks):
      SoundBlocks(analyzing: sound, blocks: blocks, transform: LappedTransform())
    case .audio(let ratio, let blocks):
      SoundBlocks(
        analyzing: sound.downsampled(by: ratio), blocks: blocks * ratio,
        transform: LappedTransform())
    }
  }

  /// Numbers of a sum of stems' blocks as a file gives them back.
  func rounded(_ values: [Float]) -> [Float] {
    switch self {
    case .latents(let codec, let quality, _): codec.decoded(values, quality: quality)
    case .audio: values
    }
  }

  /// The sound of blocks, `frames` long.
  public func sound(of blocks: SoundBlocks, frames: Int) -> Audio {
    switch self {
    case .latents: blocks.audio(frames: frames, transform: LappedTransform())
    case .audio(let ratio, _):
      blocks.audio(frames: (frames + ratio - 1) / ratio, transform: LappedTransform())
        .upsampled(by: ratio, frames: frames)
    }
  }
}

extension SoundCodec {
  /// The blocks of a file whose patches have the same blocks.
  ///
  /// - Parameters:
  ///   - container: of this codec.
  ///   - threads: segments decoded at a time, at least 1.
  ///   - file: what errors call it.
  /// - Throws: `SeparationError.changingBlocks`, or `ContainerError` where it is of another codec.
  public func blocks(
    of container: SoundContainer, threads: Int = 1, file: String = "the file"
  ) async throws -> SoundBlocks {
    try SoundBlocks(await spectra(decoding: container, threads: threads, file: file), file: file)
  }
}
