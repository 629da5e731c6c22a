import Foundation
import MediaFiles
import Signals
import Wavelets

/// The samples of a decoded file.
public enum DecodedFile: Sendable, Equatable {
  /// A picture or an array, shape [planes, height, width] in the units of its sample type, and what
  /// its file said besides.
  case image(Image, ImageFormat)
  /// A sound, shape [channels, frames] of full scale -1...1, and what its file said besides.
  case audio(Audio, AudioFormat)
}

/// The latents of a file: what learning reads.
public enum CodedLatents: Sendable, Equatable {
  /// Of a picture or an array: shape [patch rows, patch columns, channels].
  case picture(Latents)
  /// Of a sound: shape [patches, channels, S], S = 4096 coefficients.
  case sound(Spectra)
}

extension CodecLibrary {
  /// The most samples of all channels of a sound that is decoded into memory, which are 4 GiB: more
  /// than three hours of stereo at 44.1 kHz.
  public static let largestSound = 1 << 30

  /// A sound that fits memory, for a few bytes may state a day of it.
  private func fitting(
    _ container: SoundContainer, _ file: CodedFile
  ) throws(ContainerError) -> SoundContainer {
    let channels = container.format.channels
    if let frames = container.format.frames, frames > Self.largestSound / channels {
      throw .tooManySamples(
        file: file.name, frames: frames, channels: channels, limit: Self.largestSound)
    }
    return container
  }

  /// Encodes a picture, an array or a sound as `codec encode` does.
  ///
  /// For other options see `PictureCodec.encode` and `SoundCodec.encode`.
  /// - Parameters:
  ///   - file: as opened.
  ///   - quality: from the smallest file to one that cannot be told from the original.
  ///   - name: a codec by name or folder; the default for the kind of file when nil.
  ///   - threads: strips or segments worked on at a time; as many as there are cores when nil. The
  ///     result does not depend on it.
  /// - Throws: `CodecLibraryError`, `CodingError`, or `MediaFileError` where the file is damaged.
  public func encode(
    _ file: MediaFile, quality: Quality = .standard, codec name: String? = nil,
    threads: Int? = nil
  ) async throws -> CodedFile {
    let codec = try codec(for: file, named: name)
    let threads = threads ?? ProcessInfo.processInfo.activeProcessorCount
    switch file {
    case .image(let image):
      let container = try await codec.pictureCodec(for: image.name)
        .encode(image.open(), options: PictureOptions(quality: quality, threads: threads))
      return CodedFile(.picture(container), name: image.name)
    case .audio(let audio):
      let codec = try codec.soundCodec(for: audio.name)
      var options = SoundOptions(quality: quality, threads: threads)
      var bytes: [UInt8] = []
      do {
        try await codec.encode(audio.open(), options: options) { bytes += $0 }
      } catch CodingError.beyondFullScale {
        options.scale = try SoundScale.scale(of: audio.open())
        bytes = []
        try await codec.encode(audio.open(), options: options) { bytes += $0 }
      }
      return try CodedFile(parsing: bytes, name: audio.name)
    }
  }

  /// Decodes a whole file into memory, with the codec that made it.
  ///
  /// `PictureCodec.decode` and `SoundCodec.decode` hand out rows and frames as they come.
  /// - Parameters:
  ///   - file: of any kind, a sound of at most ``largestSound`` samples; strips and segments marked as
  ///     damaged come back black and silent.
  ///   - threads: as for encoding.
  /// - Throws: `CodecLibraryError`, or `ContainerError` where the file is impossible.
  public func decode(_ file: CodedFile, threads: Int? = nil) async throws -> DecodedFile {
    let codec = try codec(for: file)
    let threads = threads ?? ProcessInfo.processInfo.activeProcessorCount
    switch file.container {
    case .picture(let container):
      let sink = ImageCollector(format: container.format)
      try await codec.pictureCodec(for: file.name)
        .decode(container, to: sink, threads: threads, file: file.name)
      return .image(sink.image, container.format)
    case .sound(let container):
      let sink = AudioCollector(channels: container.format.channels)
      try await codec.soundCodec(for: file.name)
        .decode(fitting(container, file), to: sink, threads: threads, file: file.name)
      return .audio(sink.audio, container.format)
    }
  }

  /// The dequantised latents of a whole file, by entropy decoding alone.
  ///
  /// - Parameters:
  ///   - file: of any kind, a sound of at most ``largestSound`` samples.
  ///   - count: of a picture the first latent channels, all when nil; a sound has all.
  /// - Throws: `CodecLibraryError`, or `ContainerError` where the file is impossible or damaged.
  public func latents(
    of file: CodedFile, channels count: Int? = nil
  ) async throws -> CodedLatents {
    let codec = try codec(for: file)
    switch file.container {
    case .picture(let container):
      return .picture(
        try codec.pictureCodec(for: file.name)
          .latents(decoding: container, channels: count, file: file.name))
    case .sound(let container):
      return .sound(
        try await codec.soundCodec(for: file.name)
          .spectra(decoding: fitting(container, file), file: file.name))
    }
  }
}
