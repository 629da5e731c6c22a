import Foundation

/// What is known of a codec from its folder without loading its weights.
public struct CodecSummary: Sendable, Equatable {
  /// What a codec is for.
  public enum Kind: Sendable, Equatable {
    /// Pictures or arrays of so many planes, alpha not counted; patches of `patchSide` x `patchSide`
    /// samples become `channels` latents.
    case picture(planes: Int, patchSide: Int, channels: Int)
    /// Sound of any rate and number of channels.
    case sound
  }

  /// The name of the folder.
  public let name: String
  /// The folder.
  public let folder: URL
  /// What a bitstream knows the codec by: a hash of its files.
  public let hash: UInt64
  /// What it is for.
  public let kind: Kind

  /// Reads `codec.json` and the hash of a codec's folder.
  ///
  /// - Throws: `CodecFolderError`.
  public init(folder: URL) throws(CodecFolderError) {
    name = folder.standardizedFileURL.lastPathComponent
    self.folder = folder
    let path = folder.appendingPathComponent("codec.json")
    let json = try readCodecFile(path)
    if Codec.isSound(json) {
      kind = .sound
    } else {
      let description = try PictureCodecDescription(json: json, path: path)
      kind = .picture(
        planes: description.planes, patchSide: 1 << description.levels,
        channels: description.channels)
    }
    hash = try CodecFiles.hash(of: folder)
  }
}
