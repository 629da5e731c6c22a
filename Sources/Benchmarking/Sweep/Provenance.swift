import Foundation

#if canImport(Darwin)
  import Darwin
#endif

extension SweepResults.Provenance {
  /// Where, when and how the program runs.
  ///
  /// - Parameters:
  ///   - program: what it is called in the command line.
  ///   - repository: a folder in the checkout that the program was built from.
  package static func now(
    program: String, repository: String = FileManager.default.currentDirectoryPath
  ) async -> SweepResults.Provenance {
    let git = try? await MeasuredProcess.run(
      ["git", "-C", repository, "describe", "--always", "--dirty", "--exclude", "*"], limit: 10)
    let commit = git?.ending == .exit(0) ? git?.output.split(separator: "\n").first : nil
    let cores = ProcessInfo.processInfo.activeProcessorCount
    return SweepResults.Provenance(
      commit: commit.map(String.init) ?? "unknown", date: Date.now.formatted(.iso8601),
      machine: "\(processor ?? "unknown processor"), \(cores) cores, "
        + ProcessInfo.processInfo.operatingSystemVersionString,
      command: ([program] + CommandLine.arguments.dropFirst()).joined(separator: " "))
  }

  /// Terms and what they are, for the head of a page.
  package var definitions: [(String, String)] {
    [("Date", date), ("Commit", commit), ("Machine", machine), ("Command", command)]
  }

  /// The processor in words, where the system tells.
  private static var processor: String? {
    #if canImport(Darwin)
      var text = [UInt8](repeating: 0, count: 256)
      var count = text.count
      guard sysctlbyname("machdep.cpu.brand_string", &text, &count, nil, 0) == 0 else { return nil }
      return String(decoding: text.prefix { $0 != 0 }, as: UTF8.self)
    #else
      let text = try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)
      let line = text?.split(separator: "\n").first { $0.hasPrefix("model name") }
      return line?.split(separator: ":").last.map { $0.trimmingCharacters(in: .whitespaces) }
    #endif
  }
}
