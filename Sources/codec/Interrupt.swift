import Dispatch
import Foundation

/// Notices control-C (SIGINT) or a request to end (SIGTERM), so that long work can stop where it
/// can go on later. A second one ends the program at once.
final class Interrupt {
  private let sources: [any DispatchSourceSignal]
  private let came = DispatchSemaphore(value: 0)

  init() {
    let came = came
    sources = [SIGINT, SIGTERM].map { number in
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler {
        came.signal()
        signal(number, SIG_DFL)
      }
      source.resume()
      return source
    }
  }

  /// Whether one has come.
  var hasCome: Bool {
    guard came.wait(timeout: .now()) == .success else { return false }
    came.signal()
    return true
  }
}
