import Foundation

/// How a program ended that was run with limits.
struct LimitedProcess: Sendable {
  enum Ending: Equatable, Sendable {
    case exit(Int32)
    case signal(Int32)
    case timeout
  }

  let ending: Ending
  /// What it printed on standard error.
  let diagnostics: String

  /// Runs a program with 4 GB of address space, and kills it after some seconds.
  ///
  /// - Parameter log: where its standard error goes; it is removed afterwards.
  static func run(
    _ program: String, _ arguments: [String], seconds: Double, log: URL
  ) async throws -> LimitedProcess {
    try Data().write(to: log)
    defer { try? FileManager.default.removeItem(at: log) }
    let errors = try FileHandle(forWritingTo: log)
    defer { try? errors.close() }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments =
      ["-c", "ulimit -v 4000000; ulimit -c 0; exec \"$0\" \"$@\"", program] + arguments
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    process.standardError = errors
    let start = ContinuousClock.now
    try await withCheckedThrowingContinuation { (done: CheckedContinuation<Void, any Error>) in
      let killer = Task {
        try await Task.sleep(for: .seconds(seconds))
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
      }
      process.terminationHandler = { _ in
        killer.cancel()
        done.resume()
      }
      do {
        try process.run()
      } catch {
        killer.cancel()
        done.resume(throwing: error)
      }
    }
    let status = process.terminationStatus
    let ending: Ending =
      if process.terminationReason == .exit {
        .exit(status)
      } else if status == SIGKILL, ContinuousClock.now - start >= .seconds(seconds) {
        .timeout
      } else {
        .signal(status)
      }
    return try LimitedProcess(
      ending: ending, diagnostics: String(decoding: Data(contentsOf: log), as: UTF8.self))
  }
}
