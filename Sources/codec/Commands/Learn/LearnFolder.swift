import Benchmarking
import Foundation
import MediaFiles

/// The folder that a command of `codec learn` writes to.
struct LearnFolder {
  private let path: String
  private let overwrite: Bool

  private static let results = "results.json"
  private static let report = "report.html"

  /// Makes the folder.
  ///
  /// - Throws: `MediaFileError` where it exists, unless it is resumed or may be overwritten.
  init(path: String, isResumed: Bool, overwrite: Bool) throws {
    let files = FileManager.default
    guard isResumed || overwrite || !files.fileExists(atPath: path) else {
      throw MediaFileError.exists(file: path)
    }
    do {
      try files.createDirectory(atPath: path, withIntermediateDirectories: true)
    } catch {
      throw MediaFileError.system(file: path, action: "create", reason: error.localizedDescription)
    }
    self.path = path
    self.overwrite = isResumed || overwrite
  }

  /// A file in the folder.
  func file(_ name: String) -> URL { URL(fileURLWithPath: path).appendingPathComponent(name) }

  /// Writes results as JSON and the report.
  func write(_ results: some Encodable, html: String) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
    let json = try encoder.encode(results) + Data("\n".utf8)
    try writeFile(json, path: file(Self.results).path, overwrite: overwrite)
    try writeFile(Data(html.utf8), path: file(Self.report).path, overwrite: overwrite)
    Diagnostics.print("\(path): \(Self.results) and \(Self.report)")
  }
}

/// Where the figures of a command of `codec learn` come from.
func learnProvenance() async -> SweepResults.Provenance {
  let program = (Bundle.main.executableURL ?? URL(fileURLWithPath: CommandLine.arguments[0]))
    .resolvingSymlinksInPath()
  return await SweepResults.Provenance.now(
    repository: program.deletingLastPathComponent().path,
    command: (["codec"] + CommandLine.arguments.dropFirst()).joined(separator: " "))
}
