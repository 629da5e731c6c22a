import Benchmarking
import Foundation
import LearnedCodec

/// Where figures come from, in lines: what is needed to make them again.
func provenanceLines(of codec: PictureCodec) async -> [String] {
  let now = await SweepResults.Provenance.now(program: "measure")
  return [
    "date: \(now.date)", "commit: \(now.commit)", "machine: \(now.machine)",
    "codec: \(codec.name) \(hashText(codec.hash))", "command: \(now.command)",
  ]
}

/// A number with a fixed count of decimals.
func fixed(_ value: Double, _ decimals: Int) -> String {
  String(format: "%.\(decimals)f", value)
}

/// Text filled up with spaces at its left to `width`.
func right(_ text: String, _ width: Int) -> String {
  String(repeating: " ", count: max(width - text.count, 0)) + text
}
