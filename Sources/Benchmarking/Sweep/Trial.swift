import Foundation
import MediaFiles

/// A file's samples as files that the commands of codecs read, and in memory to compare with.
struct PreparedFile<File: SweepFile> {
  let file: File
  let samples: File.Samples
  private let folder: String

  /// Writes samples to a folder, once for each extension.
  init(_ file: File, _ samples: File.Samples, extensions: Set<String>, folder: String) throws {
    self.file = file
    self.samples = samples
    self.folder = folder
    for name in extensions { try file.write(samples, path: path(name)) }
  }

  /// The file with an extension.
  func path(_ pathExtension: String) -> String { "\(folder)/original.\(pathExtension)" }
}

/// What a trial took.
struct TrialTimes: Codable, Sendable {
  /// Wall-clock seconds of the commands.
  var encodeSeconds: Double
  var decodeSeconds: Double
  /// Peak resident bytes of the commands.
  var encodePeakBytes: Int?
  var decodePeakBytes: Int?
}

extension FileResult {
  /// What the commands took; nil where they were not timed.
  var times: TrialTimes? {
    get {
      guard let encodeSeconds, let decodeSeconds else { return nil }
      return TrialTimes(
        encodeSeconds: encodeSeconds, decodeSeconds: decodeSeconds,
        encodePeakBytes: encodePeakBytes, decodePeakBytes: decodePeakBytes)
    }
    set {
      encodeSeconds = newValue?.encodeSeconds
      decodeSeconds = newValue?.decodeSeconds
      encodePeakBytes = newValue?.encodePeakBytes
      decodePeakBytes = newValue?.decodePeakBytes
    }
  }
}

/// Why a run of a codec failed, as results have it.
enum TrialFailure: Error, CustomStringConvertible {
  case command(String)
  /// A command did not end in time.
  case hung(String)

  var description: String {
    switch self {
    case .command(let reason), .hung(let reason): reason
    }
  }
}

/// One run of a codec on a file at a setting, and what came of it.
struct Trial<File: SweepFile> {
  let prepared: PreparedFile<File>
  let codec: CommandCodec
  let setting: String
  /// Seconds after which a command is killed.
  let limit: Double
  /// Its own folder for files.
  let folder: String

  /// Works while the folder exists.
  func inFolder<Value>(_ work: () async throws -> Value) async -> Result<Value, any Error> {
    do {
      try makeFolder(folder)
      defer { try? FileManager.default.removeItem(atPath: folder) }
      return .success(try await work())
    } catch {
      return .failure(error)
    }
  }

  /// What coding and decoding takes: of two runs the shorter times and the larger peaks.
  func time() async throws -> TrialTimes {
    let (first, second) = (try await run(), try await run())
    return TrialTimes(
      encodeSeconds: min(first.encoding.seconds, second.encoding.seconds),
      decodeSeconds: min(first.decoding.seconds, second.decoding.seconds),
      encodePeakBytes: [first.encoding.peakBytes, second.encoding.peakBytes].compactMap(\.self)
        .max(),
      decodePeakBytes: [first.decoding.peakBytes, second.decoding.peakBytes].compactMap(\.self)
        .max())
  }

  /// The samples as they come back.
  func decodedSamples() async throws -> File.Samples {
    _ = try await run()
    return try readDecoded()
  }

  /// Codes the file and decodes it.
  private func run() async throws -> (encoding: MeasuredProcess, decoding: MeasuredProcess) {
    let encoding = try await run(codec.encode, prepared.path(codec.inputExtension), coded)
    return (encoding, try await run(codec.decode, coded, decoded))
  }

  private var coded: String { "\(folder)/coded.\(codec.codedExtension)" }
  private var decoded: String { "\(folder)/decoded.\(codec.outputExtension)" }

  private func run(
    _ command: [String], _ input: String, _ output: String
  ) async throws -> MeasuredProcess {
    let filled = CommandCodec.filled(
      command,
      prepared.file.placeholders.merging([
        "input": input, "output": output, "setting": setting,
      ]) { $1 })
    // Nothing that an earlier run has left behind may be taken for a result.
    try? FileManager.default.removeItem(atPath: output)
    let program = command[0].fileName
    let process = try await MeasuredProcess.run(filled, limit: limit, folder: folder)
    switch process.ending {
    case .exit(0): break
    case .exit(let status):
      let reason = process.errors.split(whereSeparator: \.isNewline).last.map { ": \($0)" } ?? ""
      throw TrialFailure.command("\(program) ended with status \(status)\(reason)")
    case .signal(let number): throw TrialFailure.command("\(program) was ended by signal \(number)")
    case .timeout: throw TrialFailure.hung("\(program) did not end within \(shortText(limit)) s")
    }
    guard FileManager.default.fileExists(atPath: output) else {
      throw TrialFailure.command("\(program) wrote no file")
    }
    return process
  }

  /// Codes and decodes the file and measures the result; untimed.
  ///
  /// - Parameter isRepeated: whether all is done twice, to see if the files are the same.
  func measure(isRepeated: Bool, tools: [MetricTool]) async throws -> FileResult {
    _ = try await run()
    if isRepeated {
      let first = try (contents(coded), contents(decoded))
      _ = try await run()
      guard try first == (contents(coded), contents(decoded)) else {
        throw TrialFailure.command("two runs gave different files")
      }
    }
    let file = prepared.file
    let metrics = try await file.metrics(
      of: readDecoded(), against: prepared.samples, tools: tools, folder: folder)
    let bytes = try contents(coded).count
    return FileResult(
      file: file.name, contender: codec.name, setting: setting, sampleCount: file.sampleCount,
      rate: file.rate(ofBytes: bytes), byteCount: bytes, metrics: metrics)
  }

  private func contents(_ path: String) throws -> [UInt8] {
    try readFile(path: path, maximumBytes: 1 << 30)
  }

  private func readDecoded() throws -> File.Samples {
    try prepared.file.decoded(
      path: decoded, decoder: codec.decode[0].fileName)
  }

  /// A measurement that failed.
  func failed(_ reason: String) -> FileResult {
    FileResult(
      file: prepared.file.name, contender: codec.name, setting: setting,
      sampleCount: prepared.file.sampleCount, rate: 0, byteCount: 0, metrics: [:],
      failure: reason)
  }
}

/// A number without decimals that say nothing.
private func shortText(_ value: Double) -> String {
  value == value.rounded() ? String(Int(value)) : String(value)
}
