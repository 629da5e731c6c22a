import Foundation

/// Progress of long work on standard error: a bar that moves on a terminal, a plain line every
/// ten seconds elsewhere.
struct ProgressBar {
  private let isTerminal = isatty(2) == 1
  private let start = ContinuousClock.now
  private var last: ContinuousClock.Instant?
  private var stage = ""

  /// Shows that `share` (0...1) of a stage is done.
  mutating func show(_ name: String, share: Double) {
    let now = ContinuousClock.now
    let isNew = name != stage
    if let last, !isNew, now - last < (isTerminal ? .milliseconds(100) : .seconds(10)) { return }
    (stage, last) = (name, now)
    let seconds = Int((now - start) / .seconds(1))
    if isTerminal {
      let filled = Int(share * 30)
      let bar =
        String(repeating: "#", count: filled) + String(repeating: ".", count: 30 - filled)
      write("\r\(bar) \(Int(share * 100)) % \(name), \(seconds) s   ")
    } else {
      write("\(name): \(Int(share * 100)) %, \(seconds) s\n")
    }
  }

  /// Ends the bar.
  func finish() { if isTerminal { write("\n") } }

  private func write(_ text: String) {
    try? FileHandle.standardError.write(contentsOf: Data(text.utf8))
  }
}
