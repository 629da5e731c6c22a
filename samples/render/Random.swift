import Foundation
import Signals

/// Numbers of a generator, uniform or normal.
struct Random {
  private var generator: SeededGenerator

  init(seed: Int) {
    generator = SeededGenerator(
      seed: UInt64(truncatingIfNeeded: seed) &* 0xD1B5_4A32_D192_ED03)
  }

  /// Uniform in 0..<1.
  mutating func next() -> Double { Double(generator.next() >> 11) * 0x1p-53 }

  /// Of mean 0 and variance 1.
  mutating func nextNormal() -> Double {
    (-2 * log(1 - next())).squareRoot() * cos(2 * .pi * next())
  }
}

/// Smooth noise of the plane in about -1...1, whose waves are about one unit long.
func noise(_ x: Double, _ y: Double, seed: Int = 0) -> Double {
  let (left, top) = (x.rounded(.down), y.rounded(.down))
  let (u, v) = (x - left, y - top)
  func corner(_ dx: Double, _ dy: Double) -> Double {
    var random = Random(
      seed: Int(left + dx) &* 73_856_093 ^ Int(top + dy) &* 19_349_663 ^ seed &* 83_492_791)
    let angle = 2 * Double.pi * random.next()
    return (u - dx) * cos(angle) + (v - dy) * sin(angle)
  }
  let (s, t) = (step(0, 1, u), step(0, 1, v))
  let upper = corner(0, 0) * (1 - s) + corner(1, 0) * s
  let lower = corner(0, 1) * (1 - s) + corner(1, 1) * s
  return 1.5 * (upper * (1 - t) + lower * t)
}

/// Sum of `octaves` of noise, each of half the waves and half the height of the one before.
func cloud(_ x: Double, _ y: Double, octaves: Int, seed: Int = 0) -> Double {
  var sum = 0.0
  var scale = 1.0
  for octave in 0..<octaves {
    sum += noise(x * scale, y * scale, seed: seed + octave) / scale
    scale *= 2
  }
  return sum
}
