/// How many found boxes are right, and how many boxes were found.
public struct BoxScore: Sendable, Equatable, Codable {
  /// Pairs of a found and a true box.
  public var matched = 0
  /// Boxes found.
  public var found = 0
  /// Boxes that there are.
  public var expected = 0

  /// Counts; see the properties.
  public init(matched: Int = 0, found: Int = 0, expected: Int = 0) {
    self.matched = matched
    self.found = found
    self.expected = expected
  }

  /// Counts of a page: see `matchedBoxes`. The overlap is an intersection over union, 0...1.
  public init(found: [TextBox], expected: [TextBox], overlap: Double = 0.5) {
    self.init(
      matched: matchedBoxes(found, expected, overlap: overlap).count, found: found.count,
      expected: expected.count)
  }

  /// The counts of several pages together.
  public static func + (a: BoxScore, b: BoxScore) -> BoxScore {
    BoxScore(
      matched: a.matched + b.matched, found: a.found + b.found, expected: a.expected + b.expected)
  }

  /// The share of found boxes that are right, 0...1; 0 where none was found.
  public var precision: Double { Double(matched) / Double(max(found, 1)) }
  /// The share of boxes that were found, 0...1; 0 where there are none.
  public var recall: Double { Double(matched) / Double(max(expected, 1)) }
  /// The harmonic mean of both, 0...1: 2 matched / (found + expected).
  public var f1: Double { Double(2 * matched) / Double(max(found + expected, 1)) }
}

/// Pairs found boxes with true ones, each with at most one: those that overlap most first, as long
/// as their intersection over union is at least `overlap`.
///
/// - Returns: indices into both lists, in the order in which they were paired.
public func matchedBoxes(
  _ found: [TextBox], _ expected: [TextBox], overlap: Double = 0.5
) -> [(found: Int, expected: Int)] {
  var candidates: [(found: Int, expected: Int, overlap: Double)] = []
  for (index, box) in found.enumerated() {
    for (otherIndex, other) in expected.enumerated() {
      let shared = box.intersectionOverUnion(other)
      if shared >= overlap, shared > 0 { candidates.append((index, otherIndex, shared)) }
    }
  }
  // Equal overlaps go by their indices, so that the order does not depend on the sorting.
  candidates.sort { ($1.overlap, $0.found, $0.expected) < ($0.overlap, $1.found, $1.expected) }
  var (usedFound, usedExpected): (Set<Int>, Set<Int>) = ([], [])
  return candidates.compactMap { candidate in
    guard !usedFound.contains(candidate.found), !usedExpected.contains(candidate.expected) else {
      return nil
    }
    usedFound.insert(candidate.found)
    usedExpected.insert(candidate.expected)
    return (candidate.found, candidate.expected)
  }
}
