import LearnedCodec
import Signals
import Wavelets

/// The blocks of a sound as latents: what `codec latents` writes and classifiers read of a sound, with
/// what it takes to hear it again.
public struct SoundLatents: Sendable, Equatable {
  /// Shape [blocks, channels, frequencies]: a row of patches is a block, a column a channel of the
  /// sound, the channels of a patch its lowest frequencies.
  ///
  /// Pairs of channels are mid and side, not left and right, see `SoundBlocks`.
  public let latents: Latents
  /// Frequencies of a channel of a whole block, at least as many as the latents have.
  public let frequencies: Int
  /// Frames of the sound, of which the last lies in the last patch of the blocks.
  public let frames: Int

  /// Numbers beyond which a sound is not read: 2 GiB, 93 minutes of stereo at 48 kHz.
  static let largestCount = 1 << 29

  /// Latents of whole patches of the transform; see the properties.
  public init(_ latents: Latents, frequencies: Int, frames: Int) {
    let patch = LappedTransform.patchFrames
    let patchBlocks = patch / frequencies
    let patches = latents.patchRows / patchBlocks
    precondition(
      latents.patchRows == patches * patchBlocks && latents.channels <= frequencies
        && frames > (patches - 1) * patch && frames <= patches * patch,
      "latents of another sound")
    self.latents = latents
    self.frequencies = frequencies
    self.frames = frames
  }

  /// Reads a file whose patches have the same blocks, by entropy decoding alone.
  ///
  /// Runs on the calling thread; many files are what is read in parallel.
  /// - Throws: `SeparationError.changingBlocks` or `tooLong`; `ContainerError` where the file is of
  ///   another codec or damaged.
  public init(of container: SoundContainer, codec: SoundCodec, file: String) throws {
    try self.init(file: file) { add in
      for (index, segment) in container.segments.enumerated() {
        guard segment.isIntact else {
          throw ContainerError.damaged(file: file, section: "segment \(index)", offset: 0)
        }
        try add(codec.spectra(decoding: container, segment: index, file: file))
      }
      return container.format.frames ?? 0
    }
  }

  /// What a file of a sound gives back that is tuned for the least squared error, bit for bit,
  /// without making the file.
  ///
  /// - Parameters:
  ///   - source: the sound from its first frame.
  ///   - codec: what the file would be made with.
  ///   - quality: at which it would be encoded.
  ///   - blocks: of a patch, one of `LappedTransform.blockCounts`.
  ///   - file: what errors call the sound.
  /// - Throws: `SeparationError.tooLong`, `CodingError`, or what the source throws.
  public init(
    of source: any AudioSource, codec: SoundCodec, quality: Quality, blocks: Int, file: String
  ) throws {
    try self.init(file: file) { add in
      try codec.forEachSegment(
        of: source, options: SoundOptions(quality: quality, tuning: .snr, blocks: blocks), add)
    }
  }

  /// Latents of segments that `read` adds, and whose frames it returns.
  private init(file: String, _ read: ((Spectra) throws -> Void) throws -> Int) throws {
    var values: [Float] = []
    var (channels, frequencies) = (1, LappedTransform.patchFrames)
    let frames = try read { spectra in
      let blocks = try SoundBlocks(spectra, file: file)
      guard values.isEmpty || blocks.frequencies == frequencies else {
        throw SeparationError.changingBlocks(file: file)
      }
      guard values.count + blocks.values.count <= Self.largestCount else {
        throw SeparationError.tooLong(file: file, limit: Self.largestCount)
      }
      (channels, frequencies) = (blocks.channels, blocks.frequencies)
      values += blocks.values
    }
    self.init(
      Latents(
        patchRows: values.count / channels / frequencies, patchColumns: channels,
        channels: frequencies, values: values),
      frequencies: frequencies, frames: frames)
  }

  /// Writes the sound, with zeros for the frequencies that were cut, in memory of a few patches.
  ///
  /// - Throws: What the sink throws.
  public func write(to sink: any AudioSink) throws {
    let (patch, transform) = (LappedTransform.patchFrames, LappedTransform())
    let patchBlocks = patch / frequencies
    let patches = latents.patchRows / patchBlocks
    for first in stride(from: 0, to: patches, by: Self.writtenPatches) {
      let end = min(first + Self.writtenPatches, patches)
      // Blocks overlap into the patches beside them.
      let window = max(first - 1, 0)..<min(end + 1, patches)
      let sound = blocks(window.lowerBound * patchBlocks..<window.upperBound * patchBlocks)
        .audio(frames: window.count * patch, transform: transform)
      let start = window.lowerBound * patch
      try sink.write(sound.frames(first * patch - start..<min(end * patch, frames) - start))
    }
    try sink.finish()
  }

  /// Patches that are synthesised at a time.
  private static let writtenPatches = 16

  /// Some blocks with all their frequencies.
  private func blocks(_ rows: Range<Int>) -> SoundBlocks {
    let (channels, lowest) = (latents.patchColumns, latents.channels)
    var values = [Float](repeating: 0, count: rows.count * channels * frequencies)
    for spectrum in 0..<rows.count * channels {
      let source = (rows.lowerBound * channels + spectrum) * lowest
      values.replaceSubrange(
        spectrum * frequencies..<spectrum * frequencies + lowest,
        with: latents.values[source..<source + lowest])
    }
    return SoundBlocks(
      count: rows.count, channels: channels, frequencies: frequencies, values: values)
  }
}
