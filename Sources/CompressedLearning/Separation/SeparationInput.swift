import LearnedCodec
import Signals
import Wavelets

/// What a separation reads: the way from a sound to slots and back.
public enum SeparationInput: Sendable {
  /// The spectra of a file of the codec, all that were kept.
  case latents(SoundCodec, quality: Quality, blocks: Int)
  /// The sound at a lower rate, analysed by the same transform with blocks of the same time, without
  /// rounding: what there is without a codec.
  case audio(ratio: Int, blocks: Int)

  /// The slots of a mixture as a file gives them back.
  public func slots(of mixture: Audio, sampleRate: Int) async throws -> SoundSlots {
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
      return try await codec.slots(of: SoundContainer(parsing: bytes, file: "the mixture"))
    case .audio: return exactSlots(of: mixture)
    }
  }

  /// The slots of a sound without rounding: what a stem is to become.
  public func exactSlots(of sound: Audio) -> SoundSlots {
    switch self {
    case .latents(_, _, let blocks):
      SoundSlots(analyzing: sound, blocks: blocks, transform: LappedTransform())
    case .audio(let ratio, let blocks):
      SoundSlots(
        analyzing: sound.downsampled(by: ratio), blocks: blocks * ratio,
        transform: LappedTransform())
    }
  }

  /// Numbers of a sum of stems' slots as a file gives them back.
  func rounded(_ values: [Float]) -> [Float] {
    switch self {
    case .latents(let codec, let quality, _): codec.decoded(values, quality: quality)
    case .audio: values
    }
  }

  /// The sound of slots, `frames` long.
  public func sound(of slots: SoundSlots, frames: Int) -> Audio {
    switch self {
    case .latents: slots.audio(frames: frames, transform: LappedTransform())
    case .audio(let ratio, _):
      slots.audio(frames: (frames + ratio - 1) / ratio, transform: LappedTransform())
        .upsampled(by: ratio, frames: frames)
    }
  }
}

extension SoundCodec {
  /// The slots of a file whose patches have the same blocks.
  ///
  /// - Throws: `SeparationError.changingBlocks`, or `ContainerError` where it is of another codec.
  public func slots(
    of container: SoundContainer, threads: Int = 1, file: String = "the file"
  ) async throws -> SoundSlots {
    try SoundSlots(await spectra(decoding: container, threads: threads, file: file), file: file)
  }
}
