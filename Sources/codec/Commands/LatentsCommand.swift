import ArgumentParser
import CompressedLearning
import Foundation
import LearnedCodec
import MediaFiles
import Signals

/// `codec latents`
struct LatentsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "latents",
    abstract: "Write the latents of pictures and .wlc files as arrays, for learning elsewhere.",
    discussion: """
      .wlc files are read by entropy decoding alone, without the synthesis; pictures are encoded \
      and their latents dequantised, so that both give the same numbers. Arrays are float32 of \
      shape [rows, columns, channels]: `latents` in .npz and .safetensors, beside `mean` and \
      `scale` of each channel and, as metadata, the codec, quality and size from which codec \
      decode makes the picture again. In .npz the metadata is the JSON member metadata.json. An \
      .npy file holds the latents alone.
      """)

  @Argument(help: "Files or folders; - is standard input.")
  var files: [String]

  @Option(
    name: .shortAndLong,
    help: "File .npy, .npz or .safetensors, or folder to write; - is standard output.")
  var output: String?

  @Option(help: "Kind of array where -o names no file.")
  var format: LatentArray.FileType?

  @Flag(name: .shortAndLong, help: "Overwrite files that exist.")
  var force = false

  @Option(help: "The first latent channels (default: all).")
  var channels: Int?

  @Option(
    help: "Codec by name or folder (default: the one that made the file; klt-rgb or klt-grey).")
  var codec: String?

  @Option(name: .shortAndLong, help: "Quality at which pictures are encoded.")
  var quality = 60.0

  @OptionGroup var work: WorkOptions

  func validate() throws {
    guard (0...100).contains(quality) else { throw ValidationError("-q is a number 0...100") }
    if let channels, channels < 1 { throw ValidationError("--channels is a number from 1 on") }
  }

  func run() async throws {
    let batch = try Batch(
      inputs: files, output: output, extensions: Batch.pictures.union(["wlc"]))
    var codecs = ContainerCodecs(named: codec)
    var cache: [String: Codec] = [:]
    try await batch.run { item in
      let natural = format ?? .npy
      let path = item.path(withExtension: natural.rawValue)
      guard let type = format ?? (path == "-" ? natural : LatentArray.FileType(path: path)) else {
        throw MediaFileError.unsupported(
          file: path, what: "the name must end in .npy, .npz or .safetensors")
      }
      let sink = try OutputFile(path: path, overwrite: force)
      let array =
        item.input.lowercased().hasSuffix(".wlc")
        ? try coded(item.input, &codecs) : try picture(item.input, &cache)
      try sink.write(try array.serialized(as: type))
      try sink.finish()
      let latents = array.latents
      Diagnostics.print(
        "\(item.input) -> \(path): \(latents.patchRows) x \(latents.patchColumns) patches of "
          + "\(latents.channels) channels")
    }
  }

  /// The latents of a file of the codec.
  private func coded(_ path: String, _ codecs: inout ContainerCodecs) throws -> LatentArray {
    let file = try work.codedFile(path)
    guard case .image(let container) = file else {
      throw CodecSearch.OtherKind(
        description: "\(path) is a sound; latents are written of pictures and arrays")
    }
    let trained = try codecs.codec(for: file, file: path).imageCodec(for: path)
    try check(container.channels, trained, path)
    return LatentArray(
      try trained.latents(of: container, channels: channels, file: path),
      description(container.format, trained, container.quality))
  }

  /// The latents of a picture.
  private func picture(_ path: String, _ cache: inout [String: Codec]) throws -> LatentArray {
    let file = try ImageFile(path: path, maximumPixels: work.maxPixels)
    let name = try codec ?? CodecSearch.defaultName(for: file.format, file: path)
    let trained = try cache[name] ?? CodecSearch.codec(named: name).imageCodec(for: path)
    cache[name] = trained
    try check(trained.channels, trained, path)
    let quality = Quality(quality)
    let latents = try trained.latents(of: file.open(), options: EncodingOptions(quality: quality))
    return LatentArray(
      latents.prefix(channels: channels ?? latents.channels),
      description(file.format, trained, quality))
  }

  private func check(_ available: Int, _ codec: Codec, _ path: String) throws {
    if let channels, channels > available {
      throw CodingError.noSuchChannels(codec: codec.name, asked: channels, available: available)
    }
  }

  private func description(
    _ format: ImageFormat, _ codec: Codec, _ quality: Quality
  ) -> LatentArray.Description {
    let bits =
      switch format.sampleType {
      case .uint8: 8
      case .uint16: 16
      case .float32: 32
      }
    return .init(
      codec: codec.name, codecHash: hashText(codec.hash), quality: quality.value,
      width: format.width, height: format.height, bits: bits)
  }
}

extension LatentArray.FileType: ExpressibleByArgument {}
