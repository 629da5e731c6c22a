import Benchmarking
import Foundation
import MediaFiles
import Signals

/// The bands of a cube as JPEG 2000 codes them one by one, by OpenJPEG's commands, with the irreversible
/// wavelet.
enum JPEG2000Bands {
  /// Whether the commands are on PATH.
  static var isThere: Bool {
    ["opj_compress", "opj_decompress"].allSatisfy { programPath($0) != nil }
  }

  /// Bits of all files, and the sum of squared errors, at a ratio of samples to bytes.
  ///
  /// - Parameters:
  ///   - cube: whole numbers 0...peak.
  ///   - ratio: what `-r` takes.
  static func coded(
    _ cube: Image, peak: Float, ratio: Int
  ) async throws -> (bits: Double, squaredError: Double) {
    // As many bits as the samples need, which is what the encoder believes they have.
    let maximum = Float((1 << (Int(peak.exponent) + 1)) - 1)
    let format = ImageFormat(
      width: cube.width, height: cube.height, channels: 1,
      sampleType: maximum > 255 ? .uint16 : .uint8, maximum: maximum)
    return try await withTemporaryFolder { folder in
      let path = { folder.appendingPathComponent($0).path }
      var (bits, error) = (0.0, 0.0)
      for band in 0..<cube.planes {
        let original = cube.planes(band..<band + 1)
        let sink = try createImage(
          path: path("band.pgm"), type: .pnm, format: format, overwrite: true)
        try sink.write(original)
        try sink.finish()
        for command in [
          [
            "opj_compress", "-i", path("band.pgm"), "-o", path("band.j2k"), "-r", "\(ratio)", "-I",
          ],
          ["opj_decompress", "-i", path("band.j2k"), "-o", path("back.pgm")],
        ] {
          let run = try await MeasuredProcess.run(command, limit: 60)
          guard run.ending == .exit(0) else {
            throw Failure(description: "\(command[0]): \(run.ending)")
          }
        }
        let file = try ImageFile(path: path("back.pgm"))
        guard file.format.maximum == maximum else {
          throw Failure(description: "opj_decompress gave samples another range")
        }
        let back = try file.open().nextRows(cube.height)
        for (a, b) in zip(back.samples, original.samples) { error += Double((a - b) * (a - b)) }
        bits += Double(try readFile(path: path("band.j2k"), maximumBytes: 1 << 24).count * 8)
      }
      return (bits, error)
    }
  }

  private struct Failure: Error, CustomStringConvertible {
    let description: String
  }
}
