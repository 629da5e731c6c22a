import ArgumentParser
import Foundation
import MediaFiles
import Signals

/// `measure mutations`
struct MutationsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "mutations",
    abstract: "Run codec decode and encode on damaged copies of files.",
    discussion: """
      Containers are decoded, pictures and sounds are encoded. Right is exit status 1 with lines that \
      name the file and, of a container, what is damaged where, and no file left behind; or \
      status 0 where checksums cannot show the damage, or it does not bear on the samples. All else is listed as a failure.
      """)

  @Argument(help: "Intact files: .wlc, or pictures.")
  var files: [String]

  @Option(help: "The codec command to test.")
  var codecProgram: String

  @Option(help: "Codec to name to it (default: those that it finds itself).")
  var codec: String?

  @Option(help: "Mutations of each file.")
  var count = 2000

  @Option(help: "Another seed is other mutations.")
  var seed: UInt64 = 1

  @Option(help: "Seconds after which a run has failed.")
  var limitSeconds = 5.0

  @Option(help: "Runs at a time.")
  var threads = ProcessInfo.processInfo.activeProcessorCount

  @Option(help: "Folder to keep files that failed in.")
  var keep: String?

  func run() async throws {
    if let keep {
      try FileManager.default.createDirectory(atPath: keep, withIntermediateDirectories: true)
    }
    var failures = 0
    for path in files {
      let trial = try MutationTrial(
        original: readFile(path: path, maximumBytes: 1 << 28), path: path,
        program: codecProgram, codec: codec, seconds: limitSeconds)
      var tally = Tally()
      var mutations = (0..<count).makeIterator()
      try await withTemporaryFolder { folder in
        try await concurrentForEach(threads: threads) {
          mutations.next()
        } work: {
          try await trial.run($0, seed: seed, folder: folder)
        } collect: { index, result in
          tally.add(result)
          guard case .failure(let reason) = result.outcome else { return }
          failures += 1
          print(
            "FAILURE \(path), mutation \(index), seed \(seed), \(result.kind.rawValue): \(reason)")
          if let keep {
            try Data(trial.mutation(index, seed: seed).bytes)
              .write(
                to: URL(fileURLWithPath: keep).appendingPathComponent("\(index)-\(path.fileName)"))
          }
        }
      }
      print("\(path)\n\(tally.text)")
    }
    print(failures == 0 ? "no failures" : "\(failures) failures")
    if failures > 0 { throw ExitCode(1) }
  }

  /// Counts of outcomes by kind of mutation.
  private struct Tally {
    private var counts: [Mutation.Kind: (refused: Int, accepted: Int, failed: Int)] = [:]

    mutating func add(_ result: MutationTrial.Result) {
      switch result.outcome {
      case .refused: counts[result.kind, default: (0, 0, 0)].refused += 1
      case .accepted: counts[result.kind, default: (0, 0, 0)].accepted += 1
      case .failure: counts[result.kind, default: (0, 0, 0)].failed += 1
      }
    }

    var text: String {
      let head = "  refused accepted   failed"
      let rows = Mutation.Kind.allCases.compactMap { kind in
        counts[kind].map {
          right("\($0.refused)", 9) + right("\($0.accepted)", 9) + right("\($0.failed)", 9)
            + "  \(kind.rawValue)"
        }
      }
      return ([head] + rows).joined(separator: "\n")
    }
  }
}
