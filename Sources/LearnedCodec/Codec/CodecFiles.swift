import Foundation
import Networks

/// The files of a codec's folder.
struct CodecFiles {
  /// `codec.json`.
  let description: Data
  /// `weights.safetensors`, parsed.
  let weights: Safetensors
  /// Where `description` lies.
  let path: URL
  /// The first eight bytes of the SHA-256 of both files, one after the other.
  let hash: UInt64

  /// Reads the files of `folder`.
  init(folder: URL) throws(CodecFolderError) {
    path = folder.appendingPathComponent("codec.json")
    let weightsPath = folder.appendingPathComponent("weights.safetensors")
    description = try readCodecFile(path)
    let bytes = try readCodecFile(weightsPath)
    do {
      weights = try Safetensors(parsing: [UInt8](bytes), name: weightsPath.path)
    } catch {
      throw .weights(error)
    }
    var digest = SHA256()
    digest.update([UInt8](description))
    digest.update([UInt8](bytes))
    hash = digest.finish().prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
  }

  /// Writes the files of a codec to a folder, which must not exist, all of them or none.
  static func write(
    _ description: some Encodable, _ weights: Safetensors, to folder: URL
  ) throws(CodecFolderError) {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    let files = FileManager.default
    let partial = folder.deletingLastPathComponent()
      .appendingPathComponent(".\(folder.lastPathComponent).\(UInt32.random(in: 0 ... .max)).tmp")
    do {
      try files.createDirectory(at: partial, withIntermediateDirectories: true)
      defer { try? files.removeItem(at: partial) }
      try (encoder.encode(description) + Data("\n".utf8))
        .write(to: partial.appendingPathComponent("codec.json"))
      try Data(weights.serialized()).write(
        to: partial.appendingPathComponent("weights.safetensors"))
      try files.moveItem(at: partial, to: folder)
    } catch {
      throw .file(path: folder.path, reason: reason(error))
    }
  }
}
