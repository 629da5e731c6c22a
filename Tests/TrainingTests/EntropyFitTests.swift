import EntropyCoding
import Foundation
import LearnedCodec
import Signals
import Testing

@testable import Training

struct EntropyFitTests {
  /// Symbols of independent channels, each with a two-sided geometric distribution, and their
  /// entropy in bits.
  static func source(
    rows: Int, columns: Int, ratios: [Double], seed: UInt64
  ) -> (symbols: Symbols, entropy: Double) {
    var generator = SeededGenerator(seed: seed)
    // P(0) = 1 - r, and P(m) = P(-m) = r (1 - r) r^(m - 1) / 2.
    let values = (0..<rows * columns * ratios.count).map { index in
      let ratio = ratios[index % ratios.count]
      var magnitude: Int32 = 0
      while Double.random(in: 0..<1, using: &generator) < ratio { magnitude += 1 }
      return Bool.random(using: &generator) ? magnitude : -magnitude
    }
    let bits = ratios.reduce(0) { sum, ratio in
      // A geometric magnitude, and a sign where it is not zero.
      sum - log2(1 - ratio) - ratio / (1 - ratio) * log2(ratio) + ratio
    }
    return (
      Symbols(patchRows: rows, patchColumns: columns, channels: ratios.count, values: values),
      bits * Double(rows * columns)
    )
  }

  @Test func knownSourcesCostTheirEntropy() throws {
    let ratios = [0.9, 0.7, 0.5, 0.3, 0.2, 0.6, 0.4]
    let training = (1...3).map {
      Self.source(rows: 60, columns: 50, ratios: ratios, seed: $0).symbols
    }
    let tables = try fitEntropyTables(training, predicted: 0)
    let (symbols, entropy) = Self.source(rows: 80, columns: 60, ratios: ratios, seed: 9)
    let bits = Double(tables.encode(symbols).count * 8)
    // Nothing is cheaper than the entropy but by chance, which is a part in a hundred here; what
    // adapts all the time costs a few parts more.
    #expect(bits > 0.99 * entropy && bits < 1.04 * entropy, "\(bits / entropy)")
  }

  @Test func probabilitiesAreSharesOfWhatWasSeen() throws {
    let symbols = Self.source(rows: 70, columns: 70, ratios: [0.5, 0.1], seed: 4).symbols
    var tables = EntropyTables(channels: 2, predicted: 0)
    var counts = tables.noCounts
    tables.count(symbols, in: &counts)
    tables.setProbabilities(counts)
    let layout = ContextLayout(channels: 2, predicted: 0)
    var seen = 0
    for context in 0..<layout.frozen {
      let (no, yes) = (counts.frozen[2 * context], counts.frozen[2 * context + 1])
      guard no + yes > 1000 else { continue }
      let share = Double(yes) / Double(no + yes)
      #expect(abs(Double(tables.frozen[context]) / 65536 - share) < 0.02)
      seen += 1
    }
    #expect(seen >= 2)
    // Two probabilities know each decision about an end.
    let ends = counts.adaptive[(2 * layout.ends)...].reduce(0, +)
    #expect(ends > 0 && ends % 2 == 0)
    // What was never seen has a probability all the same, of neither 0 nor 1.
    let least = EntropyTables.leastProbability
    #expect((tables.frozen + tables.adaptive).allSatisfy { $0 >= least && $0 <= 0 &- least })
  }
}
