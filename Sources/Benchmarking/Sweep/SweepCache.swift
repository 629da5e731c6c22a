import Foundation
import LearnedCodec
import MediaFiles

/// What sweeps have measured, as small files of JSON in a folder, so that no measurement is made
/// twice: a sweep that was stopped goes on where it was.
///
/// A file is found by a SHA-256 of all that its figures depend on. One that cannot be read counts
/// as not there.
package struct SweepCache: Sendable {
  private let folder: String

  /// To be raised when figures come to be measured in another way.
  private static let version = "1"

  /// A cache in a folder, which is made where it does not exist.
  package init(folder: String) throws {
    self.folder = folder
    try makeFolder(folder)
  }

  /// `codec-bench` in the user's folder of caches (XDG Base Directory Specification).
  package static var defaultFolder: String {
    let environment = ProcessInfo.processInfo.environment
    let caches =
      environment["XDG_CACHE_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil }
      ?? NSHomeDirectory() + "/.cache"
    return caches + "/codec-bench"
  }

  /// Where figures of a file with a hash, a codec and a setting are kept. `what` tells apart several
  /// figures of the same, and what else they depend on.
  func path(_ hash: String, _ codec: CommandCodec, setting: String, what: String) -> String {
    let contender = codec.contender
    let parts = [
      Self.version, what, hash, codec.version, codec.build, contender.encodeCommand,
      contender.decodeCommand, setting,
    ]
    return "\(folder)/\(SHA256.text(of: Array(parts.joined(separator: "\n").utf8))).json"
  }

  /// The figures in a place, if there are any.
  func read<Value: Decodable>(_ type: Value.Type, at path: String) -> Value? {
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return FileManager.default.contents(atPath: path).flatMap {
      try? decoder.decode(type, from: $0)
    }
  }

  /// Keeps figures in a place. Throws `MediaFileError` where the system refuses.
  func write(_ value: some Encodable, at path: String) throws {
    let encoder = JSONEncoder()
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    try writeFile(encoder.encode(value), path: path, overwrite: true)
  }

  /// Works with a new folder in the cache that is removed afterwards.
  ///
  /// Folders of sweeps that were stopped before they could are removed first.
  package func withWorkFolder<Result>(
    _ work: (String) async throws -> Result
  ) async throws -> Result {
    let prefix = "work-"
    for name in try FileManager.default.contentsOfDirectory(atPath: folder) {
      guard name.hasPrefix(prefix), let process = pid_t(name.dropFirst(prefix.count)),
        process == getpid() || (kill(process, 0) != 0 && errno == ESRCH)
      else { continue }
      try? FileManager.default.removeItem(atPath: "\(folder)/\(name)")
    }
    let path = "\(folder)/\(prefix)\(getpid())"
    try makeFolder(path)
    defer { try? FileManager.default.removeItem(atPath: path) }
    return try await work(path)
  }
}
