import Signals

/// A made-up RGB picture with the statistics of photographs, row by row, of any size in no memory.
///
/// Photographs have about equal energy in every octave of frequency (D. J. Field, "Relations
/// between the statistics of natural images and the response properties of cortical cells", 1987),
/// most of it grey, and their fine detail is strong in some places and weak in others. Each octave
/// here is random values on a grid with straight lines between them; a coarse grid decides where
/// detail is.
final class NaturalPicture: ImageSource {
  let format: ImageFormat
  private let seed: UInt64
  private var row = 0

  /// Binary logarithms of the grids' spacings in samples.
  private static let coarse = 5...9
  private static let fine = 0...4
  /// Grey levels of an octave of lightness, and of each colour difference.
  private static let lightness: Float = 34
  private static let colour: Float = 9

  /// A picture that depends on `seed` alone.
  init(width: Int, height: Int, seed: UInt64) {
    format = ImageFormat(width: width, height: height, channels: 3)
    self.seed = seed
  }

  func nextRows(_ count: Int) -> Image {
    let rows = row..<min(row + count, format.height)
    var image = Image(width: format.width, height: rows.count, planes: 3)
    let size = rows.count * format.width
    for (index, row) in rows.enumerated() {
      let (light, red, blue) = (lightness(row), colour(row, field: 1), colour(row, field: 2))
      for column in 0..<format.width {
        let pixel = index * format.width + column
        image.samples[pixel] = Self.sample(light[column] + red[column])
        image.samples[size + pixel] =
          Self.sample(light[column] - (red[column] + blue[column]) / 2)
        image.samples[2 * size + pixel] = Self.sample(light[column] + blue[column])
      }
    }
    row = rows.upperBound
    return image
  }

  private static func sample(_ value: Float) -> Float { min(max(value.rounded(), 0), 255) }

  private func lightness(_ row: Int) -> [Float] {
    var detail = [Float](repeating: 0, count: format.width)
    var contrast = detail
    var sum = [Float](repeating: 118, count: format.width)
    for octave in Self.fine { add(octave, of: 0, times: Self.lightness, to: &detail, row) }
    for octave in Self.coarse { add(octave, of: 0, times: Self.lightness, to: &sum, row) }
    add(7, of: 3, times: 1, to: &contrast, row)
    for column in 0..<format.width {
      sum[column] += detail[column] * max(contrast[column] + 0.2, 0.05)
    }
    return sum
  }

  private func colour(_ row: Int, field: UInt64) -> [Float] {
    var sum = [Float](repeating: 0, count: format.width)
    for octave in Self.coarse { add(octave, of: field, times: Self.colour, to: &sum, row) }
    return sum
  }

  /// Adds a row of an octave, with values of -1...1 times `amplitude`.
  private func add(
    _ octave: Int, of field: UInt64, times amplitude: Float, to sum: inout [Float], _ row: Int
  ) {
    let (spacing, gridRow) = (1 << octave, row >> octave)
    let below = Float(row & (spacing - 1)) / Float(spacing)
    let nodes = (0...(format.width >> octave) + 1).map { node in
      amplitude
        * ((1 - below) * value(octave, field, gridRow, node)
          + below * value(octave, field, gridRow + 1, node))
    }
    for column in 0..<format.width {
      let node = column >> octave
      let right = Float(column & (spacing - 1)) / Float(spacing)
      sum[column] += nodes[node] + right * (nodes[node + 1] - nodes[node])
    }
  }

  /// The value at a node of a grid, by its position alone.
  private func value(_ octave: Int, _ field: UInt64, _ row: Int, _ column: Int) -> Float {
    var bits = UInt64(row) << 32 | UInt64(column)
    bits ^= (seed << 16 ^ field << 8 ^ UInt64(octave)) &* 0x9E37_79B9_7F4A_7C15
    // The generator adds the same before it mixes.
    var generator = SeededGenerator(seed: bits &- 0x9E37_79B9_7F4A_7C15)
    return Float(Int32(truncatingIfNeeded: generator.next() >> 32)) / Float(1 << 31)
  }
}
