import ArgumentParser
import Benchmarking
import Foundation
import LearnedCodec
import MediaFiles
import Signals

/// `codec bench`
struct BenchCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench",
    abstract: "Measure codecs and rivals on pictures: rate, quality, time and memory.",
    discussion: """
      Codes every picture with every codec at every setting, by the commands of each, and prints \
      means over the pictures and BD-rates. Rivals are found on PATH: \
      \(Rival.ofImages.map(\.codec.name).joined(separator: ", ")). What was measured is kept, so \
      that a sweep that was stopped goes on where it was.
      """)

  @Argument(help: "Pictures, or folders of pictures.")
  var files: [String]

  @Option(help: "One of our codecs by name or folder; may be repeated (default: by the pictures).")
  var codec: [String] = []

  @Option(help: "A rival by name; may be repeated (default: all that are found).")
  var rival: [String] = []

  @Option(help: "Qualities of our codecs, divided by commas.")
  var qualities = "0,14,29,43,57,71,86,100"

  @Option(help: "Commands at a time; those that are timed run alone.")
  var jobs = ProcessInfo.processInfo.activeProcessorCount

  @Option(help: "How many pictures, from the first on, to time.")
  var timing = 4

  @Option(help: "Seconds after which a command is killed and counts as failed.")
  var limit = 300.0

  @Option(help: "Published points to compare with: a file codec,bpp,psnr_db,ms_ssim,source.")
  var anchors: [String] = []

  @Option(
    help: "What BD-rates are against: a rival, codec or published curve (default: first rival).")
  var against: String?

  @Option(name: .shortAndLong, help: "Folder to write CSV, JSON and the report to.")
  var out: String?

  @Flag(help: "Write the curves of the report as PNG too.")
  var png = false

  @Flag(name: .shortAndLong, help: "Overwrite files that exist.")
  var force = false

  @Option(help: "Folder of what was measured (default: codec-bench in the user's caches).")
  var cache = SweepCache.defaultFolder

  @Flag(help: "Print means as JSON instead of tables, an object a codec.")
  var json = false

  func validate() throws {
    let values = qualities.split(separator: ",", omittingEmptySubsequences: false).map {
      Double($0)
    }
    guard values.allSatisfy({ $0.map { (0...100).contains($0) } ?? false }),
      Set(values).count == values.count
    else { throw ValidationError("--qualities takes different numbers 0...100, divided by commas") }
    guard !files.contains("-") else {
      throw ValidationError("bench reads files, not standard input")
    }
    guard jobs >= 1 else { throw ValidationError("--jobs is a number from 1 on") }
    guard timing >= 0 else { throw ValidationError("--timing is a number of pictures from 0 on") }
    guard limit > 0, limit.isFinite else {
      throw ValidationError("--limit is a number of seconds above 0")
    }
    guard !png || out != nil else {
      throw ValidationError("--png needs a folder to write to, --out")
    }
    let names = Rival.ofImages.map(\.codec.name)
    for name in rival where !names.contains(name) {
      throw ValidationError("there is no rival \(name), but \(names.joined(separator: ", "))")
    }
  }

  func run() async throws {
    let progress = Progress()
    var work = try Work(of: self, progress)
    work.sweep.codecs += await foundRivals()
    let reference = try work.reference(against)
    let results = try await work.sweep.results(
      corpus: corpus, provenance: await provenance(), progress.show)
    progress.finish()
    if let output = work.output {
      try output.write(
        results, anchors: work.anchors, reference: reference,
        crops: try await work.sweep.crops(of: results), png: png)
    }
    try printResults(results, work.anchors, against: reference)
    for line in results.failureLines { progress.note(line) }
    if progress.hasNotes { throw ExitCode(1) }
  }

  /// What the arguments ask for, but for the rivals, which have to be looked for first.
  private struct Work {
    var sweep: Sweep
    let anchors: [AnchorCurves]
    let output: BenchOutput?

    init(of command: BenchCommand, _ progress: Progress) throws {
      anchors = try command.anchors.map { path in
        try AnchorCurves(
          parsing: String(decoding: readFile(path: path, maximumBytes: 1 << 24), as: UTF8.self),
          name: path)
      }
      output = try command.out.map { try BenchOutput(folder: $0, overwrite: command.force) }
      let pictures = try command.pictures { progress.note("\($0)") }
      sweep = Sweep(
        pictures: pictures, codecs: try command.ourCodecs(for: pictures),
        tools: MetricTool.ofImages.filter { programPath($0.program) != nil }, jobs: command.jobs,
        timedPictures: command.timing, limit: command.limit,
        cache: try SweepCache(folder: command.cache))
    }

    /// What BD-rates are against; nil where there is nothing but our codecs.
    func reference(_ against: String?) throws -> String? {
      let others = sweep.codecs.filter { !$0.isOurs }.map(\.name) + anchors.flatMap(\.codecs)
      guard let against else { return others.first }
      let names = others + sweep.codecs.filter(\.isOurs).map(\.name)
      guard names.contains(against) else {
        throw ValidationError("--against \(against) is none of \(names.joined(separator: ", "))")
      }
      return against
    }
  }

  /// What is told while the sweep runs, on standard error.
  private final class Progress {
    private var bar = ProgressBar(showsTimeLeft: true)
    /// Whether something went wrong that the sweep went on after.
    private(set) var hasNotes = false

    func note(_ text: String) {
      hasNotes = true
      Diagnostics.print("codec: \(text)")
    }

    func show(_ event: Sweep.Event) {
      switch event {
      case .progress(let stage, let share): bar.show(stage, share: share)
      case .note(let text): note(text)
      }
    }

    func finish() { bar.finish() }
  }

  private func printResults(
    _ results: SweepResults, _ anchors: [AnchorCurves], against reference: String?
  ) throws {
    if json {
      for contender in results.contenders {
        print(String(decoding: try results.compressAI(of: contender), as: UTF8.self))
      }
      return
    }
    print(results.meansTable)
    if let reference {
      let comparisons = RateComparison.all(of: results, anchors, against: reference)
      print("\n" + RateComparison.table(comparisons, against: reference))
    }
  }

  private func provenance() async -> SweepResults.Provenance {
    await SweepResults.Provenance.now(
      repository: program.deletingLastPathComponent().path,
      command: (["codec"] + CommandLine.arguments.dropFirst()).joined(separator: " "))
  }
}

extension BenchCommand {
  /// Pictures of the arguments that can be read. Throws where there are none.
  private func pictures(leftOut: (any Error) -> Void) throws -> [SweepPicture] {
    let extensions = Batch.pictures.subtracting(["npy"])
    let batch = try Batch(reading: files, extensions: extensions)
    var anyIsLeftOut = false
    let pictures = SweepPicture.named(batch.items.map(\.input)).compactMap { name, path in
      do {
        return try SweepPicture(name: name, path: path)
      } catch {
        anyIsLeftOut = true
        leftOut(error)
        return nil
      }
    }
    if pictures.isEmpty { throw anyIsLeftOut ? ExitCode(1) : NoPictures(places: files) }
    return pictures
  }

  /// Our codecs that were asked for, or else the default ones for the pictures, as commands of this
  /// program.
  private func ourCodecs(for pictures: [SweepPicture]) throws -> [CommandCodec] {
    let channels = Set(pictures.map(\.channels))
    let names =
      try codec.isEmpty
      ? channels.sorted(by: >).map {
        try CodecSearch.defaultName(
          for: ImageFormat(width: 1, height: 1, channels: $0), file: pictures[0].path)
      } : codec
    let codecs = try names.map { name in
      let trained = try CodecSearch.codec(named: name)
      guard channels.contains(trained.planes) else {
        throw ValidationError("codec \(name) has \(trained.planes) channels, but no picture has")
      }
      return try CommandCodec.ours(
        trained, argument: name, program: program.path,
        qualities: qualities.split(separator: ",").map(String.init))
    }
    guard Set(codecs.map(\.name)).count == codecs.count else {
      throw ValidationError("two codecs of one name cannot be told apart in results")
    }
    return codecs
  }

  /// The rivals that were asked for and are on `PATH`.
  private func foundRivals() async -> [CommandCodec] {
    var codecs: [CommandCodec] = []
    for candidate in Rival.ofImages where rival.isEmpty || rival.contains(candidate.codec.name) {
      let missing = candidate.missingPrograms
      if missing.isEmpty {
        codecs.append(await candidate.found())
      } else {
        Diagnostics.print(
          "codec: \(candidate.codec.name) is left out, for there is no "
            + "\(missing.joined(separator: " and no ")) on PATH")
      }
    }
    return codecs
  }

  /// This program, which runs our codecs.
  private var program: URL {
    (Bundle.main.executableURL ?? URL(fileURLWithPath: CommandLine.arguments[0]))
      .resolvingSymlinksInPath()
  }

  /// What the pictures are called together.
  private var corpus: String {
    files.map { URL(fileURLWithPath: $0).standardizedFileURL.lastPathComponent }
      .joined(separator: ", ")
  }

  private struct NoPictures: Error, CustomStringConvertible {
    let places: [String]
    var description: String {
      "there are no pictures to measure in \(places.joined(separator: ", "))"
    }
  }
}
