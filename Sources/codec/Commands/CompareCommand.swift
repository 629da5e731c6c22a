import ArgumentParser
import Benchmarking
import Foundation
import LearnedCodec
import MediaFiles
import Signals

/// `codec compare`
struct CompareCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare",
    abstract: "Print size, bits per pixel and PSNR of a .wlc file against its original.")

  @Argument(help: "The original picture.")
  var original: String

  @Argument(help: "The .wlc file made from it.")
  var compressed: String

  @Option(help: "Codec by name or folder (default: the one that made the file).")
  var codec: String?

  @Flag(help: "Count pixels that are wholly transparent too.")
  var keepHidden = false

  @OptionGroup var work: WorkOptions

  /// Why two files cannot be compared.
  struct Mismatch: Error, CustomStringConvertible {
    let description: String
  }

  func run() async throws {
    try work.checkMemory()
    let file = try ImageFile(path: original, options: work.reading)
    let coded = try work.codedFile(compressed)
    guard case .image(let container) = coded else {
      throw Mismatch(description: "\(compressed) is a sound, but \(original) is a picture")
    }
    let format = container.format
    guard
      (format.width, format.height, format.planes, format.sampleType)
        == (file.format.width, file.format.height, file.format.planes, file.format.sampleType)
    else { throw Mismatch(description: "\(original) has another shape than \(compressed)") }
    let trained = try CodecSearch.codec(named: codec, for: coded, file: compressed)
      .imageCodec(for: compressed)
    let collector = ImageCollector(format: format)
    try await trained.decode(container, to: collector, threads: work.threads, file: compressed)
    let reference = try file.open().nextRows(format.height)
    let peak = format.scale ?? reference.samples.map(\.magnitude).max() ?? 1
    let decibels = psnr(
      of: compared(collector.image, alphaOf: reference, format),
      against: compared(reference, alphaOf: reference, format), peak: Double(peak))
    let bpp = Double(container.byteCount * 8) / Double(format.width * format.height)
    printLine(
      "\(original): \(container.byteCount) bytes, \(fixed(bpp, 3)) bpp, \(fixed(decibels, 2)) dB")
  }

  /// The colours of the pixels that are seen, as a picture of one row.
  private func compared(_ image: Image, alphaOf other: Image, _ format: ImageFormat) -> Image {
    let colours = image.planes(0..<format.channels)
    guard format.hasAlpha, !keepHidden else { return colours }
    let alpha = other.planes(format.channels..<format.planes).samples
    let samples = (0..<format.channels).flatMap { plane in
      zip(colours.planes(plane..<plane + 1).samples, alpha).compactMap { $1 > 0 ? $0 : nil }
    }
    return Image(
      width: samples.count / format.channels, height: 1, planes: format.channels, samples: samples)
  }
}
