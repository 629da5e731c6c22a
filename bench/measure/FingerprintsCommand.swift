import ArgumentParser
import Foundation
import MediaFiles
import Signals

/// `measure fingerprints`
struct FingerprintsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fingerprints",
    abstract: "Write simulated fingerprints: grey pictures unlike photographs to train a codec on.",
    discussion: """
      A print is the cosine of a phase (K. Larkin, P. Fletcher, "A coherent framework for fingerprint \
      analysis", 2007): arches around a core, bent slowly, and a turn of the phase around each minutia, \
      where a ridge ends or forks. Pressure and the grain of ink vary it.
      """)

  @Argument(help: "Folder to write to.")
  var folder: String

  @Option(help: "How many.")
  var count = 48

  @Option(help: "Seed of the first one.")
  var seed: UInt64 = 1

  func validate() throws {
    guard (1...10_000).contains(count) else {
      throw ValidationError("--count is a number from 1 on")
    }
  }

  func run() throws {
    try makeFolder(folder)
    let format = ImageFormat(width: Self.side, height: Self.side, channels: 1)
    for index in 0..<count {
      let name = String(format: "print%04d.png", index)
      let sink = try createImage(
        path: folder.appending(path: name), format: format, overwrite: true)
      try sink.write(Self.print(seed: seed &+ UInt64(index)))
      try sink.finish()
    }
  }

  private static let side = 512

  /// A fingerprint, 500 samples an inch: ridges about 9 samples apart.
  private static func print(seed: UInt64) -> Image {
    var generator = SeededGenerator(seed: seed)
    func random(_ range: ClosedRange<Double>) -> Double {
      Double.random(in: range, using: &generator)
    }
    /// A slow wave over the picture.
    func wave(_ periods: ClosedRange<Double>) -> (Double, Double) -> Double {
      let (angle, period, phase) = (random(0...6.28), random(periods), random(0...6.28))
      let (a, b) = (cos(angle) * 6.28 / period, sin(angle) * 6.28 / period)
      return { sin(a * $0 + b * $1 + phase) }
    }
    let core = (x: random(200...312), y: random(220...330))
    let (pitch, flat) = (6.28 / random(8...10.5), random(0.6...1))
    let bends = (0..<4).map { _ in (wave(150...500), random(2...9)) }
    let minutiae = (0..<Int(random(25...60))).map { _ in
      (x: random(0...512), y: random(0...512), turn: random(0...1) < 0.5 ? -1.0 : 1)
    }
    let pressures = (0..<5).map { _ in wave(60...400) }
    let (grains, light) = ((0..<6).map { _ in wave(5...14) }, random(185...235))
    let (tilt, noise) = (random(-0.4...0.4), random(2...5))
    var image = Image(width: side, height: side, planes: 1)
    for row in 0..<side {
      for column in 0..<side {
        let (x, y) = (Double(column), Double(row))
        let (dx, dy) = (x - core.x + tilt * (y - core.y), y - core.y)
        // Circles above the core, and legs that run down beside it.
        let radius = dy < 0 ? (dx * dx + flat * dy * dy).squareRoot() : abs(dx) + 0.1 * dy
        var phase = pitch * radius
        for (bend, size) in bends { phase += size * bend(x, y) }
        for point in minutiae { phase += point.turn * atan2(y - point.y, x - point.x) }
        let pressure = pressures.reduce(0.15) { $0 + 0.18 * $1(x, y) }
        let grain = grains.reduce(0) { $0 + 0.08 * $1(x, y) }
        let ridge = 1 / (1 + exp(-4 * (cos(phase) + pressure + grain)))
        let away = ((x - 256) * (x - 256) / 48_000 + (y - 256) * (y - 256) / 62_000)
        let ink = ridge / (1 + exp(14 * (away - 0.95)))
        let value = light - (light - 40) * ink + noise * random(-1...1)
        image[0, row, column] = Float(min(max(value, 0), 255).rounded())
      }
    }
    return image
  }
}
