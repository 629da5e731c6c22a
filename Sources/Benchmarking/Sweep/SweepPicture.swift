import Foundation
import LearnedCodec
import MediaFiles
import Signals

/// A picture of a sweep: what every codec gets of it are 8-bit samples, without alpha and metadata.
package struct SweepPicture: SweepFile {
  /// Pictures.
  package static let kind = SweepResults.Kind.images

  /// What results call it, unique in the sweep.
  package let name: String
  /// Where it is.
  package let path: String
  /// Columns.
  package let width: Int
  /// Rows.
  package let height: Int
  /// Channels: 1 for grey, 3 for colour.
  package let channels: Int
  /// SHA-256 of the file, in hexadecimal digits.
  package let hash: String

  /// Pixels.
  package var sampleCount: Int { width * height }
  /// None.
  package var placeholders: [String: String] { [:] }

  /// Largest number of pixels; the picture is held in memory whole, several times.
  package static let maximumPixels = 1 << 26
  private static let maximumBytes = 1 << 30

  /// Looks at a file.
  ///
  /// Throws `MediaFileError` where it cannot be read, is no picture or an array, or too large.
  package init(name: String, path: String) throws {
    let format = try ImageFile(
      path: path, options: ReadingOptions(maximumPixels: Self.maximumPixels)
    ).format
    guard format.kind == .image, format.sampleType != .float32 else {
      throw MediaFileError.unsupported(file: path, what: "arrays are not compared, only pictures")
    }
    self.name = name
    self.path = path
    (width, height, channels) = (format.width, format.height, format.channels)
    hash = SHA256.text(of: try readFile(path: path, maximumBytes: Self.maximumBytes))
  }

  /// Bits per pixel.
  package func rate(ofBytes count: Int) -> Double { Double(count * 8) / Double(sampleCount) }

  /// The samples: shape [channels, height, width], whole numbers 0...255.
  package func samples() throws -> Image {
    try Self.samples(
      of: ImageFile(path: path, options: ReadingOptions(maximumPixels: Self.maximumPixels)))
  }

  /// The samples of a file without alpha, 0...255; those of another scale are rounded.
  static func samples(of file: ImageFile) throws -> Image {
    let format = file.format
    var image = try file.open().nextRows(format.height).planes(0..<format.channels)
    if let maximum = format.scale, maximum != 255 {
      image.samples = image.samples.map { ($0 * 255 / maximum).rounded() }
    }
    return image
  }

  /// Writes a picture of 8 bits, grey or colour.
  package func write(_ image: Image, path: String) throws {
    let format = ImageFormat(width: image.width, height: image.height, channels: image.planes)
    // Every codec gets a .ppm, where grey stays grey.
    let sink =
      path.fileExtension == "ppm"
      ? try createImage(path: path, type: .pnm, format: format, overwrite: true)
      : try createImage(path: path, format: format, overwrite: true)
    try sink.write(image)
    try sink.finish()
  }

  /// Reads a picture of 1 or 3 channels and the same size: shape [channels, height, width],
  /// 0...255.
  package func decoded(path: String, decoder: String) throws -> Image {
    do {
      let file = try ImageFile(
        path: path, options: ReadingOptions(maximumPixels: Self.maximumPixels))
      let format = file.format
      guard (format.width, format.height) == (width, height) else {
        throw TrialFailure.command(
          "it came back with \(format.width) x \(format.height) pixels, not \(width) x \(height)")
      }
      guard [1, 3].contains(format.channels) else {
        throw TrialFailure.command("it came back with \(format.channels) channels")
      }
      return try Self.samples(of: file)
    } catch is MediaFileError {
      throw TrialFailure.command("what \(decoder) wrote is no picture")
    }
  }

  /// PSNR, SSIM, MS-SSIM, and what tools measure. Where one is grey and the other is not, both are
  /// compared in colour.
  package func metrics(
    of copy: Image, against original: Image, tools: [MetricTool], folder: String
  ) async throws -> [String: Double] {
    var (original, image) = (original, copy)
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
      try write(original, path: before)
      try write(image, path: after)
      for tool in tools {
        metrics[tool.metric.name] = try await tool.value(
          original: before, copy: after, folder: folder)
      }
    }
    return metrics
  }

  /// The part of most detail.
  package func comparison(
    in results: SweepResults, original: Image, decode: (FileResult) async throws -> Image?
  ) async throws -> CropComparison {
    try await CropComparison(
      of: name, in: results, atRate: Self.kind.comparedRate, original: original, decode: decode)
  }
}

extension Image {
  /// Three planes, those of a grey picture equal.
  fileprivate var inColour: Image {
    planes == 1
      ? Image(width: width, height: height, planes: 3, samples: samples + samples + samples) : self
  }
}
