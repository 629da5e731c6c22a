import Testing
import Wavelets

struct SignalPacketsTests {
  @Test(arguments: 0...4)
  func roundTripAtEverySize(levels: Int) {
    for count in 0...70 {
      let signal = noise(count, seed: UInt64(count))
      let result = packetSynthesis(packetAnalysis(signal, levels: levels), levels: levels)
      #expect(difference(result, signal) < 1e-5, "\(count) samples")
    }
  }

  @Test(arguments: 0...4)
  func filtersAreThoseOfTheStandard(levels: Int) {
    for count in 0...70 {
      let signal = noise(count, seed: UInt64(100 + count))
      let expected = ReferencePackets.analysis(signal.map(Double.init), levels: levels)
      let bands = packetAnalysis(signal, levels: levels)
      #expect(difference(bands, expected.map(Float.init)) < 1e-5, "\(count) samples")
    }
  }

  @Test(arguments: 0...4)
  func constantsHaveOneBand(levels: Int) {
    let gain = (0..<levels).reduce(Float(1)) { product, _ in product * Float(2).squareRoot() }
    for count in 1...70 {
      let bands = packetAnalysis([Float](repeating: 3, count: count), levels: levels)
      let expected = (0..<count).map { $0 % (1 << levels) == 0 ? 3 * gain : 0 }
      #expect(difference(bands, expected) < 2e-5, "\(count) samples")
    }
  }

  @Test(arguments: 1...4)
  func cubicsHaveOneBandAwayFromTheEnds(levels: Int) {
    let (side, patches) = (1 << levels, 16)
    let cubic = (0..<side * patches).map { index in
      let x = Float(index) / Float(side * patches) - 0.5
      return 1 - x + 3 * x * x + 8 * x * x * x
    }
    let bands = packetAnalysis(cubic, levels: levels)
    let high = bands.indices.filter { $0 % side != 0 }.map { (patch: $0 / side, value: bands[$0]) }
    #expect(high.filter { 4..<12 ~= $0.patch }.allSatisfy { abs($0.value) < 1e-5 })
    // The mirror at the ends is no cubic.
    #expect(high.contains { $0.patch == 0 && abs($0.value) > 1e-3 })
    #expect(high.contains { $0.patch == 15 && abs($0.value) > 1e-3 })
  }

  @Test func noiseSpreadsAsTheFiltersSay() {
    let (levels, side) = (3, 8)
    let bands = packetAnalysis(noise(1 << 16, seed: 7), levels: levels)
    var energies = [Double](repeating: 0, count: side)
    for (index, value) in bands.enumerated() {
      energies[index % side] += Double(value * value) * Double(side) / Double(bands.count)
    }
    for (energy, expected) in zip(energies, ReferencePackets.noiseGains(levels: levels)) {
      // Four standard deviations of a variance estimated from 8192 numbers.
      #expect(abs(energy / expected - 1) < 0.065)
      #expect(0.6...1.6 ~= expected)
    }
  }

  @Test(arguments: 0...4)
  func gainsAreCloseToOne(levels: Int) {
    let gains = synthesisGains(levels: levels)
    #expect(gains.count == 1 << levels)
    #expect(gains.allSatisfy { 0.6...1.7 ~= $0 })
    #expect(levels > 0 || gains == [1])
  }
}
