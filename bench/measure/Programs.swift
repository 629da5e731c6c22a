import Foundation

/// Other programs, found on PATH.
enum Programs {
  /// Why a program did not do its work.
  struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  /// Runs a program to its end and returns what it printed on standard output.
  ///
  /// Throws where it is not there or ends with another status than 0.
  @discardableResult
  static func run(_ name: String, _ arguments: [String]) throws -> String {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [name] + arguments
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = FileHandle.nullDevice
    try process.run()
    let output = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    guard process.terminationReason == .exit, process.terminationStatus == 0 else {
      throw Failure(description: "\(name) ended with status \(process.terminationStatus)")
    }
    return String(decoding: output, as: UTF8.self)
  }

  /// The first line that a program prints, or nil where it is not there.
  static func firstLine(_ name: String, _ arguments: [String]) -> String? {
    (try? run(name, arguments))?.split(whereSeparator: \.isNewline).first.map(String.init)
  }
}

/// A folder for files that are of no use afterwards.
func withTemporaryFolder<Result>(_ work: (URL) async throws -> Result) async throws -> Result {
  let folder = FileManager.default.temporaryDirectory
    .appendingPathComponent("measure-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  return try await work(folder)
}
