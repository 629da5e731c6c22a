import ArgumentParser
import Foundation
import LearnedCodec
import MediaFiles
import Signals

/// `codec decode`
struct DecodeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "decode",
    abstract: "Decompress .wlc files.",
    discussion: """
      photo.wlc becomes photo.png beside it, arrays become .npy, sounds .wav. -o with the ending \
      png, ppm, pgm, npy, wav or flac chooses another kind of file.
      """)

  @Argument(help: "Files or folders; - is standard input.")
  var files: [String]

  @Option(name: .shortAndLong, help: "File or folder to write; - is standard output.")
  var output: String?

  @Flag(name: .shortAndLong, help: "Overwrite files that exist.")
  var force = false

  @Flag(help: "Decode what is left of a damaged file; damaged strips are black, segments silent.")
  var partial = false

  @Option(help: "Codec by name or folder (default: the one that made the file).")
  var codec: String?

  @OptionGroup var work: WorkOptions

  func run() async throws {
    let batch = try Batch(inputs: files, output: output, extensions: ["wlc"])
    var codecs = ContainerCodecs(named: codec)
    try await batch.run { item in
      let coded = try work.codedFile(item.input, allowingDamage: partial)
      let trained = try codecs.codec(for: coded, file: item.input)
      switch coded {
      case .image(let container):
        try await decode(container, trained.imageCodec(for: item.input), item)
      case .sound(let container):
        try await decode(container, trained.soundCodec(for: item.input), item)
      }
    }
  }

  private func decode(_ container: Container, _ codec: Codec, _ item: Batch.Item) async throws {
    let natural = ImageFileType(for: container.format)
    let path = item.path(withExtension: natural.fileExtension)
    // A name without an ending states no kind of file, one with an unknown ending is a mistake.
    let sink =
      if (path as NSString).pathExtension.isEmpty {
        try createImage(path: path, type: natural, format: container.format, overwrite: force)
      } else {
        try createImage(path: path, format: container.format, overwrite: force)
      }
    try await codec.decode(container, to: sink, threads: work.threads, file: item.input)

    let damaged = container.strips.count { !$0.isIntact }
    if damaged > 0 {
      Diagnostics.print(
        "codec: \(damaged) of \(container.strips.count) strips of \(item.input) are damaged")
    }
    Diagnostics.print(
      "\(item.input) -> \(path): \(container.format.width) x \(container.format.height)")
  }

  private func decode(
    _ container: SoundContainer, _ codec: SoundCodec, _ item: Batch.Item
  ) async throws {
    let path = item.path(withExtension: AudioFileType.wav.fileExtension)
    let sink =
      if (path as NSString).pathExtension.isEmpty {
        try createAudio(path: path, type: .wav, format: container.format, overwrite: force)
      } else {
        try createAudio(path: path, format: container.format, overwrite: force)
      }
    try await codec.decode(container, to: sink, threads: work.threads, file: item.input)
    let damaged = container.segments.count { !$0.isIntact }
    if damaged > 0 {
      Diagnostics.print(
        "codec: \(damaged) of \(container.segments.count) segments of \(item.input) are damaged")
    }
    let seconds = Double(container.format.frames ?? 0) / Double(container.format.sampleRate)
    Diagnostics.print("\(item.input) -> \(path): \(fixed(seconds, 2)) s")
  }
}
