import Foundation
import Testing
import Wavelets

struct LappedTransformTests {
  private static let patch = LappedTransform.patchFrames
  private static let transform = LappedTransform()

  /// A transform of type IV by its definition.
  private func cosineTransform(_ signal: [Float]) -> [Float] {
    let count = Double(signal.count)
    return signal.indices.map { k in
      let sum = signal.enumerated().reduce(0.0) {
        $0 + Double($1.element)
          * cos(.pi / count * (Double($1.offset) + 0.5) * (Double(k) + 0.5))
      }
      return Float(sum * (2 / count).squareRoot())
    }
  }

  private func transformed(_ signal: [Float]) -> [Float] {
    var (values, work) = (signal, signal)
    values.withUnsafeMutableBufferPointer { values in
      work.withUnsafeMutableBufferPointer {
        CosineTransform(count: signal.count).transform(values, work: $0)
      }
    }
    return values
  }

  @Test(arguments: [2, 4, 8, 64, 256])
  func cosineTransformIsThatOfTheDefinition(count: Int) {
    let signal = noise(count, seed: UInt64(count))
    #expect(difference(transformed(signal), cosineTransform(signal)) < 2e-5)
    #expect(difference(transformed(transformed(signal)), signal) < 1e-5)
  }

  @Test(arguments: [[0], [5], [0, 0, 0], [2, 2, 2], [0, 5, 0, 3, 3, 1, 4, 2, 0]])
  func roundTripKeepsSamplesAndEnergy(blockLevels: [Int]) {
    let signal = noise(blockLevels.count * Self.patch, seed: 7)
    let bands = Self.transform.bands(of: signal, blockLevels: blockLevels)
    #expect(difference(Self.transform.samples(of: bands, blockLevels: blockLevels), signal) < 2e-5)
    let energy = signal.reduce(0) { $0 + Double($1 * $1) }
    #expect(abs(bands.reduce(0) { $0 + Double($1 * $1) } / energy - 1) < 1e-5)
  }

  /// Between blocks of one length it is the modified discrete cosine transform with a sine window.
  @Test func evenBlocksAreTheModifiedCosineTransform() {
    let blocks = LappedTransform.blockCounts[4]
    let length = Self.patch / blocks
    let signal = noise(3 * Self.patch, seed: 3)
    let bands = Self.transform.bands(of: signal, blockLevels: [4, 4, 4])
    for (block, k) in [(0, 0), (3, 5), (blocks - 1, length - 1)] {
      let start = Self.patch + block * length - length / 2
      let sum = (0..<2 * length).reduce(0.0) { sum, n in
        let window = sin(.pi / Double(2 * length) * (Double(n) + 0.5))
        let angle =
          .pi / Double(length) * (Double(n) + 0.5 - Double(length) / 2) * (Double(k) + 0.5)
        return sum + window * Double(signal[start + n]) * cos(angle)
      }
      let expected = Float(sum * (2 / Double(length)).squareRoot())
      #expect(abs(bands[Self.patch + k * blocks + block] - expected) < 1e-4, "\(block), \(k)")
    }
  }

  /// A sine lies at its frequency whatever the length of blocks.
  @Test(arguments: 0..<6)
  func placesAreFrequencies(blockLevel: Int) {
    let place = 1000.0
    let signal = (0..<3 * Self.patch).map {
      Float(sin(.pi * (place + 0.5) * Double($0) / Double(Self.patch)))
    }
    let bands = Self.transform.bands(of: signal, blockLevels: [blockLevel, blockLevel, blockLevel])
    let energies = bands[Self.patch..<2 * Self.patch].map { Double($0 * $0) }
    let blocks = LappedTransform.blockCounts[blockLevel]
    let near = energies[1000 - 3 * blocks..<1000 + 4 * blocks].reduce(0, +)
    #expect(near / energies.reduce(0, +) > 0.97)
  }
}
