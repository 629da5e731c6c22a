import ArgumentParser
import CFreedMemory
import Foundation
import MediaFiles

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
    do {
      var command = try parseAsRoot()
      if var asynchronous = command as? any AsyncParsableCommand {
        try await asynchronous.run()
      } else {
        try command.run()
      }
    } catch let failure as ExitCode {
      Foundation.exit(failure.rawValue)
    } catch {
      // The parser knows its own errors; all others are of files or the system.
      switch exitCode(for: error) {
      case .validationFailure:
        Diagnostics.print(fullMessage(for: error))
        Foundation.exit(2)
      case .failure:
        Diagnostics.report(error)
        Foundation.exit(1)
      default:
        exit(withError: error)
      }
    }
  }
}

/// Messages to people, on standard error.
enum Diagnostics {
  /// Prints a line.
  static func print(_ line: String) {
    try? FileHandle.standardError.write(contentsOf: Data((line + "\n").utf8))
  }

  /// Prints what went wrong in one sentence.
  static func report(_ error: Any) { print("codec: \(error)") }
}
