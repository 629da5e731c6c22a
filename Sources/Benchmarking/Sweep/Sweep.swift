import Foundation
import MediaFiles
import Signals

/// What there is to say while a sweep runs.
package enum SweepEvent: Sendable {
  /// A share (0...1) of what has to be run in a stage is done.
  case progress(stage: String, share: Double)
  /// Something that a person wants to know: one sentence.
  case note(String)
}

/// Runs codecs over pictures, or over sounds, at all their settings.
package struct Sweep<File: SweepFile>: Sendable {
  /// The files.
  package var files: [File]
  /// The codecs.
  package var codecs: [CommandCodec]
  /// Programs that measure beside what is measured here.
  package var tools: [MetricTool]
  /// Commands at a time. Those that are timed run alone whatever it is.
  package var jobs: Int
  /// How many files, from the first on, are coded twice more to time it.
  package var timedFiles: Int
  /// Seconds after which a command is killed, and its run has failed.
  package var limit: Double
  /// Where figures are kept.
  package var cache: SweepCache

  /// A sweep; see the properties.
  package init(
    files: [File], codecs: [CommandCodec], tools: [MetricTool] = [], jobs: Int = 1,
    timedFiles: Int = 4, limit: Double = 300, cache: SweepCache
  ) {
    self.files = files
    self.codecs = codecs
    self.tools = tools
    self.jobs = jobs
    self.timedFiles = timedFiles
    self.limit = limit
    self.cache = cache
  }

  /// Measures all that the cache does not have, first qualities, then times.
  ///
  /// A codec that fails does so for itself, and what failed is not kept in the cache. One that
  /// hangs is not run again. A file whose samples are damaged is left out, with a note.
  ///
  /// - Returns: by codec, then file, then setting. A codec for one number of channels has none
  ///   of pictures with another one.
  /// - Throws: where temporary files or the cache cannot be written.
  package func run(_ report: (SweepEvent) -> Void) async throws -> [FileResult] {
    let runs = codecs.indices.flatMap { codec in
      files.indices.filter { codecs[codec].takes(files[$0]) }.flatMap { file in
        codecs[codec].settings.indices.map { Run(codec: codec, file: file, setting: $0) }
      }
    }
    var results: [Run: FileResult] = [:]
    try await cache.withWorkFolder { folder in
      try await measureQualities(of: runs, folder: folder, into: &results, report)
      try await measureTimes(of: runs, folder: folder, into: &results, report)
    }
    return runs.compactMap { results[$0] }
  }

  /// Indices of a codec, of a file, and of one of the codec's settings.
  private struct Run: Hashable {
    let codec: Int
    let file: Int
    let setting: Int
  }

  private func measureQualities(
    of runs: [Run], folder: String, into results: inout [Run: FileResult],
    _ report: (SweepEvent) -> Void
  ) async throws {
    let what = (["quality"] + tools.map(\.program)).joined(separator: " ")
    for run in runs {
      guard var known = cache.read(FileResult.self, at: path(of: run, what)) else { continue }
      // Its bytes are the same, but the file may have another name now.
      known.file = files[run.file].name
      known.contender = codecs[run.codec].name
      results[run] = known
    }
    let tools = tools
    try await perform(
      runs.filter { results[$0] == nil }, stage: "measuring", jobs: jobs, folder: folder, report
    ) { trial, run in
      // Whether a codec is deterministic shows at one setting.
      try await trial.measure(isRepeated: run.setting == 0, tools: tools)
    } keep: { trial, run, result in
      switch result {
      case .success(let measurement):
        results[run] = measurement
        try cache.write(measurement, at: path(of: run, what))
      case .failure(let error): results[run] = trial.failed("\(error)")
      }
    }
  }

  private func measureTimes(
    of runs: [Run], folder: String, into results: inout [Run: FileResult],
    _ report: (SweepEvent) -> Void
  ) async throws {
    let timed = runs.filter {
      $0.file < timedFiles && results[$0].map { $0.failure == nil } ?? false
    }
    var left: [Run] = []
    for run in timed {
      if let known = cache.read(TrialTimes.self, at: path(of: run, "times")) {
        results[run]?.times = known
      } else {
        left.append(run)
      }
    }
    try await perform(left, stage: "timing", jobs: 1, folder: folder, report) { trial, _ in
      try await trial.time()
    } keep: { _, run, result in
      switch result {
      case .success(let times):
        results[run]?.times = times
        try cache.write(times, at: path(of: run, "times"))
      case .failure(let error): results[run]?.failure = "\(error)"
      }
    }
  }

  private func path(of run: Run, _ what: String) -> String {
    let codec = codecs[run.codec]
    return cache.path(
      files[run.file].hash, codec, setting: codec.settings[run.setting], what: what)
  }

  /// Works on runs, file by file, some at a time.
  private func perform<Value: Sendable>(
    _ runs: [Run], stage: String, jobs: Int, folder: String, _ report: (SweepEvent) -> Void,
    work: @escaping @Sendable (Trial<File>, Run) async throws -> Value,
    keep: (Trial<File>, Run, Result<Value, any Error>) throws -> Void
  ) async throws {
    let count = runs.count
    var done = 0
    var hung: [Int: String] = [:]
    for (index, file) in files.enumerated() {
      let runs = runs.filter { $0.file == index }
      if runs.isEmpty { continue }
      let samples: File.Samples
      do {
        samples = try file.samples()
      } catch {
        report(.note("left out: \(error)"))
        done += runs.count
        continue
      }
      let folder = "\(folder)/\(index)"
      try makeFolder(folder)
      defer { try? FileManager.default.removeItem(atPath: folder) }
      let prepared = try PreparedFile(
        file, samples, extensions: Set(runs.map { codecs[$0.codec].inputExtension }),
        folder: folder)
      var waiting = runs[...]
      try await concurrentForEach(threads: jobs) { () -> (Trial<File>, Run)? in
        while let run = waiting.popFirst() {
          report(.progress(stage: stage, share: Double(done) / Double(count)))
          let codec = codecs[run.codec]
          let trial = Trial(
            prepared: prepared, codec: codec, setting: codec.settings[run.setting],
            limit: limit, folder: "\(folder)/\(run.codec)-\(run.setting)")
          guard let entry = hung[run.codec] else { return (trial, run) }
          let failure = TrialFailure.command("not run, because it hung at \(entry)")
          try keep(trial, run, .failure(failure))
          done += 1
        }
        return nil
      } work: { trial, run in
        (trial, run, await trial.inFolder { try await work(trial, run) })
      } collect: { _, ended in
        let (trial, run, result) = ended
        if case .failure(TrialFailure.hung) = result {
          hung[run.codec] = "\(file.name) and \(trial.setting)"
        }
        try keep(trial, run, result)
        done += 1
        report(.progress(stage: stage, share: Double(done) / Double(count)))
      }
    }
    if count > 0 { report(.progress(stage: stage, share: 1)) }
  }
}

extension Sweep {
  /// Runs the sweep and puts its figures together with what they are figures of.
  package func results(
    corpus: String, provenance: SweepResults.Provenance, _ report: (SweepEvent) -> Void
  ) async throws -> SweepResults {
    SweepResults(
      kind: File.kind, corpus: corpus, provenance: provenance, contenders: codecs.map(\.contender),
      measurements: try await run(report))
  }
}
