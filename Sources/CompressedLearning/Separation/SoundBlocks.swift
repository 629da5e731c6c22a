import LearnedCodec
import Signals
import Wavelets

/// The spectra of a sound in order of time, all of one length: a row of numbers for each block.
///
/// Pairs of channels are mid and side, whatever angle a file has them at.
public struct SoundBlocks: Sendable, Equatable {
  /// Blocks from first to last.
  public let count: Int
  /// Channels, of pairs the mid before the side.
  public let channels: Int
  /// Frequencies of a channel of a block: as many as it has frames.
  public let frequencies: Int
  /// Shape [count, channels, frequencies].
  public var values: [Float]

  /// Blocks from their values, whose count must fill the shape.
  public init(count: Int, channels: Int, frequencies: Int, values: [Float]) {
    precondition(values.count == count * channels * frequencies, "values of another shape")
    self.count = count
    self.channels = channels
    self.frequencies = frequencies
    self.values = values
  }

  /// Numbers of a block.
  public var width: Int { channels * frequencies }

  /// The blocks of spectra of which every patch has the same blocks.
  ///
  /// - Parameters:
  ///   - spectra: at least one patch; their pairs of channels may have any angles.
  ///   - file: what the error calls the file that holds them.
  /// - Throws: `SeparationError.changingBlocks`.
  public init(_ spectra: Spectra, file: String) throws(SeparationError) {
    guard let blockLevel = spectra.blockLevels.first,
      spectra.blockLevels.allSatisfy({ $0 == blockLevel })
    else {
      throw .changingBlocks(file: file)
    }
    let blocks = LappedTransform.blockCounts[blockLevel]
    let (channels, frequencies) = (spectra.channels, LappedTransform.patchFrames / blocks)
    let rotated = spectra.rotated()
    var values = [Float](repeating: 0, count: rotated.values.count)
    Self.forEachCoefficient(
      patches: spectra.blockLevels.count, channels: channels, blocks: blocks
    ) { values[$0] = rotated.values[$1] }
    self.init(
      count: spectra.blockLevels.count * blocks, channels: channels, frequencies: frequencies,
      values: values)
  }

  /// Analyses a sound without rounding, filled up with silence to whole patches.
  ///
  /// - Parameters:
  ///   - audio: shape [channels, frames].
  ///   - blocks: of a patch, one of `LappedTransform.blockCounts`.
  ///   - transform: what analyses it.
  package init(analyzing audio: Audio, blocks: Int, transform: LappedTransform) {
    let patch = LappedTransform.patchFrames
    let patches = (audio.frames + patch - 1) / patch
    let blockLevel = LappedTransform.blockCounts.firstIndex(of: blocks)!
    let filled = audio.followed(
      by: Audio(frames: patches * patch - audio.frames, channels: audio.channels))
    let spectra = Spectra(
      analyzing: filled, blockLevels: [Int](repeating: blockLevel, count: patches),
      keeping: 0..<patches,
      transform: transform)
    // All patches have one shape, and a sound without frames has no blocks.
    self =
      (try? SoundBlocks(spectra, file: ""))
      ?? SoundBlocks(count: 0, channels: audio.channels, frequencies: patch / blocks, values: [])
  }

  /// The sound of all blocks, with `frames` of its frames.
  package func audio(frames: Int, transform: LappedTransform) -> Audio {
    let patch = LappedTransform.patchFrames
    let blocks = patch / frequencies
    let patches = count / blocks
    precondition(count % blocks == 0 && frames <= patches * patch, "not whole patches")
    var bands = [Float](repeating: 0, count: values.count)
    Self.forEachCoefficient(patches: patches, channels: channels, blocks: blocks) {
      bands[$1] = values[$0]
    }
    let spectra = Spectra(
      blockLevels: [Int](
        repeating: LappedTransform.blockCounts.firstIndex(of: blocks)!, count: patches),
      angles: [UInt8](repeating: 4, count: patches * (channels / 2)), values: bands,
      channels: channels)
    return spectra.audio(transform: transform).frames(0..<frames)
  }

  /// Calls `body` with the index of each coefficient among the blocks and among the patches.
  private static func forEachCoefficient(
    patches: Int, channels: Int, blocks: Int, _ body: (_ blocks: Int, _ bands: Int) -> Void
  ) {
    let frequencies = LappedTransform.patchFrames / blocks
    for patch in 0..<patches {
      for channel in 0..<channels {
        let bands = (patch * channels + channel) * LappedTransform.patchFrames
        for block in 0..<blocks {
          let spectrum = ((patch * blocks + block) * channels + channel) * frequencies
          for frequency in 0..<frequencies {
            body(spectrum + frequency, bands + frequency * blocks + block)
          }
        }
      }
    }
  }
}
