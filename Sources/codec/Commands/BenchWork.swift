import ArgumentParser
import Benchmarking
import LearnedCodec
import MediaFiles

extension BenchCommand {
  /// What the arguments ask for, but for the rivals, which have to be looked for first.
  struct Work {
    enum Sweeps {
      case pictures(Sweep<SweepPicture>)
      case sounds(Sweep<SweepSound>)
    }

    let sweep: Sweeps
    let anchors: [AnchorCurves]
    let output: BenchOutput?

    init(of command: BenchCommand, _ progress: Progress) throws {
      anchors = try command.anchors.map { path in
        try AnchorCurves(
          parsing: String(decoding: readFile(path: path, maximumBytes: 1 << 24), as: UTF8.self),
          name: path)
      }
      output = try command.out.map { try BenchOutput(folder: $0, overwrite: command.force) }
      let (kind, paths) = try command.inputs()
      for (path, curves) in zip(command.anchors, anchors) where curves.kind != kind {
        throw ValidationError(
          "\(path) has points of \(curves.kind.noun)s, but \(kind.noun)s are measured")
      }
      switch kind {
      case .images:
        let pictures = try command.opened(paths, progress) {
          try SweepPicture(name: $0, path: $1)
        }
        sweep = .pictures(try command.sweep(pictures, try command.ourCodecs(for: pictures)))
      case .audio:
        let sounds = try command.opened(paths, progress) { try SweepSound(name: $0, path: $1) }
        sweep = .sounds(try command.sweep(sounds, try command.ourCodecs(for: sounds)))
      }
    }
  }

  private func sweep<File: SweepFile>(
    _ files: [File], _ codecs: [CommandCodec]
  ) throws -> Sweep<File> {
    Sweep(
      files: files, codecs: codecs,
      tools: MetricTool.ofImages.filter { programPath($0.program) != nil }, jobs: jobs,
      timedFiles: timing, limit: limit, cache: try SweepCache(folder: cache))
  }

  /// What is measured, and the files of the arguments that are such. Throws where there are none.
  private func inputs() throws -> (kind: SweepResults.Kind, paths: [String]) {
    let pictures = Batch.pictures.subtracting(["npy"])
    let paths = try Batch(reading: files, extensions: pictures.union(Batch.sounds))
      .items.map(\.input)
    let isSound = { (path: String) in
      Batch.sounds.contains(path.fileExtension)
    }
    let (sounds, others) = (paths.filter(isSound), paths.filter { !isSound($0) })
    guard !paths.isEmpty else {
      throw Refusal(
        "there are no pictures or sounds to measure in \(files.joined(separator: ", "))")
    }
    let kind = sounds.count > others.count ? SweepResults.Kind.audio : .images
    if !sounds.isEmpty, !others.isEmpty {
      Diagnostics.print(
        "codec: of \(others.count) pictures and \(sounds.count) sounds only the \(kind.noun)s are "
          + "measured")
    }
    return (kind, kind == .audio ? sounds : others)
  }

  /// The files that can be read. Throws where there are none.
  private func opened<File: SweepFile>(
    _ paths: [String], _ progress: Progress, _ open: (_ name: String, _ path: String) throws -> File
  ) throws -> [File] {
    let files = File.named(paths).compactMap { name, path in
      do {
        return try open(name, path)
      } catch {
        progress.note("\(error)")
        return nil
      }
    }
    // Why each of them is left out has been said.
    if files.isEmpty { throw ExitCode(1) }
    return files
  }
}
