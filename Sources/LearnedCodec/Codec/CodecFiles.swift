import Foundation
import MediaFiles
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
  /// The name of the folder.
  var name: String { path.deletingLastPathComponent().standardizedFileURL.lastPathComponent }

  /// The file beside them that states the hash, as `hashText` writes it: finding a codec by its hash
  /// reads no weights.
  private static let hashName = "hash"

  /// Reads the files of `folder`.
  init(folder: URL) throws(CodecFolderError) {
    path = folder.appendingPathComponent("codec.json")
    let weightsPath = folder.appendingPathComponent("weights.safetensors")
    description = try readCodecFile(path)
    let bytes = [UInt8](try readCodecFile(weightsPath))
    do {
      weights = try Safetensors(parsing: bytes, name: weightsPath.path)
    } catch {
      throw .weights(error)
    }
    hash = Self.hash(description, bytes)
  }

  private static func hash(_ description: Data, _ weights: [UInt8]) -> UInt64 {
    var digest = SHA256()
    digest.update([UInt8](description))
    digest.update(weights)
    return digest.finish().prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
  }

  /// Throws where the folder states another hash than that of its files.
  func checkHash() throws(CodecFolderError) {
    let folder = path.deletingLastPathComponent()
    if let stated = try Self.statedHash(in: folder), stated != hash {
      throw .changed(path: folder.path, stated: stated, found: hash)
    }
  }

  /// The hash that a folder states; nil where it states none.
  static func statedHash(in folder: URL) throws(CodecFolderError) -> UInt64? {
    let path = folder.appendingPathComponent(hashName)
    guard FileManager.default.fileExists(atPath: path.path) else { return nil }
    let text = String(decoding: firstBytes(ofFile: path.path, count: 32), as: UTF8.self)
      .trimmingCharacters(in: .whitespacesAndNewlines)
    guard text.utf8.count == 16, text.allSatisfy(\.isHexDigit), let hash = UInt64(text, radix: 16)
    else {
      throw .field(path: path.path, field: "it", value: "other than 16 hexadecimal digits")
    }
    return hash
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
      let description = try encoder.encode(description) + Data("\n".utf8)
      let bytes = weights.serialized()
      for (name, content) in [
        ("codec.json", description), ("weights.safetensors", Data(bytes)),
        (hashName, Data((hashText(hash(description, bytes)) + "\n").utf8)),
      ] { try content.write(to: partial.appendingPathComponent(name)) }
      try files.moveItem(at: partial, to: folder)
    } catch {
      throw .file(path: folder.path, reason: reason(error))
    }
  }
}
