import MediaFiles
import Signals

/// Red, green, blue and alpha in 0...1.
typealias Colour = SIMD4<Double>

/// An opaque colour from three bytes, as 0xFF8000 for orange.
func colour(_ hex: Int) -> Colour {
  Colour(Double(hex >> 16 & 255), Double(hex >> 8 & 255), Double(hex & 255), 255) / 255
}

/// From `a` at 0 to `b` at 1.
func mix(_ a: Colour, _ b: Colour, _ t: Double) -> Colour {
  a + (b - a) * t
}

/// 0 up to `low`, 1 from `high` on, smooth between.
func step(_ low: Double, _ high: Double, _ value: Double) -> Double {
  let t = min(max((value - low) / (high - low), 0), 1)
  return t * t * (3 - 2 * t)
}

/// A picture that is drawn pixel by pixel.
struct Picture {
  let width: Int
  let height: Int
  /// Row by row; alpha is that of the pixel, and colours are not multiplied by it.
  var pixels: [Colour]

  /// A picture of one colour.
  init(width: Int, height: Int, filledWith colour: Colour) {
    self.width = width
    self.height = height
    pixels = [Colour](repeating: colour, count: width * height)
  }

  /// A picture of a function of the plane, whose unit is a pixel: each pixel is the mean over
  /// `grid` x `grid` points of it.
  init(width: Int, height: Int, grid: Int, _ colour: (_ x: Double, _ y: Double) -> Colour) {
    self.init(width: width, height: height, filledWith: .zero)
    for y in 0..<height {
      for x in 0..<width {
        var sum = Colour.zero
        for point in 0..<grid * grid {
          let (row, column) = point.quotientAndRemainder(dividingBy: grid)
          sum += colour(
            Double(x) + (Double(column) + 0.5) / Double(grid),
            Double(y) + (Double(row) + 0.5) / Double(grid))
        }
        pixels[y * width + x] = sum / Double(grid * grid)
      }
    }
  }

  /// Lays an opaque colour over a pixel, to the extent of `coverage`.
  mutating func blend(_ colour: Colour, _ coverage: Double, x: Int, y: Int) {
    guard (0..<width).contains(x), (0..<height).contains(y) else { return }
    pixels[y * width + x] = mix(pixels[y * width + x], colour, coverage)
  }

  /// Writes the first planes of the picture as PNG.
  func write(
    to path: String, channels: Int = 3, hasAlpha: Bool = false, sampleType: SampleType = .uint8
  ) throws {
    let format = ImageFormat(
      width: width, height: height, channels: channels, hasAlpha: hasAlpha, sampleType: sampleType)
    let maximum = Double(sampleType.maximum ?? 1)
    var image = Image(width: width, height: height, planes: format.planes)
    for plane in 0..<format.planes {
      for (index, pixel) in pixels.enumerated() {
        let value = min(max(pixel[plane], 0), 1) * maximum
        image.samples[plane * pixels.count + index] = Float(value.rounded())
      }
    }
    let sink = try createImage(path: path, format: format, overwrite: true)
    try sink.write(image)
    try sink.finish()
  }
}
