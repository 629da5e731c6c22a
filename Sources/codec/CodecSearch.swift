import Foundation
import LearnedCodec
import MediaFiles
import Signals

/// Finds trained codecs by name, path or hash.
///
/// Codecs lie in folders named `codecs` in a folder above the program, as in a checkout, or in
/// `../share/codec` beside it, as after an installation; `CODEC_PATH` names another one.
enum CodecSearch {
  /// Why no codec was found.
  struct NotFound: Error, CustomStringConvertible {
    let description: String
  }

  /// The default codec for a picture. Floating point has no range of its own, so the steps of the
  /// shipped codecs mean nothing for it.
  static func defaultName(for format: ImageFormat, file: String) throws -> String {
    switch format.channels {
    case 1 where format.sampleType != .float32: return "klt-grey"
    case 3 where format.sampleType != .float32: return "photo"
    default:
      throw NotFound(
        description: "no shipped codec is for \(file) with \(format.channels) channels of "
          + "\(format.sampleType); fit one with codec train --fit klt and name it with --codec")
    }
  }

  /// The default codec for a file.
  static func defaultName(for media: MediaFile, file: String) throws -> String {
    switch media {
    case .image(let image): try defaultName(for: image.format, file: file)
    case .audio: "music"
    }
  }

  /// The codec called `name`, or in the folder `name`.
  static func codec(named name: String) throws -> TrainedCodec {
    if name.contains("/") || FileManager.default.fileExists(atPath: name + "/codec.json") {
      return try TrainedCodec(folder: URL(fileURLWithPath: name))
    }
    for folder in folders {
      let candidate = folder.appendingPathComponent(name)
      if FileManager.default.fileExists(atPath: candidate.path) {
        return try TrainedCodec(folder: candidate)
      }
    }
    throw NotFound(
      description: "there is no codec \(name) in "
        + (folders.isEmpty ? nowhere : folders.map(\.path).joined(separator: ", ")))
  }

  /// The codec to decode a container with: the one called `name`, or else the one that made it.
  static func codec(
    named name: String?, for container: CodedFile, file: String
  ) throws -> TrainedCodec {
    if let name { return try codec(named: name) }
    let hash = container.codecHash
    for folder in all() {
      if let codec = try? TrainedCodec(folder: folder), codec.hash == hash { return codec }
    }
    throw NotFound(
      description: "\(file) was made with codec \(hashText(hash)), which is not here; name its "
        + "folder with --codec")
  }

  /// The folders of all codecs, the first of each name.
  static func all() -> [URL] {
    var names: Set<String> = []
    return folders.flatMap { folder in
      let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
      return names.sorted().map { folder.appendingPathComponent($0) }
    }.filter {
      FileManager.default.fileExists(atPath: $0.appendingPathComponent("codec.json").path)
        && names.insert($0.lastPathComponent).inserted
    }
  }

  /// What to say where no folder of codecs is found.
  static let nowhere =
    "../share/codec beside the program or a folder codecs above it; CODEC_PATH names another folder"

  private static let folders: [URL] = {
    var candidates: [URL] = []
    if let path = ProcessInfo.processInfo.environment["CODEC_PATH"] {
      candidates.append(URL(fileURLWithPath: path))
    }
    if let program = Bundle.main.executableURL?.resolvingSymlinksInPath() {
      var folder = program.deletingLastPathComponent()
      candidates.append(
        folder.deletingLastPathComponent().appendingPathComponent("share/codec"))
      // A build lies a few folders below its checkout.
      for _ in 0..<5 {
        candidates.append(folder.appendingPathComponent("codecs"))
        folder.deleteLastPathComponent()
      }
    }
    return candidates.filter { FileManager.default.fileExists(atPath: $0.path) }
  }()
}

/// The codecs of a batch of containers, each loaded once.
struct ContainerCodecs {
  /// What the user has named; nil for the codec that made each file.
  let name: String?
  private var loaded: [UInt64: TrainedCodec] = [:]

  init(named name: String?) { self.name = name }

  /// The codec to decode a container with.
  mutating func codec(for container: CodedFile, file: String) throws -> TrainedCodec {
    let hash = container.codecHash
    if let codec = loaded[hash] { return codec }
    let codec = try CodecSearch.codec(named: name, for: container, file: file)
    loaded[hash] = codec
    return codec
  }
}
