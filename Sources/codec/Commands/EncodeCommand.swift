import ArgumentParser
import Foundation
import LearnedCodec
import MediaFiles
import Signals

/// `codec encode`
struct EncodeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "encode",
    abstract: "Compress pictures, arrays and sounds to .wlc files.",
    discussion: """
      Reads PNG, JPEG, PPM, PGM and .npy, and WAV, FLAC, AIFF, Ogg, Opus and MP3. photo.png becomes photo.wlc beside it. Folders are \
      searched for such files; with -o FOLDER their tree is mirrored there.
      """)

  @Argument(help: "Files or folders; - is standard input.", completion: .file())
  var files: [String]

  @Option(
    name: .joined("o"), help: "File or folder to write; - is standard output.", completion: .file())
  var output: String?

  @Flag(name: .shortAndLong, help: "Overwrite files that exist.")
  var force = false

  @Option(
    name: .joined("q"), help: "Quality, 0 (smallest) to 100 (visually lossless) (default: 60).")
  var quality: Double?

  @Option(help: "Find the quality that gives at most this many bits a pixel.")
  var targetBpp: Double?

  @Option(help: "Find the quality that gives a file of at most this many bytes.")
  var targetSize: Int?

  @Option(help: "Find the quality that gives this PSNR, in decibels, of what is seen.")
  var targetPsnr: Double?

  @Option(help: "Find the quality that gives a sound at most this many kbit/s.")
  var bitrate: Double?

  @Option(
    help: """
      What the error follows: of a sound ear, or snr for the least squared error; of a picture eye, \
      or psnr (default: ear; eye where the codec knows it, but for arrays and --target-psnr).
      """)
  var tune: Tune?

  @Option(help: "Keep the first latent channels only; of sounds, the first of 4096 frequencies.")
  var channels: Int?

  @Option(
    help: """
      Blocks of every patch of a sound, 1, 2, 4 to 32, so that learning can read its spectra \
      (default: chosen patch by patch).
      """)
  var blocks: Int?

  @Option(
    name: .joined("e"),
    help: """
      Effort, 1 (fastest) to 9 (smallest files at equal quality); from 6 on codecs with a network \
      are 20 to 100 times slower with --tune psnr; --tune eye has no more than 5.
      """)
  var effort = Effort.standard.value

  @Option(
    help: """
      Bits of the samples of pictures of 16 bits (default: those that the largest sample has).
      """)
  var bits: Int?

  @Flag(help: "Read pictures whose samples are damaged; what is lost is made up.")
  var lenient = false

  @Flag(help: "Keep the colours of pixels that are wholly transparent.")
  var keepHidden = false

  @Option(
    help: "Codec by name or folder (default: photo, photo-grey or music, by the file).",
    completion: .codecs)
  var codec: String?

  @OptionGroup var work: WorkOptions

  @Option(help: "Rows of samples in a strip.")
  var strip: Int?

  @Flag(help: "Encode what is there of sounds that end early.")
  var partial = false

  @Flag(help: "Print what was done as JSON, an object a file.")
  var json = false

  func validate() throws {
    try demand((0...100).contains(quality ?? 0), "-q is a number 0...100")
    if let output, FileStatus(path: output)?.isFolder != true,
      Batch.otherExtensions.contains(output.fileExtension)
    {
      throw ValidationError("encode writes .wlc files, which \(output) is not the name of")
    }
    try demand((1...9).contains(effort), "-e is a number 1...9")
    let targets = [targetBpp != nil, targetSize != nil, targetPsnr != nil, bitrate != nil]
      .count(where: { $0 })
    try demand(
      targets <= 1, "--target-bpp, --target-size, --target-psnr and --bitrate exclude each other")
    try demand(
      quality == nil || targets == 0,
      "-q and a target for the size or the quality exclude each other")
    try demand(isPositive(bitrate), "--bitrate is a number of kbit/s above 0")
    try demand(isPositive(targetBpp), "--target-bpp is a number above 0")
    try demand(targetSize ?? 1 > 0, "--target-size is a number of bytes above 0")
    try demand(isPositive(targetPsnr), "--target-psnr is a number of decibels above 0")
    if let bits, !(1...16).contains(bits) { throw ValidationError("--bits is a number 1...16") }
    if let strip, !(1...PictureContainer.largestSide).contains(strip) {
      throw ValidationError("--strip is a number of rows 1...\(PictureContainer.largestSide)")
    }
  }

  func run() async throws {
    try work.checkMemory()
    let batch = try Batch(
      inputs: files, output: output, extensions: Batch.pictures.union(Batch.sounds))
    var reading = work.reading
    (reading.isLenient, reading.bits, reading.isPartial) = (lenient, bits, partial)
    reading.keepsHidden = keepHidden
    reading.isReadOnce = bitrate == nil && targetSize == nil
    try await batch.run { item in
      let media: MediaFile
      do {
        media = try MediaFile(path: item.input, options: reading)
      } catch MediaFileError.unknownContent where CodedFile.isCoded(path: item.input) {
        throw Refusal("\(item.input): it is a .wlc file already")
      }
      let trained = try CodecLibrary.standard.codec(for: media, named: codec)
      switch media {
      case .image(let file): try await encode(file, trained.pictureCodec(for: item.input), item)
      case .audio(let file): try await encode(file, trained.soundCodec(for: item.input), item)
      }
    }
  }

  /// Encodes a picture to a file.
  private func encode(_ file: ImageFile, _ trained: PictureCodec, _ item: Batch.Item) async throws {
    let start = ContinuousClock.now
    if bitrate != nil {
      throw Refusal("\(item.input): --bitrate is for sounds; --target-bpp is for pictures")
    }
    if blocks != nil {
      throw Refusal("\(item.input): --blocks is for sounds")
    }
    let output = item.path(withExtension: "wlc")
    let sink = try OutputFile(
      path: output, overwrite: force, source: item.source)
    let options = PictureOptions(
      quality: quality.map { Quality($0) } ?? .standard,
      tuning: try tuning(.eye, for: item), channels: channels, stripRows: strip,
      effort: Effort(effort), keepsHidden: keepHidden, threads: work.threads)
    let container: PictureContainer
    if let target = target(for: file.format) {
      let reached: Double?
      (container, reached) = try await trained.encode(
        to: target, options: options, format: file.format, open: file.open)
      if container.quality == .lowest || container.quality == .highest {
        let what = reached.map { "about \(fixed($0, 2)) dB" } ?? "\(container.byteCount) bytes"
        Diagnostics.print(
          "codec: \(item.input): the target is beyond quality "
            + "\(fixed(container.quality.value, 0)), which gives \(what)")
      }
    } else {
      container = try await trained.encode(file.open(), options: options)
    }
    let bytes = container.serialized()
    try sink.write(bytes)
    try sink.finish()
    if let status = item.source, status.isRegular, status.size < bytes.count {
      Diagnostics.print(
        "codec: \(item.input): the file has \(status.size) bytes, and compressed it has more")
    }
    try report(
      item.input, output, container, bytes: bytes.count, codec: trained.name,
      leftOut: file.leftOut, since: start)
  }

  /// The tuning that was asked for, of the kind of `example`; nil where none was.
  func tuning<Tuning: RawRepresentable<String> & CaseIterable>(
    _ example: Tuning, for item: Batch.Item
  ) throws -> Tuning? {
    guard let tune else { return nil }
    guard let tuning = Tuning(rawValue: tune.rawValue) else {
      let names = Tuning.allCases.map(\.rawValue).joined(separator: " and ")
      throw Refusal("\(item.input): --tune \(tune.rawValue) is not for it, but \(names) are")
    }
    return tuning
  }

  private func target(for format: ImageFormat) -> RateTarget? {
    if let targetBpp {
      let bytes = (targetBpp * Double(format.width * format.height) / 8).rounded(.down)
      return .bytes(Int(min(bytes, 1e15)))
    }
    if let targetSize { return .bytes(targetSize) }
    return targetPsnr.map { .psnr($0) }
  }

  private func report(
    _ input: String, _ output: String, _ container: PictureContainer, bytes: Int, codec: String,
    leftOut: [String], since start: ContinuousClock.Instant
  ) throws {
    let format = container.format
    let bpp = Double(bytes * 8) / Double(format.width * format.height)
    let graphics = container.strips.reduce(0) { $0 + $1.graphics.count }
    if json {
      try printJSON(
        EncodeReport(
          input: input, output: output, codec: codec, width: format.width,
          height: format.height, quality: container.quality.value,
          tune: container.tuning.rawValue, bytes: bytes, graphicsBytes: graphics,
          bitsPerPixel: bpp,
          leftOut: leftOut, seconds: (ContinuousClock.now - start) / .seconds(1)))
    } else {
      Diagnostics.print(
        "\(input) -> \(output): \(bytes) bytes, \(fixed(bpp, 3)) bpp, "
          + "quality \(fixed(container.quality.value, 1))"
          + (graphics > 0 ? ", \(graphics) bytes of them graphics" : "")
          + (leftOut.isEmpty ? "" : "; left out: " + leftOut.joined(separator: ", ")))
    }
  }

  private struct EncodeReport: Encodable {
    var input: String
    var output: String
    var codec: String
    var width: Int
    var height: Int
    var quality: Double
    var tune: String
    var bytes: Int
    var graphicsBytes: Int
    var bitsPerPixel: Double
    var leftOut: [String]
    var seconds: Double
  }
}

/// Tunings of sounds and of pictures, see `SoundOptions.Tuning` and `PictureOptions.Tuning`.
enum Tune: String, CaseIterable, ExpressibleByArgument {
  case ear, snr, eye, psnr
}
