import Foundation
import MediaFiles
import Signals

/// A picture as files that the commands of codecs read, and in memory to compare with.
struct PreparedPicture {
  let picture: SweepPicture
  /// Shape [channels, height, width], 0...255.
  let samples: Image
  private let folder: String

  /// Writes a picture to a folder, once for each extension.
  init(
    _ picture: SweepPicture, _ samples: Image, extensions: Set<String>, folder: String
  ) throws {
    self.picture = picture
    self.samples = samples
    self.folder = folder
    for name in extensions { try writePicture(samples, path: path(name)) }
  }

  /// The file with an extension.
  func path(_ pathExtension: String) -> String { "\(folder)/original.\(pathExtension)" }
}

/// What a trial took.
struct TrialTimes: Codable, Sendable {
  /// Wall-clock seconds of the commands.
  var encodeSeconds: Double
  var decodeSeconds: Double
  /// Peak resident bytes of the commands.
  var encodePeakBytes: Int?
  var decodePeakBytes: Int?
}

extension FileResult {
  /// What the commands took; nil where they were not timed.
  var times: TrialTimes? {
    get {
      guard let encodeSeconds, let decodeSeconds else { return nil }
      return TrialTimes(
        encodeSeconds: encodeSeconds, decodeSeconds: decodeSeconds,
        encodePeakBytes: encodePeakBytes, decodePeakBytes: decodePeakBytes)
    }
    set {
      encodeSeconds = newValue?.encodeSeconds
      decodeSeconds = newValue?.decodeSeconds
      encodePeakBytes = newValue?.encodePeakBytes
      decodePeakBytes = newValue?.decodePeakBytes
    }
  }
}

/// One run of a codec on a picture at a setting, and what came of it.
struct Trial {
  let prepared: PreparedPicture
  let codec: CommandCodec
  let setting: String
  /// Seconds after which a command is killed.
  let limit: Double
  /// Its own folder for files.
  let folder: String

  /// Why a run of a codec failed, as results have it.
  enum Failure: Error, CustomStringConvertible {
    case command(String)
    /// A command did not end in time.
    case hung(String)

    var description: String {
      switch self {
      case .command(let reason), .hung(let reason): reason
      }
    }
  }

  /// Works while the folder exists.
  func inFolder<Value>(_ work: () async throws -> Value) async -> Result<Value, any Error> {
    do {
      try makeFolder(folder)
      defer { try? FileManager.default.removeItem(atPath: folder) }
      return .success(try await work())
    } catch {
      return .failure(error)
    }
  }

  /// What coding and decoding takes: of two runs the shorter times and the larger peaks.
  func time() async throws -> TrialTimes {
    let (first, second) = (try await run(), try await run())
    return TrialTimes(
      encodeSeconds: min(first.encoding.seconds, second.encoding.seconds),
      decodeSeconds: min(first.decoding.seconds, second.decoding.seconds),
      encodePeakBytes: [first.encoding.peakBytes, second.encoding.peakBytes].compactMap(\.self)
        .max(),
      decodePeakBytes: [first.decoding.peakBytes, second.decoding.peakBytes].compactMap(\.self)
        .max())
  }

  /// The picture as it comes back: shape [channels, height, width], 0...255.
  func decodedPicture() async throws -> Image {
    _ = try await run()
    return try decodedSamples()
  }

  /// Codes the picture and decodes it.
  private func run() async throws -> (encoding: MeasuredProcess, decoding: MeasuredProcess) {
    let encoding = try await run(codec.encode, prepared.path(codec.inputExtension), coded)
    return (encoding, try await run(codec.decode, coded, decoded))
  }

  private var coded: String { "\(folder)/coded.\(codec.codedExtension)" }
  private var decoded: String { "\(folder)/decoded.\(codec.outputExtension)" }

  private func run(
    _ command: [String], _ input: String, _ output: String
  ) async throws -> MeasuredProcess {
    let filled = CommandCodec.filled(command, input: input, output: output, setting: setting)
    // Nothing that an earlier run has left behind may be taken for a result.
    try? FileManager.default.removeItem(atPath: output)
    let program = (command[0] as NSString).lastPathComponent
    let process = try await MeasuredProcess.run(filled, limit: limit, folder: folder)
    switch process.ending {
    case .exit(0): break
    case .exit(let status):
      let reason = process.errors.split(whereSeparator: \.isNewline).last.map { ": \($0)" } ?? ""
      throw Failure.command("\(program) ended with status \(status)\(reason)")
    case .signal(let number): throw Failure.command("\(program) was ended by signal \(number)")
    case .timeout: throw Failure.hung("\(program) did not end within \(shortText(limit)) s")
    }
    guard FileManager.default.fileExists(atPath: output) else {
      throw Failure.command("\(program) wrote no file")
    }
    return process
  }

  /// Codes and decodes the picture and measures the result; untimed.
  ///
  /// - Parameter isRepeated: whether all is done twice, to see if the files are the same.
  func measure(isRepeated: Bool, tools: [MetricTool]) async throws -> FileResult {
    _ = try await run()
    if isRepeated {
      let first = try (contents(coded), contents(decoded))
      _ = try await run()
      guard try first == (contents(coded), contents(decoded)) else {
        throw Failure.command("two runs gave different files")
      }
    }
    let picture = prepared.picture
    let copy = try decodedSamples()
    var (original, image) = (prepared.samples, copy)
    // Some tools give grey pictures three planes, others colourless ones one.
    if original.planes != image.planes {
      (original, image) = (original.inColour, image.inColour)
    }
    var metrics = [Metric.psnr.name: psnr(of: image, against: original, peak: 255)]
    let similarity = StructuralSimilarity(of: image, against: original, peak: 255)
    metrics[Metric.ssim.name] = similarity.ssim
    metrics[Metric.msSSIM.name] = similarity.multiScale
    if !tools.isEmpty {
      let (before, after) = (folder + "/before.png", folder + "/after.png")
      try writePicture(original, path: before)
      try writePicture(image, path: after)
      for tool in tools {
        metrics[tool.metric.name] = try await tool.value(
          original: before, copy: after, folder: folder)
      }
    }
    let bytes = try contents(coded).count
    let pixels = picture.width * picture.height
    return FileResult(
      file: picture.name, contender: codec.name, setting: setting, sampleCount: pixels,
      rate: Double(bytes * 8) / Double(pixels), byteCount: bytes, metrics: metrics)
  }

  private func contents(_ path: String) throws -> [UInt8] {
    try readFile(path: path, maximumBytes: 1 << 30)
  }

  private func decodedSamples() throws -> Image {
    let picture = prepared.picture
    let file: ImageFile
    do {
      file = try ImageFile(path: decoded, maximumPixels: SweepPicture.maximumPixels)
      let format = file.format
      guard (format.width, format.height) == (picture.width, picture.height) else {
        throw Failure.command(
          "it came back with \(format.width) x \(format.height) pixels, "
            + "not \(picture.width) x \(picture.height)")
      }
      guard [1, 3].contains(format.channels) else {
        throw Failure.command("it came back with \(format.channels) channels")
      }
      return try SweepPicture.samples(of: file)
    } catch is MediaFileError {
      throw Failure.command(
        "what \((codec.decode[0] as NSString).lastPathComponent) wrote is no picture")
    }
  }

  /// A measurement that failed.
  func failed(_ reason: String) -> FileResult {
    FileResult(
      file: prepared.picture.name, contender: codec.name, setting: setting,
      sampleCount: prepared.picture.width * prepared.picture.height, rate: 0, byteCount: 0,
      metrics: [:], failure: reason)
  }
}

extension Image {
  /// Three planes, those of a grey picture equal.
  fileprivate var inColour: Image {
    planes == 1
      ? Image(width: width, height: height, planes: 3, samples: samples + samples + samples) : self
  }
}

/// Writes a picture of 8 bits, grey or colour.
private func writePicture(_ image: Image, path: String) throws {
  let format = ImageFormat(width: image.width, height: image.height, channels: image.planes)
  let sink = try createImage(path: path, format: format, overwrite: true)
  try sink.write(image)
  try sink.finish()
}

/// A number without decimals that say nothing.
private func shortText(_ value: Double) -> String {
  value == value.rounded() ? String(Int(value)) : String(value)
}
