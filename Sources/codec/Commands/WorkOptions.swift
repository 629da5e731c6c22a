import ArgumentParser
import Foundation
import LearnedCodec
import MediaFiles
import Networks

extension NameSpecification {
  /// A letter whose value may follow without a space, as in -q90, and the long name.
  static func joined(_ letter: Character) -> NameSpecification {
    [.customShort(letter, allowingJoined: true), .long]
  }
}

extension CompletionKind {
  /// The codecs that are found by name when the user asks.
  static var codecs: CompletionKind {
    .custom { _, _, _ in CodecLibrary.standard.codecFolders.map(\.lastPathComponent) }
  }
}

/// Throws where a value on the command line is not possible; `what` says which are.
func demand(_ isPossible: Bool, _ what: String) throws {
  if !isPossible { throw ValidationError(what) }
}

/// Whether an option is above zero where it is given.
func isPositive(_ value: Double?) -> Bool { value.map { $0 > 0 && $0.isFinite } ?? true }

/// What a file gives to learn from; nil, and told, where it cannot be read.
func orLeftOut<Content>(_ read: () throws -> Content) -> Content? {
  do {
    return try read()
  } catch {
    Diagnostics.print("codec: left out: \(error)")
    return nil
  }
}

/// Which codec reads a `.wlc` file.
struct CodecOption: ParsableArguments {
  @Option(
    name: .customLong("codec"),
    help: "Codec by name or folder (default: the one that made the file).", completion: .codecs)
  var name: String?

  /// The codec for a file.
  func codec(for file: CodedFile) throws -> Codec {
    try CodecLibrary.standard.codec(for: file, named: name)
  }
}

/// Options of every command that reads pictures, sounds or containers.
struct WorkOptions: ParsableArguments {
  @Option(name: .customShort("j", allowingJoined: true), help: "Threads (default: all cores).")
  var threads = ProcessInfo.processInfo.activeProcessorCount

  @Option(help: "Refuse pictures of more pixels.")
  var maxPixels = PictureContainer.defaultMaximumPixels

  func validate() throws {
    try demand(threads >= 1, "-j is a number of threads from 1 on")
    try demand(maxPixels >= 1, "--max-pixels is a number from 1 on")
  }

  /// Throws where there is no memory for so many threads, which would show much later.
  func checkMemory() throws {
    guard hasMemoryForProducts(threads: threads) else {
      throw Refusal(
        "cannot work with \(threads) threads: no memory; each takes 128 MiB (see ulimit -v), fewer "
          + "are set with -j")
    }
  }

  /// How pictures and sounds are read.
  var reading: ReadingOptions {
    ReadingOptions(maximumPixels: maxPixels, warn: Diagnostics.warn)
  }

  /// Reads and parses a `.wlc` file.
  func codedFile(_ path: String, allowingDamage: Bool = false) throws -> CodedFile {
    try CodedFile(path: path, maximumPixels: maxPixels, allowingDamage: allowingDamage)
  }
}
