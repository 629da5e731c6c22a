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
      photo.wlc becomes photo.png beside it, arrays become .npy. -o with the ending png, ppm, \
      pgm or npy chooses another kind of file.
      """)

  @Argument(help: "Files or folders; - is standard input.")
  var files: [String]

  @Option(name: .shortAndLong, help: "File or folder to write; - is standard output.")
  var output: String?

  @Flag(name: .shortAndLong, help: "Overwrite files that exist.")
  var force = false

  @Flag(help: "Decode what is left of a damaged file; damaged strips are black.")
  var partial = false

  @Option(help: "Codec by name or folder (default: the one that made the file).")
  var codec: String?

  @OptionGroup var work: WorkOptions

  func run() async throws {
    let batch = try Batch(inputs: files, output: output, extensions: ["wlc"])
    var codecs = ContainerCodecs(named: codec)
    try await batch.run { item in
      let container = try work.container(item.input, allowingDamage: partial)
      let trained = try codecs.codec(for: container, file: item.input)

      let natural = ImageFileType(for: container.format)
      let path = item.path(withExtension: natural.fileExtension)
      // A name without an ending states no kind of file, one with an unknown ending is a mistake.
      let sink =
        if (path as NSString).pathExtension.isEmpty {
          try createImage(path: path, type: natural, format: container.format, overwrite: force)
        } else {
          try createImage(path: path, format: container.format, overwrite: force)
        }
      try await trained.decode(container, to: sink, threads: work.threads, file: item.input)

      let damaged = container.strips.count { !$0.isIntact }
      if damaged > 0 {
        Diagnostics.print(
          "codec: \(damaged) of \(container.strips.count) strips of \(item.input) are damaged")
      }
      Diagnostics.print(
        "\(item.input) -> \(path): \(container.format.width) x \(container.format.height)")
    }
  }
}
