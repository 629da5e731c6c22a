import Signals
import Testing

@testable import Benchmarking

struct LabelPlacementTests {
  @Test func labelsApartStay() {
    #expect(spread([30, 0, 10], gap: 10, in: 0...30) == [30, 0, 10])
    #expect(spread([], gap: 10, in: 0...0) == [])
  }

  @Test func closeLabelsSpreadAroundTheirMean() {
    #expect(spread([50, 50], gap: 10, in: 0...100) == [45, 55])
    #expect(spread([52, 51, 30], gap: 10, in: 0...100) == [56.5, 46.5, 30])
    // A block that spreads pushes the next label, and joins it.
    #expect(spread([50, 50, 56], gap: 10, in: 0...100) == [42, 52, 62])
    #expect(spread([1, 2], gap: 10, in: 0...100) == [0, 10])
    #expect(spread([99, 100, 100], gap: 10, in: 0...100) == [80, 90, 100])
  }

  @Test func tooManyDoNotFit() {
    #expect(spread([1, 2, 3], gap: 10, in: 0...20) == [0, 10, 20])
    #expect(spread([1, 2, 3], gap: 10.1, in: 0...20) == nil)
  }

  @Test func neverOverlap() throws {
    var generator = SeededGenerator(seed: 2)
    for _ in 0..<1000 {
      let count = Int.random(in: 1...21, using: &generator)
      let places = (0..<count).map { _ in Double.random(in: 0...100, using: &generator) }
      let result = Benchmarking.spread(places, gap: 5, in: 0...100)
      let spread = try #require(result)
      let order = places.indices.sorted { places[$0] < places[$1] }
      for (lower, upper) in zip(order, order.dropFirst()) {
        #expect(spread[upper] - spread[lower] >= 5 - 1e-9)
      }
      #expect(spread.allSatisfy { (-1e-9...100 + 1e-9).contains($0) })
    }
  }
}
