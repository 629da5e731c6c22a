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

  @OptionGroup var work: WorkOptions

  /// Why two files cannot be compared.
  struct Mismatch: Error, CustomStringConvertible {
    let description: String
  }

  func run() async throws {
    let file = try ImageFile(path: original, options: ReadingOptions(maximumPixels: work.maxPixels))
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
    let peak = format.sampleType.maximum ?? reference.samples.map(\.magnitude).max() ?? 1
    let decibels = psnr(
      of: collector.image.planes(0..<format.channels),
      against: reference.planes(0..<format.channels), peak: Double(peak))
    let bpp = Double(container.byteCount * 8) / Double(format.width * format.height)
    print(
      "\(original): \(container.byteCount) bytes, \(fixed(bpp, 3)) bpp, \(fixed(decibels, 2)) dB")
  }
}
