import ArgumentParser
import CFreedMemory
import Foundation
import MediaFiles
import Networks
import Synchronization

/// The command line: parses, calls and prints.
///
/// Exit status 0 is fine, 1 a file or the system, 2 a mistake on the command line.
@main
struct CodecCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "codec",
    abstract: "Learned compression of pictures, arrays and sounds.",
    version: "0.1.0",
    subcommands: [
      EncodeCommand.self, DecodeCommand.self, InfoCommand.self, VerifyCommand.self,
      CompareCommand.self, ListCommand.self, TrainCommand.self, LatentsCommand.self,
      LearnCommand.self,
      BenchCommand.self,
    ])

  static func main() async {
    TemporaryFiles.removeOnSignals()
    cfreed_keep()
    let arguments = CommandLine.pathArguments
    do {
      var command = try parseAsRoot(arguments)
      if var asynchronous = command as? any AsyncParsableCommand {
        try await asynchronous.run()
      } else {
        try command.run()
      }
      leave(0)
    } catch let failure as ExitCode {
      leave(failure.rawValue)
    } catch {
      // The parser knows its own errors; all others are of files or the system.
      switch exitCode(for: error) {
      case .validationFailure:
        Diagnostics.print(fullMessage(for: error))
        leave(2)
      case .failure:
        Diagnostics.report(error)
        leave(1)
      default:
        // The letter h within other options, as in the name of a file "-hello", asks for nothing.
        if fullMessage(for: error).contains("USAGE: "), !asksForHelp(arguments) {
          let option = arguments.first { $0.hasPrefix("-") && $0.contains("h") } ?? ""
          Diagnostics.print(
            "Error: Unknown option '\(option)'; the name of a file that starts with - is written "
              + "./\(option)")
          leave(2)
        }
        printLine(fullMessage(for: error))
        leave(exitCode(for: error).rawValue)
      }
    }
  }
}

/// Ends the program at once: the libraries would wait for threads of theirs, OpenBLAS for one that
/// asks for memory for ever where there is none.
func leave(_ status: Int32) -> Never {
  fflush(nil)
  _exit(status)
}

extension CodecCommand {
  /// Whether help is asked for in so many words.
  private static func asksForHelp(_ arguments: [String]) -> Bool {
    arguments.isEmpty || arguments[0] == "help"
      || arguments.prefix { $0 != "--" }.contains {
        ["-h", "--help", "-help", "--help-hidden", "--version"].contains($0)
          || $0.hasPrefix("--generate-completion-script") || $0.hasPrefix("--experimental-dump")
      }
  }
}

extension CommandLine {
  /// The arguments, as paths where they are not UTF-8.
  fileprivate static var pathArguments: [String] {
    (1..<max(Int(argc), 1)).compactMap { index in
      // The system ends each argument with a zero.
      unsafeArgv[index].map {
        String(pathBytes: UnsafeRawBufferPointer(start: $0, count: strlen($0)))
      }
    }
  }
}

/// Messages to people, on standard error.
enum Diagnostics {
  /// Prints a line; names of files in it as the bytes that they are.
  static func print(_ line: String) {
    try? FileHandle.standardError.write(contentsOf: Data(line.pathBytes + [0x0A]))
  }

  /// Prints what is odd about a file, each thing once.
  static func warn(_ warning: MediaFileWarning) {
    if warned.withLock({ $0.insert(warning).inserted }) { print("codec: \(warning)") }
  }

  private static let warned = Mutex<Set<MediaFileWarning>>([])

  /// Prints what went wrong in one sentence.
  static func report(_ error: Any) { print("codec: \(error)") }
}
