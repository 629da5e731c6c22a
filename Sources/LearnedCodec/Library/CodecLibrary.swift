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

  /// The folders of all codecs that can be called by name, the first of each name, as they are sorted
  /// in their folder.
  public var codecFolders: [URL] {
    var names: Set<String> = []
    return allFolders.filter { names.insert($0.lastPathComponent).inserted }
  }

  /// The folders of all codecs; hidden ones, as those that are being written, are left out.
  private var allFolders: [URL] {
    folders.flatMap { folder in
      let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
      return names.sorted().filter { !$0.hasPrefix(".") }.map { folder.appendingPathComponent($0) }
    }.filter(Self.isCodec)
  }

  private static func isCodec(_ folder: URL) -> Bool {
    FileManager.default.fileExists(atPath: folder.appendingPathComponent("codec.json").path)
  }

  /// The codec called `name`, or in the folder `name`.
  ///
  /// A name with a slash is a folder; another is one of the library's, and where there is none a
  /// folder of the current one.
  /// - Throws: `CodecLibraryError.unknownName`, or `folder` where it cannot be loaded.
  public func codec(named name: String) throws(CodecLibraryError) -> Codec {
    let isPath = name.contains("/")
    let named = URL(fileURLWithPath: name)
    // The current folder comes last, so that nothing in it replaces a shipped codec unasked.
    let candidates = isPath ? [] : folders.map { $0.appendingPathComponent(name) } + [named]
    guard !name.isEmpty, let folder = isPath ? named : candidates.first(where: Self.isCodec) else {
      throw .unknownName(name, folders: folders.map(\.path))
    }
    return try codec(folder: folder)
  }

  /// The codec to decode a file with: the one that made it, or the one called `name`.
  ///
  /// - Throws: `CodecLibraryError.unknownHash`, `unknownName`, or `folder` where it cannot be
  ///   loaded.
  public func codec(
    for file: CodedFile, named name: String? = nil
  ) throws(CodecLibraryError) -> Codec {
    if let name { return try codec(named: name) }
    let known = loaded.withLock { $0.first { $1.hash == file.codecHash }?.key }
    var damaged: [CodecFolderError] = []
    for folder in known.map({ [$0] }) ?? allFolders {
      do throws(CodecFolderError) {
        if known == nil, try CodecFiles.hash(of: folder) != file.codecHash { continue }
        return try load(folder, for: file.pictureQuality)
      } catch {
        // Another folder may hold the same codec.
        damaged.append(error)
      }
    }
    throw .unknownHash(file.codecHash, file: file.name, damaged: damaged)
  }

  /// What is known of the codec that made a file, without loading it; nil where it is not here.
  package func summary(for file: CodedFile) -> CodecSummary? {
    allFolders.lazy.compactMap { try? CodecSummary(folder: $0) }
      .first { $0.hash == file.codecHash }
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
    case 1 where format.sampleType != .float32: "photo-grey"
    case 3 where format.sampleType != .float32: "photo"
    default:
      throw .noDefault(file: file, channels: format.channels, sampleType: format.sampleType)
    }
  }

  /// The name of the default codec for sounds.
  package static let defaultSoundName = "music"

  /// The codec of a folder, loaded once: who asks meanwhile waits. Where a quality is named, only what
  /// this one needs.
  private func load(
    _ folder: URL, for quality: Quality? = nil
  ) throws(CodecFolderError) -> Codec {
    let folder = folder.standardizedFileURL
    return try loaded.withLock { loaded throws(CodecFolderError) in
      if let codec = loaded[folder] {
        try codec.load(at: quality)
        return codec
      }
      let codec = try Codec(folder: folder, for: quality)
      loaded[folder] = codec
      return codec
    }
  }

  private func codec(folder: URL) throws(CodecLibraryError) -> Codec {
    do {
      return try load(folder)
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
    // The names that builds give on Linux, on macOS, and in an application there.
    let resources = ["resources", "bundle", "bundle/Contents/Resources"].map { [folder] in
      folder.appendingPathComponent("codec_LearnedCodec.\($0)")
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

extension CodedFile {
  /// The quality of a picture; nil of a sound, whose codec has one operating point.
  fileprivate var pictureQuality: Quality? {
    if case .picture(let container) = container { container.quality } else { nil }
  }
}
