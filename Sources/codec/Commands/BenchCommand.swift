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
    abstract: "Measure codecs and rivals on pictures or sounds: rate, quality, time and memory.",
    discussion: """
      Codes every file with every codec at every setting, by the commands of each, and prints means \
      over the files that all codecs coded, and BD-rates. Beside the mean of the rates of the files \
      stands that of all of them together (corpus). Of pictures and sounds, what there is more of is measured. Rivals \
      are found on PATH, for pictures \(names(Rival.ofImages)), for sounds \
      \(names(Rival.ofSounds)). What was measured is kept, so that a sweep that was stopped goes on \
      where it was.
      """)

  @Argument(help: "Pictures or sounds, or folders of them.", completion: .file())
  var files: [String]

  @Option(
    help: "One of our codecs by name or folder; may be repeated (default: by the files).",
    completion: .codecs)
  var codec: [String] = []

  @Option(
    help: "A rival by name; may be repeated (default: all that are found).",
    completion: .list((Rival.ofImages + Rival.ofSounds).map(\.codec.name)))
  var rival: [String] = []

  @Option(help: "Qualities of our codecs, divided by commas.")
  var qualities = "0,14,29,43,57,71,86,100"

  @Option(name: .joined("e"), help: "Effort of our codecs, 1 to 9, see encode.")
  var effort = Effort.standard.value

  @Option(help: "Commands at a time; those that are timed run alone.")
  var jobs = ProcessInfo.processInfo.activeProcessorCount

  @Option(help: "How many files, from the first on, to time.")
  var timing = 4

  @Option(help: "Seconds after which a command is killed and counts as failed.")
  var limit = 300.0

  @Option(
    help: """
      Published points to compare with: a file \
      \(AnchorCurves.headers.joined(separator: ", or of sounds ")).
      """,
    completion: .file()
  )
  var anchors: [String] = []

  @Option(
    help: """
      What BD-rates are against: a rival, codec or published curve (default: the first rival that \
      is not without loss).
      """)
  var against: String?

  @Option(
    name: .joined("o"), help: "Folder to write CSV, JSON and the report to.", completion: .directory
  )
  var out: String?

  @Flag(help: "Write the curves of the report as PNG too.")
  var png = false

  @Flag(name: .shortAndLong, help: "Overwrite files that exist.")
  var force = false

  @Option(
    help: "Folder of what was measured (default: codec-bench in the user's caches).",
    completion: .directory)
  var cache = SweepCache.defaultFolder

  @Flag(help: "Print means as JSON instead of tables, an object a codec.")
  var json = false

  func validate() throws {
    let values = qualities.split(separator: ",", omittingEmptySubsequences: false).map {
      Double($0)
    }
    try demand(
      values.allSatisfy({ $0.map { (0...100).contains($0) } ?? false })
        && Set(values).count == values.count,
      "--qualities takes different numbers 0...100, divided by commas")
    try demand(!files.contains("-"), "bench reads files, not standard input")
    try demand((1...9).contains(effort), "-e is a number 1...9")
    try demand(jobs >= 1, "--jobs is a number from 1 on")
    try demand(timing >= 0, "--timing is a number of files from 0 on")
    try demand(limit > 0 && limit.isFinite, "--limit is a number of seconds above 0")
    try demand(!png || out != nil, "--png needs a folder to write to, --out")
    let rivals = Rival.ofImages + Rival.ofSounds
    for name in rival where !rivals.contains(where: { $0.codec.name == name }) {
      throw ValidationError("there is no rival \(name), but \(Self.names(rivals))")
    }
  }

  func run() async throws {
    let progress = Progress()
    let work = try Work(of: self, progress)
    switch work.sweep {
    case .pictures(let sweep): try await bench(sweep, work, progress)
    case .sounds(let sweep): try await bench(sweep, work, progress)
    }
  }

  /// Measures with our codecs and the rivals, and prints and writes what came of it.
  private func bench<File: SweepFile>(
    _ ours: Sweep<File>, _ work: Work, _ progress: Progress
  ) async throws {
    var sweep = ours
    sweep.codecs += try await foundRivals(for: File.kind)
    let asked = try reference(among: sweep.codecs, work.anchors)
    let results = try await sweep.results(
      corpus: corpus, provenance: await provenance(), progress.show)
    progress.finish()
    let reference =
      against == nil
      ? asked.map { results.reference(insteadOf: $0, anchors: work.anchors) } : asked
    if let output = work.output {
      try output.write(
        results, anchors: work.anchors, reference: reference,
        crops: try await sweep.crops(of: results), png: png)
    }
    try printResults(results, work.anchors, against: reference)
    for line in results.undefinedLines { Diagnostics.print("codec: \(line)") }
    for line in results.failureLines { progress.note(line) }
    if progress.hasNotes { throw ExitCode(1) }
  }

  /// What BD-rates are against; nil where there is nothing but our codecs.
  private func reference(
    among codecs: [CommandCodec], _ anchors: [AnchorCurves]
  ) throws -> String? {
    let others = codecs.filter { !$0.isOurs }.map(\.name) + anchors.flatMap(\.codecs)
    guard let against else { return others.first }
    let names = others + codecs.filter(\.isOurs).map(\.name)
    try demand(
      names.contains(against), "--against \(against) is none of \(names.joined(separator: ", "))")
    return against
  }

  /// What is told while the sweep runs, on standard error.
  final class Progress {
    private var bar = ProgressBar(showsTimeLeft: true)
    /// Whether something went wrong that the sweep went on after.
    private(set) var hasNotes = false

    func note(_ text: String) {
      hasNotes = true
      Diagnostics.print("codec: \(text)")
    }

    func show(_ event: SweepEvent) {
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
      program: "codec", repository: program.deletingLastPathComponent().path)
  }
}

extension BenchCommand {
  /// Our codecs that were asked for, or else the default ones for the pictures, as commands of this
  /// program.
  func ourCodecs(for pictures: [SweepPicture]) throws -> [CommandCodec] {
    let channels = Set(pictures.map(\.channels))
    let names =
      try codec.isEmpty
      ? channels.sorted(by: >).map {
        try CodecLibrary.defaultName(
          for: ImageFormat(width: 1, height: 1, channels: $0), file: pictures[0].path)
      } : codec
    let codecs = try names.flatMap { name in
      guard case .picture(let trained) = try CodecLibrary.standard.codec(named: name) else {
        throw ValidationError("codec \(name) is for sounds, but pictures are measured")
      }
      try demand(
        channels.contains(trained.planes),
        "codec \(name) has \(trained.planes) channels, but no picture has")
      let tunings: [String?] =
        trained.eyeWeights == nil ? [nil] : PictureOptions.Tuning.allCases.map { $0.rawValue }
      return try tunings.map {
        try CommandCodec.ours(
          .picture(trained), argument: name, program: program.path,
          qualities: qualities.split(separator: ",").map(String.init), effort: Effort(effort),
          tuning: $0)
      }
    }
    try demand(
      Set(codecs.map(\.name)).count == codecs.count,
      "two codecs of one name cannot be told apart in results")
    return codecs
  }

  /// Our codecs for sounds.
  func ourCodecs(for sounds: [SweepSound]) throws -> [CommandCodec] {
    try (codec.isEmpty ? [CodecLibrary.defaultSoundName] : codec).flatMap { name in
      guard case .sound(let trained) = try CodecLibrary.standard.codec(named: name) else {
        throw ValidationError("codec \(name) is for pictures, but sounds are measured")
      }
      return try SoundOptions.Tuning.allCases.map {
        try CommandCodec.ours(
          .sound(trained), argument: name, program: program.path,
          qualities: qualities.split(separator: ",").map(String.init), tuning: $0.rawValue)
      }
    }
  }

  /// The rivals that were asked for and are on `PATH`. Throws where one is for other files.
  private func foundRivals(for kind: SweepResults.Kind) async throws -> [CommandCodec] {
    let rivals = Rival.all(for: kind)
    for name in rival where !rivals.contains(where: { $0.codec.name == name }) {
      throw ValidationError("\(name) codes no \(kind.noun)s, but \(Self.names(rivals)) do")
    }
    var codecs: [CommandCodec] = []
    for candidate in rivals where rival.isEmpty || rival.contains(candidate.codec.name) {
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

  private static func names(_ rivals: [Rival]) -> String {
    rivals.map(\.codec.name).joined(separator: ", ")
  }

  /// What the files are called together.
  private var corpus: String {
    files.map { URL(fileURLWithPath: $0).standardizedFileURL.lastPathComponent }
      .joined(separator: ", ")
  }
}
