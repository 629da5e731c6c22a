import ArgumentParser
import CompressedLearning
import Foundation
import LearnedCodec
import MediaFiles
import Signals

/// `codec decode`
struct DecodeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "decode",
    abstract: "Decompress .wlc files, and arrays of codec latents.",
    discussion: """
      photo.wlc becomes photo.png beside it, arrays become .npy, sounds .wav. -o with the ending \
      png, ppm, pgm, npy, wav or flac chooses another kind of file. Arrays of codec latents (.npz, \
      .safetensors) become pictures and sounds as well. An array of latents in .npy says nothing \
      about itself, and is taken for that of a picture: name its codec with --codec and its quality \
      with -q; the picture has whole patches.
      """)

  @Argument(
    help: "Files or folders; - is standard input.",
    completion: .file(extensions: ["wlc", "npy", "npz", "safetensors"]))
  var files: [String]

  @Option(
    name: .joined("o"), help: "File or folder to write; - is standard output.", completion: .file())
  var output: String?

  @Flag(name: .shortAndLong, help: "Overwrite files that exist.")
  var force = false

  @Flag(help: "Decode what is left of a damaged file; damaged strips are black, segments silent.")
  var partial = false

  @Flag(
    help: """
      Leave out the network of the codec, for previews: of photo in a third to half of the time, \
      0.1 to 0.5 dB worse.
      """)
  var fast = false

  @OptionGroup var codec: CodecOption

  @Option(name: .joined("q"), help: "Quality of latents in .npy.")
  var quality = 60.0

  @OptionGroup var work: WorkOptions

  func validate() throws {
    try demand((0...100).contains(quality), "-q is a number 0...100")
  }

  func run() async throws {
    try work.checkMemory()
    let batch = try Batch(inputs: files, output: output, extensions: ["wlc"])
    try await batch.run { item in
      if let type = LatentArray.FileType(path: item.input) {
        let array = try LatentArray(
          parsing: readFile(path: item.input, maximumBytes: 1 << 32), as: type, name: item.input)
        return try decode(array, item)
      }
      let coded = try work.codedFile(item.input, allowingDamage: partial)
      let trained = try codec.codec(for: coded)
      switch coded.container {
      case .picture(let container):
        let trained = try trained.pictureCodec(for: item.input)
        try await decode(container, fast ? trained.withoutNetwork : trained, item)
      case .sound(let container):
        try await decode(container, trained.soundCodec(for: item.input), item)
      }
    }
  }

  /// Writes the picture or the sound of an array of latents.
  private func decode(_ array: LatentArray, _ item: Batch.Item) throws {
    let (latents, found) = (array.latents, array.description)
    var size: (width: Int, height: Int)?
    var maximum: Float?
    switch found?.source {
    case .sound(let sampleRate, let channels, let frames, let frequencies):
      let types = [8: AudioSampleType.int8, 16: .int16, 24: .int24]
      let format = AudioFormat(
        sampleRate: sampleRate, channels: channels, frames: frames,
        sampleType: found.flatMap { types[$0.bits] } ?? .float32)
      // It takes no codec: dequantised spectra are those of the transform that all share.
      let (path, sink) = try audioSink(for: item, format)
      try SoundLatents(latents, frequencies: frequencies, frames: frames).write(to: sink)
      return report(item, path, format)
    case .picture(let width, let height, let found):
      size = (width, height)
      maximum = found.map { Float($0) }
    case nil: break
    }
    guard let name = codec.name ?? found?.codec else {
      throw LatentArrayError.otherCodec(
        file: item.input, what: "it does not say which codec it is of; name it with --codec")
    }
    let trained = try CodecLibrary.standard.codec(named: name).pictureCodec(for: item.input)
    func refuse(_ what: String) -> LatentArrayError { .otherCodec(file: item.input, what: what) }
    if let found, found.codecHash != hashText(trained.hash) {
      throw refuse(
        "it was made with codec \(found.codecHash), but \(name) is \(hashText(trained.hash))")
    }
    guard latents.channels <= trained.channels else {
      throw refuse("it has \(latents.channels) channels, \(name) at most \(trained.channels)")
    }
    let side = trained.patchSide
    let (width, height) = size ?? (latents.patchColumns * side, latents.patchRows * side)
    guard trained.grid(width: width, height: height) == (latents.patchRows, latents.patchColumns)
    else {
      throw refuse(
        "\(latents.patchRows) x \(latents.patchColumns) patches are not those of "
          + "\(width) x \(height) pixels")
    }
    guard width <= work.maxPixels / height else {
      throw MediaFileError.tooManyPixels(
        file: item.input, width: width, height: height, limit: work.maxPixels)
    }
    let bits = found?.bits ?? 8
    let format = ImageFormat(
      kind: trained.planes == 1 || trained.planes == 3 ? .image : .array, width: width,
      height: height, channels: trained.planes,
      sampleType: bits == 8 ? .uint8 : bits == 16 ? .uint16 : .float32, maximum: maximum)
    let path = item.path(withExtension: ImageFileType(for: format).fileExtension)
    let sink = try imageSink(for: item, path, format)
    // An array alone is taken for what codec latents makes.
    let tuning =
      try found?.tuning ?? trained.settled(PictureOptions(quality: Quality(quality)), format).tuning
    try sink.write(
      trained.reconstruct(
        latents, quality: Quality(found?.quality ?? quality), tuning: tuning, format: format))
    try sink.finish()
    Diagnostics.print("\(item.input) -> \(path): \(width) x \(height)")
  }

  private func decode(_ container: PictureContainer, _ codec: PictureCodec, _ item: Batch.Item)
    async throws
  {
    let path = item.path(withExtension: ImageFileType(for: container.format).fileExtension)
    let sink = try imageSink(for: item, path, container.format)
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
    let (path, sink) = try audioSink(for: item, container.format)
    try await codec.decode(container, to: sink, threads: work.threads, file: item.input)
    let damaged = container.segments.count { !$0.isIntact }
    if damaged > 0 {
      Diagnostics.print(
        "codec: \(damaged) of \(container.segments.count) segments of \(item.input) are damaged")
    }
    report(item, path, container.format)
  }

  /// A name without an ending states no kind of file, one with an unknown ending is a mistake.
  private func imageSink(
    for item: Batch.Item, _ path: String, _ format: ImageFormat
  ) throws -> any ImageSink {
    return path.fileExtension.isEmpty
      ? try createImage(
        path: path, type: ImageFileType(for: format), format: format, overwrite: force,
        source: item.source, warn: Diagnostics.warn)
      : try createImage(
        path: path, format: format, overwrite: force, source: item.source, warn: Diagnostics.warn)
  }

  private func audioSink(
    for item: Batch.Item, _ format: AudioFormat
  ) throws -> (path: String, sink: any AudioSink) {
    let path = item.path(withExtension: AudioFileType.wav.fileExtension)
    let sink =
      if path.fileExtension.isEmpty {
        try createAudio(
          path: path, type: .wav, format: format, overwrite: force,
          source: item.source, warn: Diagnostics.warn)
      } else {
        try createAudio(
          path: path, format: format, overwrite: force, source: item.source,
          warn: Diagnostics.warn)
      }
    return (path, sink)
  }

  private func report(_ item: Batch.Item, _ path: String, _ format: AudioFormat) {
    let seconds = Double(format.frames ?? 0) / Double(format.sampleRate)
    Diagnostics.print("\(item.input) -> \(path): \(fixed(seconds, 2)) s")
  }
}
