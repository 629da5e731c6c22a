import Signals

/// White noise of mean 0 and variance 1: numbers equally likely in -sqrt 3...sqrt 3.
func noise(_ count: Int, seed: UInt64) -> [Float] {
  var generator = SeededGenerator(seed: seed)
  let limit = Float(3).squareRoot()
  return (0..<count).map { _ in Float.random(in: -limit...limit, using: &generator) }
}

/// A picture of white noise.
func noisePicture(width: Int, height: Int, planes: Int = 1, seed: UInt64) -> Image {
  Image(
    width: width, height: height, planes: planes,
    samples: noise(width * height * planes, seed: seed))
}

/// The largest difference between two signals; infinity where their lengths differ.
func difference(_ a: [Float], _ b: [Float]) -> Float {
  guard a.count == b.count else { return .infinity }
  return zip(a, b).reduce(0) { max($0, abs($1.0 - $1.1)) }
}
