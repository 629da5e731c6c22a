import CTemporaryFiles

/// The files that are being written and do not have their final name yet.
package enum TemporaryFiles {
  /// From now on the signals that end a process, those of its own faults among them, remove them
  /// before they do. A signal that the process ignores or handles itself is left as it is.
  package static func removeOnSignals() {
    ctemporary_unlink_on_signals()
  }

  static func add(_ path: String) -> Int32 {
    path.withPath { ctemporary_add($0) }
  }

  static func remove(_ entry: Int32) {
    ctemporary_remove(entry)
  }
}
