import Foundation
import MediaFiles
import Networks

/// The files of a codec's folder.
struct CodecFiles {
  /// `codec.json`.
  let description: Data
  /// `weights.safetensors`, mapped: of it is read and checked what is asked for.
  let weights: Safetensors
  /// Where `description` lies.
  let path: URL
  /// The hash of both files, or what the folder states of them.
  let hash: UInt64
  /// The name of the folder.
  var name: String { path.deletingLastPathComponent().standardizedFileURL.lastPathComponent }

  private let bytes: Data
  private let found: CodecHash

  /// The file beside them that states the hash, see `CodecHash`: finding a codec by its hash reads no
  /// weights.
  private static let hashName = "hash"

  /// Reads the files of `folder`.
  init(folder: URL) throws(CodecFolderError) {
    let path = folder.appendingPathComponent("codec.json")
    let weightsPath = folder.appendingPathComponent("weights.safetensors")
    let description = try readCodecFile(path)
    let bytes = try readCodecFile(weightsPath, isMapped: true)
    let stated = try Self.stated(in: folder, description: description)
    let found = stated?.found ?? CodecHash(description: description, weights: bytes)
    do {
      let checked = CheckedBlocks(of: bytes, by: found)
      weights = try Safetensors(lazily: bytes, name: weightsPath.path) { checked.match(in: $0) }
    } catch {
      throw Self.error(error, folder, description, bytes, stated: stated?.hash ?? found.value)
    }
    hash = stated?.hash ?? found.value
    (self.path, self.description, self.bytes, self.found) = (path, description, bytes, found)
  }

  /// Throws where the folder states another hash than that of its description and digests.
  func checkHash() throws(CodecFolderError) {
    guard found.value == hash else {
      throw .changed(
        path: path.deletingLastPathComponent().path, stated: hash, found: found.value)
    }
  }

  /// What is wrong with the weights, as an error of the folder.
  func error(_ error: SafetensorsError) -> CodecFolderError {
    Self.error(error, path.deletingLastPathComponent(), description, bytes, stated: hash)
  }

  private static func error(
    _ error: SafetensorsError, _ folder: URL, _ description: Data, _ bytes: Data, stated: UInt64
  ) -> CodecFolderError {
    guard case .changed = error else { return .weights(error) }
    return .changed(
      path: folder.path, stated: stated,
      found: CodecHash(description: description, weights: bytes).value)
  }

  /// The hash that a folder states, or that of its files where it states none.
  static func hash(of folder: URL) throws(CodecFolderError) -> UInt64 {
    if let hash = try stated(in: folder, description: Data(), digests: false)?.hash { return hash }
    return try CodecFiles(folder: folder).hash
  }

  private static func stated(
    in folder: URL, description: Data, digests: Bool = true
  ) throws(CodecFolderError) -> (hash: UInt64, found: CodecHash)? {
    let path = folder.appendingPathComponent(hashName)
    guard FileManager.default.fileExists(atPath: path.path) else { return nil }
    // The first line, or more than the digests of the largest file.
    let text = firstBytes(ofFile: path.path, count: digests ? 1 << 18 : 17)
    guard let stated = CodecHash.stated(by: text, description: description) else {
      throw .field(
        path: path.path, field: "it", value: "other than lines of 16 and 32 hexadecimal digits")
    }
    return stated
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
        (
          hashName,
          Data(CodecHash(description: description, weights: Data(bytes)).text.utf8)
        ),
      ] { try content.write(to: partial.appendingPathComponent(name)) }
      try files.moveItem(at: partial, to: folder)
    } catch {
      throw .file(path: folder.path, reason: reason(error))
    }
  }
}
