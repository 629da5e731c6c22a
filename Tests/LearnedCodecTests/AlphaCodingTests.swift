@testable import LearnedCodec
import Signals
import Testing

struct AlphaCodingTests {
  static let shapes = [(1, 1), (1, 40), (40, 1), (17, 23), (64, 64)]

  @Test(arguments: [8, 16]) func roundTrip(bits: Int) {
    var generator = SeededGenerator(seed: UInt64(bits))
    let maximum = (1 << bits) - 1
    for (width, height) in Self.shapes {
      let count = width * height
      let planes: [[UInt16]] = [
        (0..<count).map { _ in 0 },
        (0..<count).map { _ in UInt16(maximum) },
        (0..<count).map { _ in UInt16(maximum / 3) },
        (0..<count).map { UInt16(($0 % width * 977 + $0 / width * 31) & maximum) },
        (0..<count).map { _ in UInt16(Int.random(in: 0...maximum, using: &generator)) },
        (0..<count).map { _ in Bool.random(using: &generator) ? 0 : UInt16(maximum) },
        (0..<count).map { UInt16(maximum - ($0 % width) & 1) },
      ]
      for (index, plane) in planes.enumerated() {
        let bytes = encodeAlpha(plane, width: width, bits: bits)
        let decoded = decodeAlpha(bytes[...], count: count, width: width, bits: bits)
        #expect(decoded == plane, "plane \(index), \(width) x \(height)")
        // Noise cannot be compressed, but hardly grows.
        #expect(bytes.count <= count * bits / 8 + count / 8 + 16)
      }
    }
  }

  @Test(arguments: [8, 16]) func flatAlphaIsNearlyFree(bits: Int) {
    for value in [0, (1 << bits) - 1] {
      let plane = [UInt16](repeating: UInt16(value), count: 256 * 256)
      #expect(encodeAlpha(plane, width: 256, bits: bits).count < 16)
    }
  }

  @Test func shapesAreCheap() {
    let disc = (0..<256 * 256).map { index -> UInt16 in
      let (x, y) = (index % 256 - 128, index / 256 - 128)
      return x * x + y * y < 10000 ? 255 : 0
    }
    // The outline has about 800 samples; two bits for each is plenty.
    #expect(encodeAlpha(disc, width: 256, bits: 8).count < 400)
  }

  @Test func anyBytesAreSomeAlpha() {
    var generator = SeededGenerator(seed: 1)
    for round in 0..<100 {
      let bytes = (0..<round).map { _ in UInt8.random(in: 0...255, using: &generator) }
      let bits = round % 2 == 0 ? 8 : 16
      let plane = decodeAlpha(bytes[...], count: 60, width: 1 + round % 7, bits: bits)
      #expect(plane.count == 60 && plane.allSatisfy { Int($0) < 1 << bits })
    }
  }
}
