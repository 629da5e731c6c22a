import ArgumentParser
import CompressedLearning
import Foundation
import LearnedCodec
import MediaFiles
import Signals
import Wavelets

/// `codec latents`
struct LatentsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "latents",
    abstract: "Write latents of pictures, sounds and .wlc files as arrays, for learning elsewhere.",
    discussion: """
      .wlc files are read by entropy decoding alone, without the synthesis; pictures and sounds are \
      encoded as codec encode does without further options, and their latents dequantised, so that \
      both give the same numbers; --channels keeps the first of them. Arrays are float32 \
      of shape [rows, columns, channels]: `latents` in .npz and .safetensors, beside `mean` and \
      `scale` of each channel and, as metadata, the codec, quality and size from which codec \
      decode makes the picture again. In .npz the metadata is the JSON member metadata.json. An \
      .npy file holds the latents alone. int8-npz and int8-npy are for those who trade bits for \
      speed: int8 of shape [channels, rows, columns], compressed in .npz, and `step` of each channel, \
      by which it is multiplied, in .npy a second array behind the first.

      Arrays of sounds have the shape [slots, channels, frequencies]: a slot is a block of the \
      transform, and pairs of channels are mid and side, not left and right. Sounds are encoded as \
      by codec encode --tune snr --blocks; .wlc files of sounds must have been encoded with \
      --blocks.
      """)

  @Argument(
    help: "Files or folders; - is a picture or a sound from standard input.", completion: .file())
  var files: [String]

  @Option(
    name: .joined("o"),
    help: "File .npy, .npz or .safetensors, or folder to write; - is standard output.",
    completion: .file()
  )
  var output: String?

  @Option(help: "Kind of array where -o names no file.")
  var format: LatentArray.FileType?

  @Flag(name: .shortAndLong, help: "Overwrite files that exist.")
  var force = false

  @Option(help: "The first latent channels, of sounds the lowest frequencies (default: all).")
  var channels: Int?

  @Option(
    help: """
      Codec by name or folder (default: the one that made the file; photo, photo-grey or music).
      """,
    completion: .codecs
  )
  var codec: String?

  @Option(name: .joined("q"), help: "Quality at which pictures and sounds are encoded.")
  var quality = 60.0

  @Option(help: "Blocks of every patch, 1, 2, 4 to 32, with which sounds are encoded.")
  var blocks = 2

  @OptionGroup var work: WorkOptions

  func validate() throws {
    try demand((0...100).contains(quality), "-q is a number 0...100")
    if let channels, channels < 1 { throw ValidationError("--channels is a number from 1 on") }
    try demand(LappedTransform.blockCounts.contains(blocks), "--blocks is 1, 2, 4, 8, 16 or 32")
  }

  func run() async throws {
    try work.checkMemory()
    let batch = try Batch(
      inputs: files, output: output,
      extensions: Batch.pictures.union(Batch.sounds).union(["wlc"]))
    try await batch.run { item in
      let natural = format ?? .npy
      let path = item.path(withExtension: natural.fileExtension)
      guard let type = format ?? (path == "-" ? natural : LatentArray.FileType(path: path)) else {
        throw MediaFileError.unsupported(
          file: path, what: "the name must end in .npy, .npz or .safetensors")
      }
      let sink = try OutputFile(
        path: path, overwrite: force, source: item.source)
      let array =
        CodedFile.isCoded(path: item.input) ? try coded(item.input) : try encoded(item.input)
      try sink.write(try array.serialized(as: type))
      try sink.finish()
      Diagnostics.print("\(item.input) -> \(path): \(Self.shape(of: array))")
    }
  }

  private static func shape(of array: LatentArray) -> String {
    let latents = array.latents
    return switch array.description?.source {
    case .sound:
      "\(latents.patchRows) slots of \(latents.patchColumns) x \(latents.channels) frequencies"
    default:
      "\(latents.patchRows) x \(latents.patchColumns) patches of \(latents.channels) channels"
    }
  }

  /// The latents of a file of the codec.
  private func coded(_ path: String) throws -> LatentArray {
    let file = try work.codedFile(path)
    let trained = try CodecLibrary.standard.codec(for: file, named: codec)
    switch file.container {
    case .picture(let container):
      let trained = try trained.pictureCodec(for: path)
      try check(container.channels, trained.name)
      return LatentArray(
        try trained.latents(decoding: container, channels: channels, file: path),
        description(container.format, trained, container.quality, container.tuning))
    case .sound(let container):
      let trained = try trained.soundCodec(for: path)
      return try array(
        of: SoundLatents(of: container, codec: trained, file: path), container.format, trained,
        container.quality)
    }
  }

  /// The latents of a picture or a sound.
  private func encoded(_ path: String) throws -> LatentArray {
    let media = try MediaFile(path: path, options: work.reading)
    let trained = try CodecLibrary.standard.codec(for: media, named: codec)
    let quality = Quality(quality)
    switch media {
    case .image(let file):
      let trained = try trained.pictureCodec(for: path)
      try check(trained.channels, trained.name)
      let latents = try trained.latents(
        encoding: file.open(), options: PictureOptions(quality: quality))
      let tuning = try trained.settled(PictureOptions(quality: quality), file.format).tuning
      return LatentArray(
        latents.prefix(channels: channels ?? latents.channels),
        description(file.format, trained, quality, tuning))
    case .audio(let file):
      let trained = try trained.soundCodec(for: path)
      return try array(
        of: SoundLatents(
          of: file.open(), codec: trained, quality: quality, blocks: blocks, file: path),
        file.format, trained, quality)
    }
  }

  private func check(_ available: Int, _ codec: String) throws {
    if let channels, channels > available {
      throw CodingError.noSuchChannels(codec: codec, asked: channels, available: available)
    }
  }

  private func description(
    _ format: ImageFormat, _ codec: PictureCodec, _ quality: Quality,
    _ tuning: PictureOptions.Tuning
  ) -> LatentArray.Description {
    let bits =
      switch format.sampleType {
      case .uint8: 8
      case .uint16: 16
      case .float32: 32
      }
    return .init(
      codec: codec.name, codecHash: hashText(codec.hash), quality: quality.value,
      tuning: tuning, bits: bits,
      source: .picture(
        width: format.width, height: format.height, maximum: format.scale.map { Int($0) }))
  }

  /// The array of a sound.
  private func array(
    of sound: SoundLatents, _ format: AudioFormat, _ codec: SoundCodec, _ quality: Quality
  ) throws -> LatentArray {
    try check(sound.frequencies, codec.name)
    // Single precision holds all that the codec keeps of integers of 32 bits.
    let bits =
      switch format.sampleType {
      case .int8: 8
      case .int16: 16
      case .int24: 24
      case .int32, .float32: 32
      }
    return LatentArray(
      sound.latents.prefix(channels: channels ?? sound.frequencies),
      .init(
        codec: codec.name, codecHash: hashText(codec.hash), quality: quality.value, bits: bits,
        source: .sound(
          sampleRate: format.sampleRate, channels: format.channels, frames: sound.frames,
          frequencies: sound.frequencies)))
  }
}

extension LatentArray.FileType: ExpressibleByArgument {}
