import EntropyCoding
import LearnedCodec

extension EntropyTables {
  /// Takes the probabilities from how often each decision was false and true. What was seldom seen
  /// follows what is next to it.
  mutating func setProbabilities(_ counts: DecisionCounts) {
    let layout = ContextLayout(channels: channels, predicted: predicted)
    // Along the levels of the expected magnitude probabilities change slowly.
    for row in stride(from: 0, to: ContextLayout.lowBits, by: ContextLayout.levels) {
      let contexts = row..<row + ContextLayout.levels
      var prior = Self.share(counts.frozen, contexts, prior: 0.5, weight: 2)
      for context in contexts {
        prior = Self.share(counts.frozen, context..<context + 1, prior: prior, weight: 16)
        frozen[context] = Self.probability(prior)
      }
    }
    for context in ContextLayout.lowBits..<layout.frozen {
      frozen[context] = Self.probability(
        Self.share(counts.frozen, context..<context + 1, prior: 0.5, weight: 64))
    }
    // Channels are like each other, and so are ends.
    for table in layout.adaptiveTables {
      for column in 0..<table.columns {
        let contexts = (0..<table.rows).map { table.start + $0 * table.columns + column }
        let prior = Self.share(counts.adaptive, contexts, prior: 0.5, weight: 2)
        for context in contexts {
          adaptive[context] = Self.probability(
            Self.share(counts.adaptive, CollectionOfOne(context), prior: prior, weight: 16))
        }
      }
    }
  }

  /// The share of true decisions in some contexts, as if `weight` others had the share `prior`.
  private static func share(
    _ counts: [Int], _ contexts: some Sequence<Int>, prior: Double, weight: Double
  ) -> Double {
    var (no, yes) = (0, 0)
    for context in contexts {
      no += counts[2 * context]
      yes += counts[2 * context + 1]
    }
    return (Double(yes) + prior * weight) / (Double(no + yes) + weight)
  }

  /// A share in units of 2^-16.
  private static func probability(_ share: Double) -> UInt16 {
    let least = Double(leastProbability)
    return UInt16(min(max(share * 65536, least), 65536 - least))
  }
}
