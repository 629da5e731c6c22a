import Foundation
import Signals
import Testing
import Training
import Wavelets

struct KLTTests {
  /// Orthonormal directions in three planes.
  static let directions: [[Float]] = [
    [1, 1, 1].map { $0 / Float(3).squareRoot() },
    [1, 0, -1].map { $0 / Float(2).squareRoot() },
    [1, -2, 1].map { $0 / Float(6).squareRoot() },
  ]

  /// Without levels a patch is one pixel, and its covariance that of the planes.
  @Test func eigenvectorsOfAKnownCovariance() throws {
    var generator = SeededGenerator(seed: 1)
    let deviations: [Float] = [30, 12, 4]
    var image = Image(width: 200, height: 150, planes: 3)
    for y in 0..<150 {
      for x in 0..<200 {
        for (direction, deviation) in zip(Self.directions, deviations) {
          let limit = Float(3).squareRoot() * deviation
          let amount = Float.random(in: -limit...limit, using: &generator)
          // The mean is far from zero, but no part of a covariance.
          for plane in 0..<3 { image[plane, y, x] += 100 + amount * direction[plane] }
        }
      }
    }
    var klt = KLT(planes: 3, levels: 0)
    klt.add(Subbands(analyzing: image.rows(0..<70), levels: 0))
    klt.add(Subbands(analyzing: image.rows(70..<150), levels: 0))
    #expect(klt.count == 30000 && klt.dimension == 3)
    let (projection, synthesis, variances) = try klt.matrices(channels: 3)
    for (index, direction) in Self.directions.enumerated() {
      // A sign of its own: the largest element is positive. Sampling noise turns the vectors a bit.
      let found = Array(projection[index * 3..<index * 3 + 3])
      let cosine = zip(found, direction).reduce(0) { $0 + $1.0 * $1.1 }
      #expect(abs(abs(cosine) - 1) < 1e-3)
      #expect(found.max { abs($0) < abs($1) }! > 0)
      #expect(abs(variances[index].squareRoot() / Double(deviations[index]) - 1) < 0.02)
    }
    #expect(projection == synthesis)
  }

  @Test(arguments: [(1, 1), (1, 3), (3, 2), (5, 1)]) func matricesAreInverse(
    planes: Int, levels: Int
  )
    throws
  {
    var klt = KLT(planes: planes, levels: levels)
    for seed in 0..<4 as Range<UInt64> {
      let image = smoothPicture(width: 160, height: 120, planes: planes, seed: seed)
      klt.add(Subbands(analyzing: image, levels: levels))
    }
    let size = klt.dimension
    let (projection, synthesis, variances) = try klt.matrices(channels: size)
    let gains = synthesisGains(levels: levels)
    let bands = gains.flatMap { horizontal in gains.map { horizontal * $0 } }
    for a in 0..<size {
      for b in 0..<size {
        let expected: Float = a == b ? 1 : 0
        var (product, weighted) = (Float(0), Float(0))
        for index in 0..<size {
          product += projection[a * size + index] * synthesis[b * size + index]
          // Rows of the synthesis are orthonormal where an error weighs what it does in samples.
          weighted +=
            synthesis[a * size + index] * synthesis[b * size + index] * bands[index % bands.count]
        }
        #expect(abs(product - expected) < 1e-4 && abs(weighted - expected) < 1e-4)
      }
    }
    #expect(variances.count == size && variances == variances.sorted(by: >))
    #expect(variances[size - 1] > 0 && variances[0] > 10 * variances[size - 1])

    let fewer = try klt.matrices(channels: 2)
    #expect(fewer.projection == Array(projection[..<(2 * size)]))
    #expect(fewer.synthesis == Array(synthesis[..<(2 * size)]))
    #expect(fewer.variances == Array(variances[..<2]))
  }
}
