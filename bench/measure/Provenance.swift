import Foundation
import LearnedCodec

/// Where figures come from: what is needed to make them again.
enum Provenance {
  /// Lines of text: date, commit where there is one, processor, codec and command.
  static func lines(of codec: Codec) -> [String] {
    var lines = ["date: \(Date.now.formatted(.iso8601))"]
    if let commit = Programs.firstLine("git", ["describe", "--always", "--dirty"]) {
      lines.append("commit: \(commit)")
    }
    if let processor { lines.append("processor: \(processor)") }
    lines.append("codec: \(codec.name) \(hashText(codec.hash))")
    lines.append(
      "command: measure " + CommandLine.arguments.dropFirst().joined(separator: " "))
    return lines
  }

  private static var processor: String? {
    let text = try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)
    let line = text?.split(separator: "\n").first { $0.hasPrefix("model name") }
    return line?.split(separator: ":").last.map { $0.trimmingCharacters(in: .whitespaces) }
  }
}

/// The codec in a folder, which is named by its path or lies in `codecs`.
func loadCodec(_ name: String) throws -> Codec {
  let isPath = name.contains("/") || FileManager.default.fileExists(atPath: name + "/codec.json")
  return try Codec(folder: URL(fileURLWithPath: isPath ? name : "codecs/" + name))
}

/// A number with a fixed count of decimals.
func fixed(_ value: Double, _ decimals: Int) -> String {
  String(format: "%.\(decimals)f", value)
}

/// Text filled up with spaces at its left to `width`.
func right(_ text: String, _ width: Int) -> String {
  String(repeating: " ", count: max(width - text.count, 0)) + text
}

/// Prints a line on standard error.
func printNote(_ line: String) {
  try? FileHandle.standardError.write(contentsOf: Data((line + "\n").utf8))
}
