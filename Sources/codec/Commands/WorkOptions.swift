import ArgumentParser
import Foundation
import LearnedCodec

/// Options of every command that reads pictures, sounds or containers.
struct WorkOptions: ParsableArguments {
  @Option(name: .customShort("j"), help: "Threads (default: all cores).")
  var threads = ProcessInfo.processInfo.activeProcessorCount

  @Option(help: "Refuse pictures of more pixels.")
  var maxPixels = Container.defaultMaximumPixels

  func validate() throws {
    guard threads >= 1 else { throw ValidationError("-j is a number of threads from 1 on") }
    guard maxPixels >= 1 else { throw ValidationError("--max-pixels is a number from 1 on") }
  }

  /// Reads and parses a `.wlc` file.
  func codedFile(_ path: String, allowingDamage: Bool = false) throws -> CodedFile {
    try CodedFile(path: path, maximumPixels: maxPixels, allowingDamage: allowingDamage)
  }
}
