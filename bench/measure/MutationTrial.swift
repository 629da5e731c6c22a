import Benchmarking
import Foundation
import MediaFiles

/// Runs the codec command on mutations of one file, and judges how it ends.
struct MutationTrial: Sendable {
  enum Outcome: Sendable {
    /// One sentence and exit status 1.
    case refused
    /// A result, where it may have one.
    case accepted
    case failure(String)
  }

  struct Result: Sendable {
    let kind: Mutation.Kind
    let outcome: Outcome
  }

  private let original: [UInt8]
  private let sections: FileSections
  private let program: String
  private let codec: String?
  private let seconds: Double
  private let fileExtension: String

  /// A trial of a file at `path` that holds the bytes `original`.
  init(
    original: [UInt8], path: String, program: String, codec: String?, seconds: Double
  ) throws {
    self.original = original
    self.program = program
    self.codec = codec
    self.seconds = seconds
    sections = try FileSections(of: original, name: path)
    fileExtension = path.fileExtension
  }

  /// A mutation, which depends on the file, its index and the seed alone.
  func mutation(_ index: Int, seed: UInt64) -> Mutation {
    Mutation(index, of: original, sections: sections, seed: seed &* 1_000_003 &+ UInt64(index))
  }

  /// Runs the command on a mutation, in a folder of its own within `folder`.
  func run(_ index: Int, seed: UInt64, folder: URL) async throws -> Result {
    let mutation = mutation(index, seed: seed)
    let trial = folder.appendingPathComponent("\(index)")
    let files = FileManager.default
    try files.createDirectory(at: trial, withIntermediateDirectories: false)
    defer { try? files.removeItem(at: trial) }
    let input = folder.appendingPathComponent("\(index).\(fileExtension)")
    defer { try? files.removeItem(at: input) }
    try Data(mutation.bytes).write(to: input)

    let isContainer = sections.container != nil
    let result =
      switch sections.container {
      case .picture: "result.npy"
      case .sound: "result.wav"
      case nil: "result.wlc"
      }
    let output = trial.appendingPathComponent(result)
    let process = try await MeasuredProcess.run(
      // With 4 GB of address space.
      ["/bin/sh", "-c", "ulimit -v 4000000; ulimit -c 0; exec \"$0\" \"$@\"", program]
        + [isContainer ? "decode" : "encode", input.path, "-o", output.path, "-j", "1"]
        + ["--max-pixels", "16777216"] + (codec.map { ["--codec", $0] } ?? []),
      limit: seconds, folder: folder.path)
    let left = try files.contentsOfDirectory(atPath: trial.path)
    return Result(
      kind: mutation.kind,
      outcome: judge(process, mutation, input: input.path, left: left))
  }

  private func judge(
    _ process: MeasuredProcess, _ mutation: Mutation, input: String, left: [String]
  ) -> Outcome {
    let lines = process.errors.split(whereSeparator: \.isNewline)
    switch process.ending {
    case .timeout:
      return .failure("took longer than \(seconds) s")
    case .signal(let number):
      return .failure("signal \(number): \(process.errors.prefix(400))")
    case .exit(0):
      if left.count != 1 { return .failure("exit 0, but the folder holds \(left)") }
      // Nothing but intact checksums may make a damaged container pass.
      return sections.container == nil || mutation.isRepaired || mutation.bytes == original
        ? .accepted : .failure("exit 0 though checksums are wrong")
    case .exit(1):
      if mutation.kind == .intact { return .failure("the intact file is refused: \(lines)") }
      if !left.isEmpty { return .failure("exit 1, but \(left) were left behind") }
      // Warnings may come before the error, those of the result too.
      guard let error = lines.last, lines.count <= 4 else {
        return .failure("exit 1 with \(lines.count) lines: \(lines)")
      }
      if let line = lines.first(where: { !$0.contains(input) && !$0.contains("/result.") }) {
        return .failure("the file is not named: \(line)")
      }
      return sections.container == nil || Self.saysWhere(error)
        ? .refused : .failure("what is damaged is not said: \(error)")
    case .exit(let status):
      return .failure("exit \(status): \(process.errors.prefix(400))")
    }
  }

  /// Whether a sentence about a container says what is wrong where, or what it is instead.
  private static func saysWhere(_ line: Substring) -> Bool {
    [
      "at offset", "from offset", "is not a .wlc", "of version", "made with codec",
      "than the limit",
    ]
    .contains { line.contains($0) }
  }
}
