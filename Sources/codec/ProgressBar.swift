import Foundation

/// Progress of long work on standard error: a bar that moves on a terminal, a plain line every
/// ten seconds elsewhere.
struct ProgressBar {
  private let isTerminal = isatty(2) == 1
  private let showsTimeLeft: Bool
  private let start = ContinuousClock.now
  private var last: ContinuousClock.Instant?
  private var stage = ""
  private var stageStart = ContinuousClock.now

  /// A bar. The time left of a stage is right where its share rises evenly.
  init(showsTimeLeft: Bool = false) {
    self.showsTimeLeft = showsTimeLeft
  }

  /// Shows that `share` (0...1) of a stage is done.
  mutating func show(_ name: String, share: Double) {
    let now = ContinuousClock.now
    let isNew = name != stage
    if let last, !isNew, now - last < (isTerminal ? .milliseconds(100) : .seconds(10)) { return }
    (stage, last) = (name, now)
    if isNew { stageStart = now }
    var time = "\(Int((now - start) / .seconds(1))) s"
    if showsTimeLeft, share > 0 {
      time += ", \(Int((now - stageStart) / .seconds(1) * (1 / share - 1))) s left"
    }
    if isTerminal {
      let filled = Int(share * 30)
      let bar =
        String(repeating: "#", count: filled) + String(repeating: ".", count: 30 - filled)
      write("\r\(bar) \(Int(share * 100)) % \(name), \(time)   ")
    } else {
      write("\(name): \(Int(share * 100)) %, \(time)\n")
    }
  }

  /// Ends the bar.
  func finish() { if isTerminal { write("\n") } }

  private func write(_ text: String) {
    try? FileHandle.standardError.write(contentsOf: Data(text.utf8))
  }
}
