import Signals

/// A picture with the statistics of a photograph: noise whose amplitude falls with its frequency,
/// mostly common to all planes, and discs with sharp edges. Whole numbers 0...peak.
func naturalPicture(
  width: Int, height: Int, planes: Int = 3, seed: UInt64, peak: Float = 255
) -> Image {
  var generator = SeededGenerator(seed: seed)
  var image = Image(width: width, height: height, planes: planes, filledWith: 0.5)
  for cell in [64, 32, 16, 8, 4, 2] {
    let amplitude = 0.25 * (Float(cell) / 64).squareRoot()
    let common = Lattice(width: width, height: height, cell: cell, using: &generator)
    for plane in 0..<planes {
      let own = Lattice(width: width, height: height, cell: cell, using: &generator)
      for y in 0..<height {
        for x in 0..<width {
          image[plane, y, x] += amplitude * (common.value(x, y) + 0.2 * own.value(x, y))
        }
      }
    }
  }
  for _ in 0..<6 {
    let (x0, y0) = (
      Int.random(in: 0..<width, using: &generator), Int.random(in: 0..<height, using: &generator)
    )
    let radius = Int.random(in: 1...max(width / 4, 2), using: &generator)
    let steps = (0..<planes).map { _ in Float.random(in: -0.3...0.3, using: &generator) }
    for y in 0..<height {
      for x in 0..<width where (x - x0) * (x - x0) + (y - y0) * (y - y0) < radius * radius {
        for plane in 0..<planes { image[plane, y, x] += steps[plane] }
      }
    }
  }
  image.samples = image.samples.map { (min(max($0, 0), 1) * peak).rounded() }
  return image
}

/// Random values on a grid, linear between its points.
private struct Lattice {
  private let cell: Int
  private let columns: Int
  private let values: [Float]

  init(width: Int, height: Int, cell: Int, using generator: inout SeededGenerator) {
    self.cell = cell
    columns = width / cell + 2
    values = (0..<columns * (height / cell + 2)).map { _ in
      Float.random(in: -1...1, using: &generator)
    }
  }

  func value(_ x: Int, _ y: Int) -> Float {
    let place = y / cell * columns + x / cell
    let (right, down) = (Float(x % cell) / Float(cell), Float(y % cell) / Float(cell))
    let upper = values[place] * (1 - right) + values[place + 1] * right
    let lower = values[place + columns] * (1 - right) + values[place + columns + 1] * right
    return upper * (1 - down) + lower * down
  }
}

/// A picture of white noise of whole numbers 0...peak.
func noisePicture(
  width: Int, height: Int, planes: Int = 3, seed: UInt64, peak: Int = 255
) -> Image {
  var generator = SeededGenerator(seed: seed)
  return Image(
    width: width, height: height, planes: planes,
    samples: (0..<width * height * planes).map { _ in
      Float(Int.random(in: 0...peak, using: &generator))
    })
}

/// Root of the mean squared difference of two pictures of one shape.
func rootMeanSquare(_ a: Image, _ b: Image) -> Double {
  let sum = zip(a.samples, b.samples).reduce(0.0) {
    $0 + (Double($1.0) - Double($1.1)) * (Double($1.0) - Double($1.1))
  }
  return (sum / Double(max(a.samples.count, 1))).squareRoot()
}

/// The largest difference between two signals; infinity where their lengths differ.
func difference(_ a: [Float], _ b: [Float]) -> Float {
  guard a.count == b.count else { return .infinity }
  return zip(a, b).reduce(0) { max($0, abs($1.0 - $1.1)) }
}
