import ArgumentParser
import Benchmarking
import CompressedLearning
import Foundation
import LearnedCodec
import MediaFiles
import Signals
import Wavelets

/// `codec learn separate`
struct SeparateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "separate",
    abstract: "Split music into its stems from the spectra of its file.",
    subcommands: [SeparateTrain.self, SeparatePredict.self])
}

/// `codec learn separate predict`
struct SeparatePredict: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "predict", abstract: "Split files: a WAV file for each stem.",
    discussion: "Reads .wlc files that were encoded with --blocks, and sounds of all kinds.")

  @OptionGroup var trained: ModelOption

  @Argument(help: "Files (.wlc or sounds) or folders.", completion: .file())
  var files: [String]

  @Option(name: .joined("o"), help: "Folder to write to.", completion: .directory)
  var out: String

  @Option(help: "Codec by name or folder for sounds that are not yet encoded.", completion: .codecs)
  var codec = "music"

  @Option(name: .joined("q"), help: "Quality at which sounds are encoded.")
  var quality = 60.0

  @Flag(name: .shortAndLong, help: "Overwrite files that exist.")
  var force = false

  @OptionGroup var work: WorkOptions

  func validate() throws {
    try demand((0...100).contains(quality), "-q is a number 0...100")
  }

  func run() async throws {
    try work.checkMemory()
    let separator = try Separator(path: trained.model)
    try makeFolder(out)
    let batch = try Batch(reading: files, extensions: Batch.sounds.union(["wlc"]))
    try await batch.run { item in
      let sound = try await sound(item.input, separator)
      for (field, found, expected) in [
        ("channels", sound.blocks.channels, separator.channels),
        ("frequencies", sound.blocks.frequencies, separator.frequencies),
        ("frames a second", sound.format.sampleRate, separator.sampleRate),
      ] where found != expected {
        throw SeparationError.otherShape(
          file: item.input, field: field, found: found, expected: expected)
      }
      let name = item.input.fileName.withoutExtension
      for (stem, part) in zip(separator.model.labels, separator.stems(of: sound.blocks)) {
        let path = out.appending(path: "\(name)-\(stem).wav")
        let sink = try createAudio(
          path: path, format: sound.format, overwrite: force,
          source: item.source)
        try sink.write(
          part.audio(frames: sound.format.frames ?? 0, transform: LappedTransform()))
        try sink.finish()
        Diagnostics.print("\(item.input) -> \(path)")
      }
    }
  }

  /// The spectra of a `.wlc` file, or of a sound that is coded in memory.
  private func sound(
    _ path: String, _ separator: Separator
  ) async throws -> (blocks: SoundBlocks, format: AudioFormat) {
    if CodedFile.isCoded(path: path) {
      let coded = try work.codedFile(path)
      let container = try coded.soundContainer()
      let trained = try CodecLibrary.standard.codec(for: coded).soundCodec(for: path)
      return (
        try await trained.blocks(of: container, threads: work.threads, file: path),
        container.format
      )
    }
    let source = try AudioFile(path: path).open()
    let sound = try wholeSound(source, file: path)
    let input = SeparationInput.latents(
      try CodecLibrary.standard.codec(named: codec).soundCodec(for: path),
      quality: Quality(quality),
      blocks: LappedTransform.patchFrames / separator.frequencies)
    var format = source.format
    format.frames = sound.frames
    return (try await input.blocks(of: sound, sampleRate: format.sampleRate), format)
  }
}
