import Foundation
import MediaFiles
import Signals

/// The same part of one picture or sound as several codecs give it back at about the same rate.
package struct CropComparison: Sendable, Equatable {
  /// The part as one codec gives it back.
  package struct Version: Sendable, Equatable {
    /// Name of the codec.
    package var contender: String
    /// Bits per pixel, or kbit/s, of the whole file.
    package var rate: Double
    /// RGB PSNR of the whole picture, or SNR of the whole sound, in dB, where it was measured.
    package var quality: Double?
    /// The part, or its spectrogram, as the bytes of a PNG file.
    package var png: [UInt8]
    /// The part as the bytes of a WAV file; nil of pictures.
    package var sound: [UInt8]?
  }

  /// A name beside a spectrogram.
  package struct Mark: Sendable, Equatable {
    /// What it says: `1 kHz`.
    var name: String
    /// How far up it lies, 0...1.
    var height: Double
  }

  /// What it is a part of.
  package var kind = SweepResults.Kind.images
  /// Name of the picture or sound.
  package var file: String
  /// The part of the original, or its spectrogram, as the bytes of a PNG file.
  package var original: [UInt8]
  /// The part of the original as the bytes of a WAV file; nil of pictures.
  package var originalSound: [UInt8]?
  /// Frequencies beside the spectrograms; empty of pictures.
  package var marks: [Mark] = []
  /// In the order of the contenders.
  package var versions: [Version]

  /// A comparison of pictures; see the properties.
  package init(file: String, original: [UInt8], versions: [Version]) {
    self.file = file
    self.original = original
    self.versions = versions
  }

  /// Crops one picture of a sweep, at its part of most detail, from the original and from what each
  /// contender makes of it at the setting whose rate is nearest to the wanted one.
  ///
  /// - Parameters:
  ///   - file: name of the picture in the sweep.
  ///   - results: the sweep; contenders that failed on the picture are left out.
  ///   - rate: the wanted bits per pixel; nearness is that of ratios.
  ///   - size: columns and rows of the part, or all there are of a smaller picture.
  ///   - original: grey or RGB samples 0...255; further planes, such as alpha, are not shown.
  ///   - decode: makes the picture of a measurement again, in the same units; a contender is left
  ///     out where it gives nil or another shape.
  /// - Throws: what `decode` throws, and ``MediaFileError`` where no temporary file can be written.
  package init(
    of file: String, in results: SweepResults, atRate rate: Double, size: Int = 256,
    original: Image, decode: (FileResult) async throws -> Image?
  ) async throws {
    let (rows, columns) = mostDetailedPart(of: original, size: size)
    self.file = file
    self.original = try pngBytes(of: part(of: original, rows: rows, columns: columns))
    versions = []
    for contender in results.contenders {
      guard let measurement = results.nearest(to: rate, file: file, contender: contender.name),
        let image = try await decode(measurement),
        image.width == original.width, image.height == original.height, image.planes > 0
      else { continue }
      versions.append(
        Version(
          contender: contender.name, rate: measurement.rate,
          quality: measurement.metrics[Metric.psnr.name],
          png: try pngBytes(of: part(of: image, rows: rows, columns: columns))))
    }
  }
}

extension SweepResults {
  /// The measurement of a file and contender that did not fail and whose rate is nearest to `rate`
  /// by ratio.
  func nearest(to rate: Double, file: String, contender: String) -> FileResult? {
    measurements
      .filter {
        $0.file == file && $0.contender == contender && $0.failure == nil && $0.rate > 0
      }
      .min { abs(log($0.rate / rate)) < abs(log($1.rate / rate)) }
  }
}

/// Rows and columns of the square where the picture has most detail: the largest mean over blocks
/// of 8 x 8 of the standard deviation within them, so that many fine edges count for more than one
/// border of dark and bright.
func mostDetailedPart(of image: Image, size: Int) -> (rows: Range<Int>, columns: Range<Int>) {
  let side = 8
  let (height, width) = (min(size, image.height), min(size, image.width))
  let grid = (rows: image.height / side, columns: image.width / side)
  // sums[row, column]: over all blocks above and to the left.
  var sums = [Double](repeating: 0, count: (grid.rows + 1) * (grid.columns + 1))
  func index(_ row: Int, _ column: Int) -> Int { row * (grid.columns + 1) + column }
  for row in 0..<grid.rows {
    for column in 0..<grid.columns {
      sums[index(row + 1, column + 1)] =
        deviation(of: image, row: row * side, column: column * side, side: side)
        + sums[index(row, column + 1)] + sums[index(row + 1, column)] - sums[index(row, column)]
    }
  }
  let blocks = (rows: height / side, columns: width / side)
  var best = (detail: -Double.infinity, row: 0, column: 0)
  for row in 0...grid.rows - blocks.rows {
    for column in 0...grid.columns - blocks.columns {
      let (bottom, right) = (row + blocks.rows, column + blocks.columns)
      let detail =
        sums[index(bottom, right)] - sums[index(row, right)] - sums[index(bottom, column)]
        + sums[index(row, column)]
      if detail > best.detail { best = (detail, row, column) }
    }
  }
  // A size that is no multiple of 8 may reach beyond the last block's border.
  let row = min(best.row * side, image.height - height)
  let column = min(best.column * side, image.width - width)
  return (row..<row + height, column..<column + width)
}

/// Standard deviation of grey in a block; for RGB that of green, the nearest to luma.
private func deviation(of image: Image, row: Int, column: Int, side: Int) -> Double {
  let plane = image.planes < 3 ? 0 : 1
  var (sum, squares) = (0.0, 0.0)
  for y in row..<row + side {
    for x in column..<column + side {
      let sample = Double(image[plane, y, x])
      sum += sample
      squares += sample * sample
    }
  }
  let count = Double(side * side)
  return max(squares / count - sum * sum / (count * count), 0).squareRoot()
}

/// A part of a picture of samples 0...255, grey or RGB, as whole numbers.
private func part(of image: Image, rows: Range<Int>, columns: Range<Int>) -> Image {
  var part = image.planes(0..<(image.planes < 3 ? 1 : 3)).rows(rows).columns(columns)
  part.samples = part.samples.map { min(max($0.rounded(), 0), 255) }
  return part
}

/// A grey or RGB picture of samples 0...255 as the bytes of a PNG file of 8 bits.
package func pngBytes(of image: Image) throws -> [UInt8] {
  try withTemporaryFolder { folder in
    let path = folder.appendingPathComponent("crop.png").path
    let format = ImageFormat(width: image.width, height: image.height, channels: image.planes)
    let sink = try createImage(path: path, format: format, overwrite: false)
    try sink.write(image)
    try sink.finish()
    return try readFile(path: path, maximumBytes: 1 << 30)
  }
}
