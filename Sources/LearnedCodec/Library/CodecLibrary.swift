import Foundation
import MediaFiles
import Signals
import Synchronization

/// Finds trained codecs by name, by folder and by hash, and loads each once.
///
/// A codec is a folder with `codec.json` and `weights.safetensors`; a library looks for it in a few
/// folders of such folders. Which codec made a file is told by a hash that the folder states, so that
/// finding it loads no weights.
public final class CodecLibrary: Sendable {
  /// Folders that hold the folders of codecs; of two codecs with one name the first one counts.
  public let folders: [URL]
  private let loaded = Mutex<[URL: Codec]>([:])

  /// A library of the codecs in some folders; those that do not exist are left out.
  public init(folders: [URL]) {
    self.folders = folders.filter { FileManager.default.fileExists(atPath: $0.path) }
  }

  /// The codecs that are found without being told where: see ``standardFolders``.
  public static let standard = CodecLibrary(folders: standardFolders)

  /// The folders of all codecs, the first of each name, as they are sorted in their folder.
  public var codecFolders: [URL] {
    var names: Set<String> = []
    return folders.flatMap { folder in
      let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
      return names.sorted().map { folder.appendingPathComponent($0) }
    }.filter {
      FileManager.default.fileExists(atPath: $0.appendingPathComponent("codec.json").path)
        && names.insert($0.lastPathComponent).inserted
    }
  }

  /// The codec called `name`, or in the folder `name`.
  ///
  /// - Throws: `CodecLibraryError.unknownName`, or `folder` where it cannot be loaded.
  public func codec(named name: String) throws(CodecLibraryError) -> Codec {
    if name.contains("/") || FileManager.default.fileExists(atPath: name + "/codec.json") {
      return try codec(folder: URL(fileURLWithPath: name))
    }
    for folder in folders {
      let candidate = folder.appendingPathComponent(name)
      if FileManager.default.fileExists(atPath: candidate.path) {
        return try codec(folder: candidate)
      }
    }
    throw .unknownName(name, folders: folders.map(\.path))
  }

  /// The codec to decode a file with: the one that made it, or the one called `name`.
  ///
  /// - Throws: `CodecLibraryError.unknownHash` or `unknownName`, or `folder` where it cannot be
  ///   loaded.
  public func codec(
    for file: CodedFile, named name: String? = nil
  ) throws(CodecLibraryError) -> Codec {
    if let name { return try codec(named: name) }
    let known = loaded.withLock { $0.values.first { $0.hash == file.codecHash } }
    if let known { return known }
    guard let summary = summary(for: file) else {
      throw .unknownHash(file.codecHash, file: file.name)
    }
    return try codec(folder: summary.folder)
  }

  /// What is known of the codec that made a file, without loading it; nil where it is not here.
  package func summary(for file: CodedFile) -> CodecSummary? {
    for folder in codecFolders {
      if let summary = try? CodecSummary(folder: folder), summary.hash == file.codecHash {
        return summary
      }
    }
    return nil
  }

  /// The codec to encode a file with: the default for its kind, or the one called `name`.
  ///
  /// - Throws: `CodecLibraryError.noDefault` or `unknownName`, or `folder` where it cannot be
  ///   loaded.
  public func codec(
    for file: MediaFile, named name: String? = nil
  ) throws(CodecLibraryError) -> Codec {
    if let name { return try codec(named: name) }
    return switch file {
    case .image(let image):
      try codec(named: Self.defaultName(for: image.format, file: image.name))
    case .audio: try codec(named: Self.defaultSoundName)
    }
  }

  /// The name of the default codec for a picture or an array.
  ///
  /// Floating point has no range of its own, so the steps of the shipped codecs mean nothing for it.
  /// - Parameters:
  ///   - format: of the picture.
  ///   - file: what errors call it.
  /// - Throws: `CodecLibraryError.noDefault`.
  public static func defaultName(
    for format: ImageFormat, file: String
  ) throws(CodecLibraryError) -> String {
    switch format.channels {
    case 1 where format.sampleType != .float32: "klt-grey"
    case 3 where format.sampleType != .float32: "photo"
    default:
      throw .noDefault(file: file, channels: format.channels, sampleType: format.sampleType)
    }
  }

  /// The name of the default codec for sounds.
  package static let defaultSoundName = "music"

  private func codec(folder: URL) throws(CodecLibraryError) -> Codec {
    let folder = folder.standardizedFileURL
    if let codec = loaded.withLock({ $0[folder] }) { return codec }
    do {
      let codec = try Codec(folder: folder)
      loaded.withLock { $0[folder] = codec }
      return codec
    } catch {
      throw .folder(error)
    }
  }
}

extension CodecLibrary {
  /// What to say where none of the standard folders exists.
  package static let nowhere =
    "../share/codec beside the program or a folder codecs above it; CODEC_PATH names other folders"

  /// Where codecs are looked for: the folders that the environment variable `CODEC_PATH` names,
  /// separated by colons; `../share/codec` beside the program, as after an installation; `codecs` in
  /// a folder above the program, as in a checkout; and the resources of this package, which builds
  /// put beside the program.
  public static var standardFolders: [URL] {
    let path = ProcessInfo.processInfo.environment["CODEC_PATH"] ?? ""
    var folders = path.split(separator: ":").map { URL(fileURLWithPath: String($0)) }
    guard let program = Bundle.main.executableURL?.resolvingSymlinksInPath() else {
      return folders
    }
    var folder = program.deletingLastPathComponent()
    let resources = ["resources", "bundle"].compactMap {
      Bundle(url: folder.appendingPathComponent("codec_LearnedCodec.\($0)"))?.resourceURL
    }
    folders.append(folder.deletingLastPathComponent().appendingPathComponent("share/codec"))
    // A build lies a few folders below its checkout.
    for _ in 0..<5 {
      folders.append(folder.appendingPathComponent("codecs"))
      folder.deleteLastPathComponent()
    }
    return folders + resources
  }
}
