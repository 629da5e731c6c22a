import Testing

@testable import CompressedLearning

@Suite struct BoxMatchingTests {
  private func box(_ left: Double, _ right: Double) -> TextBox {
    TextBox(left: left, top: 0, right: right, bottom: 10)
  }

  @Test func overlaps() {
    #expect(box(0, 10).intersectionOverUnion(box(5, 15)) == 5.0 / 15)
    #expect(box(0, 10).intersectionOverUnion(box(10, 20)) == 0)
    #expect(box(0, 10).intersectionOverUnion(box(0, 10)) == 1)
    #expect(box(5, 1).area == 0)
  }

  @Test func eachBoxCountsOnce() {
    // Two finds of one line: only the better one counts.
    let score = BoxScore(found: [box(0, 9), box(0, 10), box(50, 60)], expected: [box(0, 10)])
    #expect(score == BoxScore(matched: 1, found: 3, expected: 1))
    #expect(matchedBoxes([box(0, 9), box(0, 10)], [box(0, 10)]).map(\.found) == [1])
    #expect(score.precision == 1.0 / 3 && score.recall == 1 && score.f1 == 0.5)
  }

  @Test func nothingAgainstNothing() {
    #expect(BoxScore(found: [], expected: []).f1 == 0)
    #expect(BoxScore(found: [], expected: [box(0, 10)]).recall == 0)
  }
}
