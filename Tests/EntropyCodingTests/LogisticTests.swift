import EntropyCoding
import Foundation
import Testing

struct LogisticTests {
  static let stretch = Logistic.stretchTable.map(Int.init)
  static let squash = Logistic.squashTable.map(Int.init)

  @Test func tablesAreMonotone() {
    #expect(Self.stretch.count == 4096 && Self.squash.count == 4096)
    #expect(zip(Self.stretch, Self.stretch.dropFirst()).allSatisfy { $0 <= $1 })
    #expect(zip(Self.squash, Self.squash.dropFirst()).allSatisfy { $0 <= $1 })
    #expect(Self.stretch.first == -2047 && Self.stretch.last == 2047)
    #expect(Self.squash.first == 22 && 65512...65514 ~= Self.squash[4095])
  }

  @Test func squashIsTheLogisticFunction() {
    for (index, probability) in Self.squash.enumerated() {
      let exact = 65536 / (1 + exp(Double(2048 - index) / 256))
      if index % 128 == 0 {
        #expect(probability == Int(exact.rounded()))
      } else {
        // Between knots half a nat apart, a line is this far from the curve at most.
        #expect(abs(Double(probability) - exact) < 200)
      }
    }
  }

  @Test func stretchIsTheInverseOfSquash() {
    for (index, logOdds) in Self.stretch.enumerated() {
      let middle = index * 16 + 8
      if logOdds > -2047 { #expect(Self.squash[logOdds + 2047] < middle) }
      if logOdds < 2047 { #expect(Self.squash[logOdds + 2048] >= middle) }
    }
    // The other way round: to within the log-odds that one interval of probability spans.
    for logOdds in -1500...1500 {
      let probability = Self.squash[logOdds + 2048]
      let index = probability >> 4
      let result = Self.stretch[index]
      let span = Self.stretch[min(index + 1, 4095)] - Self.stretch[max(index - 1, 0)]
      #expect(abs(result - logOdds) <= span)
    }
  }

  @Test func tablesNeverChange() {
    #expect(
      [0, 1, 1024, 2047, 2048, 4095].map { Self.stretch[$0] } == [-2047, -2029, -283, 0, 1, 2047])
    #expect(
      [0, 1, 1000, 2047, 2048, 2049, 4095].map { Self.squash[$0] }
        == [22, 22, 1092, 32705, 32768, 32830, 65513])
    let stretch = Logistic.stretchTable.flatMap { littleEndian(UInt16(bitPattern: $0)) }
    let squash = Logistic.squashTable.flatMap { littleEndian($0) }
    #expect(crc32c(stretch) == 0x9D8912D0)
    #expect(crc32c(squash) == 0x25B0D480)
  }

  private func littleEndian(_ value: UInt16) -> [UInt8] {
    [UInt8(value & 255), UInt8(value >> 8)]
  }
}
