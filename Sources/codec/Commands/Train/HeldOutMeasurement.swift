import Benchmarking
import Foundation
import LearnedCodec
import MediaFiles
import Signals

/// What a codec does on files that it was not made from, beside the shipped one and rivals: means
/// over the files of rate and PSNR, by `--tune psnr`, whole files counted.
struct HeldOutMeasurement {
  /// The codec at each of `qualities`: bits per pixel and PSNR in dB.
  let curve: [RatePoint]
  /// Rivals by name, and what the codec needs more or less than each, in percent.
  let comparisons: [(name: String, result: Result<BjontegaardRate, BjontegaardError>)]
  /// How many files it is of.
  let count: Int

  /// Qualities that are measured, 0...100.
  static let qualities = [0.0, 14, 29, 43, 57, 71, 86, 100]
  /// So many files are enough for a card.
  private static let mostFiles = 12

  /// Measures a codec on pictures or arrays.
  init(
    of codec: PictureCodec, beside shipped: PictureCodec?, pictures: [String],
    _ command: TrainCommand
  ) async throws {
    let paths = Array(pictures.prefix(Self.mostFiles))
    count = paths.count
    var bar = ProgressBar()
    defer { bar.finish() }
    let files = try paths.map { try command.samples(of: $0) }
    let total = Double(files.count * (shipped == nil ? 1 : 2))
    var done = 0.0
    func points(_ codec: PictureCodec) async throws -> [RatePoint] {
      var sums = Self.qualities.map { _ in RatePoint(rate: 0, quality: 0) }
      for file in files {
        bar.show("measuring", share: done / total)
        for (index, quality) in Self.qualities.enumerated() {
          let point = try await codec.point(of: file.image, file.format, at: Quality(quality))
          sums[index].rate += point.rate / Double(files.count)
          sums[index].quality += point.quality / Double(files.count)
        }
        done += 1
      }
      return sums
    }
    guard !files.isEmpty else { (curve, comparisons) = ([], []); return }
    curve = try await points(codec)
    var others: [(name: String, curve: [RatePoint])] = []
    if let shipped { others.append((shipped.name, try await points(shipped))) }
    // What rivals get are samples of 8 bits.
    if files.allSatisfy({ $0.format.kind == .image && $0.format.scale == 255 }) {
      others += try await Self.rivals(paths, isGrey: codec.planes == 1 && command.grey) {
        bar.show($0, share: $1)
      }
    }
    let own = curve
    comparisons = others.map { other in
      (
        other.name,
        Result { () throws(BjontegaardError) in
          try BjontegaardRate(of: own, against: other.curve)
        }
      )
    }
  }

  /// The curves of AVIF and JPEG XL, where they are installed.
  private static func rivals(
    _ paths: [String], isGrey: Bool, _ progress: (String, Double) -> Void
  ) async throws -> [(name: String, curve: [RatePoint])] {
    // Rivals get pictures of colours as they are.
    guard !isGrey else { return [] }
    let pictures = try SweepPicture.named(paths).map { try SweepPicture(name: $0, path: $1) }
    var codecs: [CommandCodec] = []
    for rival in [Rival.avif, .avifGrey, .jpegXL, .jpegXLGrey]
    where rival.missingPrograms.isEmpty && rival.codec.channels == pictures[0].channels {
      codecs.append(await rival.found())
    }
    let results = try await Sweep(
      files: pictures, codecs: codecs, jobs: ProcessInfo.processInfo.activeProcessorCount,
      timedFiles: 0, cache: SweepCache(folder: SweepCache.defaultFolder)
    ).results(corpus: "", provenance: .now(program: "codec")) {
      if case .progress(let stage, let share) = $0 { progress(stage + " rivals", share) }
    }
    return codecs.map { ("\($0.name) (\($0.version))", results.curve(of: $0.name, .psnr)) }
  }

  /// Whether the codec needs at least 99 % of the bits of another one.
  func gainsNothing(over name: String) -> Bool {
    comparisons.contains { $0.name == name && ((try? $0.result.get())?.percent ?? -100) > -1 }
  }

  /// What it found, in words.
  var lines: [String] {
    comparisons.map { name, result in
      switch result {
      case .success(let rate):
        "on \(count) files held out, at equal PSNR: \(fixed(rate.percent, 1)) % bits against \(name)"
      case .failure(let error): "no comparison with \(name): \(error)"
      }
    }
  }
}

extension PictureCodec {
  /// Bits per pixel and PSNR in dB of a picture without alpha, coded with the least squared error.
  fileprivate func point(
    of image: Image, _ format: ImageFormat, at quality: Quality
  ) async throws -> RatePoint {
    let threads = ProcessInfo.processInfo.activeProcessorCount
    let container = try await encode(
      ImageRows(image, format: format),
      options: PictureOptions(quality: quality, tuning: .psnr, threads: threads))
    let sink = ImageCollector(format: format)
    try await decode(container, to: sink, threads: threads)
    // Arrays seldom use the whole range of their type.
    let peak = format.kind == .image ? format.scale : nil
    return RatePoint(
      rate: Double(container.serialized().count * 8) / Double(image.width * image.height),
      quality: psnr(
        of: sink.image, against: image,
        peak: Double(peak ?? image.samples.max() ?? 1)))
  }
}
