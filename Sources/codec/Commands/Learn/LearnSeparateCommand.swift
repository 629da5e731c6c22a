import ArgumentParser
import Benchmarking
import CompressedLearning
import Foundation
import LearnedCodec
import MediaFiles
import Signals
import Wavelets

/// `codec learn separate`
struct LearnSeparateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "separate",
    abstract: "Learn to split music into its stems, or split files.",
    discussion: """
      --data names a folder of stems: sounds of one length that together are the song. A model \
      learns from the first --train seconds, of which the last --validation seconds choose its best \
      weights, and is tested on the rest. It reads the spectra of the song's file, made with blocks \
      of one length; --reduction 16 leaves 16 times fewer numbers than samples, those of largest \
      power. --input audio is what there is without a codec, the sound at a lower rate, and --input \
      full reads all spectra. --out gets a model of each input and seed, results.json and \
      report.html; control-C stops at a checkpoint, from which --resume goes on.

      --model splits files instead, .wlc with --blocks or any sound, and writes a WAV file a stem to \
      --out.
      """)

  enum Input: String, ExpressibleByArgument, CaseIterable {
    case latents
    case audio
    case full
  }

  @Argument(help: "Files to split with --model.")
  var files: [String] = []

  @Option(help: "Folder of the stems of a song.")
  var data: String?

  @Option(help: "Split files with this model.")
  var model: String?

  @Option(name: .shortAndLong, help: "Folder to write to.")
  var out: String

  @Option(help: "What a model reads: latents, audio or full; several are compared.")
  var input: [Input] = [.latents]

  @Option(help: "How many times fewer numbers than samples latents and audio have: 1, 2, 4 to 16.")
  var reduction = 16

  @Option(help: "Seeds to train with, from 1 on.")
  var seeds = 1

  @Option(help: "Seconds of the song to learn from.")
  var train = 120.0

  @Option(help: "Seconds at their end that choose the best weights.")
  var validation = 12.0

  @Option(help: "Times that every part of the song is seen.")
  var epochs = 60

  @Option(help: "Channels within the network, a multiple of 8.")
  var width = 256

  @Option(help: "Residual blocks of the network.")
  var depth = 4

  @Option(help: "Blocks of every patch of 4096 frames, 1 or 2.")
  var blocks = 2

  @Option(name: .shortAndLong, help: "Quality of the song's file.")
  var quality = 60.0

  @Option(help: "Codec by name or folder.")
  var codec = "music"

  @Flag(help: "Go on with the training in --out.")
  var resume = false

  @Flag(name: .shortAndLong, help: "Overwrite files that exist.")
  var force = false

  func validate() throws {
    guard (data == nil) != (model == nil) else {
      throw ValidationError("one of --data and --model says what to do")
    }
    guard data == nil || files.isEmpty else {
      throw ValidationError("files to split go with --model")
    }
    guard model == nil || !files.isEmpty else {
      throw ValidationError("--model takes files to split")
    }
    guard [1, 2].contains(blocks) else { throw ValidationError("--blocks is 1 or 2") }
    guard [1, 2, 4, 8, 16].contains(reduction) else {
      throw ValidationError("--reduction is 1, 2, 4, 8 or 16")
    }
    guard (0...100).contains(quality) else { throw ValidationError("-q is a number 0...100") }
    guard (1...1000).contains(seeds), (1...100_000).contains(epochs) else {
      throw ValidationError("--seeds and --epochs are numbers from 1 on")
    }
    guard (8...1024).contains(width), width % 8 == 0, (0...32).contains(depth) else {
      throw ValidationError("--width is a multiple of 8 up to 1024, --depth a number 0...32")
    }
    guard validation > 0, train > validation, train.isFinite else {
      throw ValidationError("--validation is above 0 and --train above that")
    }
    guard Set(input).count == input.count else {
      throw ValidationError("an input is named twice")
    }
  }

  func run() async throws {
    if let model { return try await split(Separator(file: URL(fileURLWithPath: model))) }
    try await learn(from: data!)
  }

  // MARK: Learning

  private func learn(from folder: String) async throws {
    let paths = try Batch.files(in: folder, extensions: Batch.sounds).map {
      (folder as NSString).appendingPathComponent($0)
    }
    let song = try StemSong(files: paths, folder: folder)
    guard song.seconds > train + 1 else {
      throw SeparationError.tooShort(folder: folder, seconds: song.seconds)
    }
    let place = try LearnFolder(path: out, isResumed: resume, overwrite: force)
    let trained = try soundCodec()
    let (learned, heldOut, test) = (
      song.part(from: 0, to: train - validation), song.part(from: train - validation, to: train),
      song.part(from: train, to: song.seconds)
    )
    let mixture = test.mixture
    var results = SeparationResults(
      song: folder, stems: song.names, testSeconds: test.seconds,
      mixture: test.stems.map { siSDR(of: mixture, against: $0) }, provenance: await provenance())
    let interrupt = Interrupt()
    var examples: [SeparationReport.Example] = []
    for kind in input {
      let source = separationInput(kind, trained)
      let training = try await SeparationTraining(
        song: learned, validation: heldOut, input: source,
        places: kind == .latents
          ? song.stems[0].channels * LappedTransform.patchFrames / blocks / reduction : nil,
        width: width, blocks: depth)
      for seed in 1...seeds {
        let name = "\(kind.rawValue)-\(seed)"
        guard
          let separator = try await self.separator(
            training, name: name, seed: UInt64(seed), place, interrupt)
        else { throw ExitCode(1) }
        let slots = try await source.slots(of: mixture, sampleRate: test.sampleRate)
        let parts = separator.stems(of: slots).map {
          source.sound(of: $0, frames: mixture.frames)
        }
        let values = zip(parts, test.stems).map { siSDR(of: $0, against: $1) }
        results.add(
          input: kind.rawValue, seed: seed, values: values,
          places: training.places.count, width: training.places.width,
          multiplications: training.network.multiplications(rows: 1, columns: 1))
        Diagnostics.print(
          "\(name): SI-SDR "
            + zip(song.names, values).map { "\($0) \(fixed($1, 2))" }.joined(separator: ", ")
            + " dB, \(fixed(results.runs.last!.improvement, 2)) dB above the mixture")
        if seed == 1 {
          examples.append(SeparationReport.Example(input: kind.rawValue, parts: parts))
        }
      }
    }
    try place.write(results, html: SeparationReport(results: results, test: test).html(examples))
  }

  /// Trains a separator, or takes one that is there.
  private func separator(
    _ training: SeparationTraining, name: String, seed: UInt64, _ place: LearnFolder,
    _ interrupt: Interrupt
  ) async throws -> Separator? {
    let file = place.file("\(name).safetensors")
    if resume, FileManager.default.fileExists(atPath: file.path) { return try Separator(file: file) }
    var schedule = LearningSchedule()
    schedule.epochs = epochs
    schedule.batch = 8
    schedule.seed = seed
    var bar = ProgressBar(showsTimeLeft: true)
    let checkpoint = place.file("\(name).checkpoint")
    let separator = try await training.run(
      schedule: schedule, checkpoint: checkpoint, isResumed: resume,
      isStopped: { interrupt.hasCome }
    ) { entry in
      bar.show(
        "\(name), loss \(fixed(entry.loss, 3)), held out \(fixed(entry.validation ?? .nan, 3))",
        share: Double(entry.epoch) / Double(epochs))
    }
    bar.finish()
    guard var separator else {
      Diagnostics.print("stopped; --resume goes on")
      return nil
    }
    var model = separator.model
    model.metadata["codec"] = codec
    separator = Separator(
      model: model, places: separator.places, channels: separator.channels,
      sampleRate: separator.sampleRate)
    try separator.model.save(to: file)
    try? FileManager.default.removeItem(at: checkpoint)
    return separator
  }

  private func separationInput(_ kind: Input, _ codec: SoundCodec) -> SeparationInput {
    switch kind {
    case .latents, .full: .latents(codec, quality: Quality(quality), blocks: blocks)
    case .audio: .audio(ratio: reduction, blocks: blocks)
    }
  }

  private func soundCodec() throws -> SoundCodec {
    guard case .sound(let trained) = try CodecSearch.codec(named: codec) else {
      throw ValidationError("codec \(codec) is not for sounds")
    }
    return trained
  }

  private func provenance() async -> SweepResults.Provenance {
    await learnProvenance()
  }

  // MARK: Splitting

  private func split(_ separator: Separator) async throws {
    try FileManager.default.createDirectory(atPath: out, withIntermediateDirectories: true)
    let batch = try Batch(reading: files, extensions: Batch.sounds.union(["wlc"]))
    try await batch.run { item in
      let (slots, frames, sampleRate) = try await self.slots(item.input, separator)
      for (field, found, expected) in [
        ("channels", slots.channels, separator.channels),
        ("frequencies", slots.frequencies, separator.frequencies),
        ("frames a second", sampleRate, separator.sampleRate),
      ] where found != expected {
        throw SeparationError.otherShape(
          file: item.input, field: field, found: found, expected: expected)
      }
      let base = ((item.input as NSString).lastPathComponent as NSString).deletingPathExtension
      for (name, part) in zip(separator.model.labels, separator.stems(of: slots)) {
        let path = (out as NSString).appendingPathComponent("\(base)-\(name).wav")
        let format = AudioFormat(
          sampleRate: sampleRate, channels: slots.channels, frames: frames)
        let sink = try createAudio(path: path, format: format, overwrite: force)
        try sink.write(part.audio(frames: frames, transform: LappedTransform()))
        try sink.finish()
        Diagnostics.print("\(item.input) -> \(path)")
      }
    }
  }

  /// The slots of a `.wlc` file, or of a sound coded in memory.
  private func slots(
    _ path: String, _ separator: Separator
  ) async throws -> (slots: SoundSlots, frames: Int, sampleRate: Int) {
    guard (path as NSString).pathExtension.lowercased() != "wlc" else {
      let coded = try CodedFile(
        path: path, maximumPixels: Container.defaultMaximumPixels, allowingDamage: false)
      guard case .sound(let container) = coded else {
        throw MediaFileError.unsupported(file: path, what: "it is a picture, not a sound")
      }
      let trained = try CodecSearch.codec(named: nil, for: coded, file: path).soundCodec(for: path)
      return (
        try await trained.slots(of: container, file: path), container.format.frames ?? 0,
        container.format.sampleRate
      )
    }
    let source = try AudioFile(path: path).open()
    let sound = try wholeSound(source, file: path)
    let input = SeparationInput.latents(
      try soundCodec(), quality: Quality(quality),
      blocks: LappedTransform.patchFrames / separator.frequencies)
    return (
      try await input.slots(of: sound, sampleRate: source.format.sampleRate), sound.frames,
      source.format.sampleRate
    )
  }
}
