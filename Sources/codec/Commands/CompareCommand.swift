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
    abstract: "Print size, rate and quality of a .wlc file against its original.",
    discussion: """
      Of a picture, bits per pixel and PSNR; of a sound, kbit/s, signal-to-noise ratio and the \
      noise-to-mask ratio, of which about -10 dB and less is inaudible. A measure that says nothing \
      of a sound is called undefined, and why.
      """)

  @Argument(help: "The original picture or sound.", completion: .file())
  var original: String

  @Argument(help: "The .wlc file made from it.", completion: .file(extensions: ["wlc"]))
  var compressed: String

  @OptionGroup var codec: CodecOption

  @Flag(help: "Count pixels that are wholly transparent too.")
  var keepHidden = false

  @Flag(help: "Print as JSON.")
  var json = false

  @OptionGroup var work: WorkOptions

  func run() async throws {
    try work.checkMemory()
    let media = try MediaFile(path: original, options: work.reading)
    let coded = try work.codedFile(compressed)
    let (file, container): (ImageFile, PictureContainer)
    switch (media, coded.container) {
    case (.image(let picture), .picture(let image)): (file, container) = (picture, image)
    case (.audio(let audio), .sound(let sound)):
      let trained = try codec.codec(for: coded).soundCodec(for: compressed)
      let report = try await SoundComparisonReport(
        original: original, audio, compressed: compressed, sound, codec: trained,
        threads: work.threads)
      if json { try printJSON(report) } else { printLine(report.text) }
      return
    case (.image, .sound):
      throw Refusal("\(compressed) is a sound, but \(original) is a picture")
    case (.audio, .picture):
      throw Refusal("\(compressed) is a picture, but \(original) is a sound")
    }
    let format = container.format
    guard
      (format.width, format.height, format.planes, format.sampleType)
        == (file.format.width, file.format.height, file.format.planes, file.format.sampleType)
    else { throw Refusal("\(original) has another shape than \(compressed)") }
    let trained = try codec.codec(for: coded).pictureCodec(for: compressed)
    let collector = ImageCollector(format: format)
    try await trained.decode(container, to: collector, threads: work.threads, file: compressed)
    let reference = try file.open().nextRows(format.height)
    let peak = format.scale ?? reference.samples.map({ $0.magnitude }).max() ?? 1
    let decibels = psnr(
      of: compared(collector.image, alphaOf: reference, format),
      against: compared(reference, alphaOf: reference, format), peak: Double(peak))
    let bpp = Double(container.byteCount * 8) / Double(format.width * format.height)
    if json {
      return try printJSON(
        PictureReport(
          file: original, bytes: container.byteCount, bitsPerPixel: bpp,
          psnr: decibels.isFinite ? decibels : nil))
    }
    printLine(
      "\(original): \(container.byteCount) bytes, \(fixed(bpp, 3)) bpp, \(fixed(decibels, 2)) dB")
  }

  /// What is printed of a picture.
  private struct PictureReport: Encodable {
    var file: String
    var bytes: Int
    var bitsPerPixel: Double
    /// In dB; nil of equal pictures, for whose PSNR JSON has no number.
    var psnr: Double?
  }

  /// The colours of the pixels that are seen, as a picture of one row.
  private func compared(_ image: Image, alphaOf other: Image, _ format: ImageFormat) -> Image {
    let colours = image.planes(0..<format.channels)
    let alpha = other.planes(format.channels..<format.planes).samples
    guard !keepHidden, alpha.contains(where: { $0 > 0 }) else { return colours }
    let samples = colours.samples(where: alpha.lazy.map { $0 > 0 })
    return Image(
      width: samples.count / format.channels, height: 1, planes: format.channels, samples: samples)
  }
}
