import Benchmarking
import Foundation
import LearnedCodec
import MediaFiles
import Signals

/// What one picture costs and is worth at one quality.
struct PicturePoint: Sendable {
  let picture: String
  let quality: Double
  /// Bytes of the whole file.
  let bytes: Int
  let bitsPerPixel: Double
  /// In dB, over all channels together.
  let psnr: Double

  /// Codes a picture to the bytes of a file and back, at each of some qualities.
  static func measure(
    _ path: String, qualities: [Double], codec: Codec
  ) async throws -> [PicturePoint] {
    let file = try ImageFile(path: path, maximumPixels: Container.defaultMaximumPixels)
    let format = file.format
    let original = try file.open().nextRows(format.height).planes(0..<format.channels)
    var points: [PicturePoint] = []
    for quality in qualities {
      let bytes = try await codec.encode(
        file.open(), options: EncodingOptions(quality: Quality(quality))
      ).serialized()
      let collector = ImageCollector(format: format)
      try await codec.decode(Container(parsing: bytes, file: path), to: collector, file: path)
      // Floating point has no peak of its own; as `codec compare` has it, the largest magnitude.
      let peak = format.sampleType.maximum ?? original.samples.map(\.magnitude).max() ?? 1
      points.append(
        PicturePoint(
          picture: (path as NSString).lastPathComponent, quality: quality, bytes: bytes.count,
          bitsPerPixel: Double(bytes.count * 8) / Double(format.width * format.height),
          psnr: Benchmarking.psnr(
            of: collector.image.planes(0..<format.channels), against: original,
            peak: Double(peak))))
    }
    return points
  }
}
