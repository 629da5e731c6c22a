import Foundation
import LearnedCodec
import Testing
import TestSupport

@testable import CompressedLearning

@Suite struct DocumentTests {
  @Test(arguments: 1...6)
  func linesAreThoseOfTheirTargets(seed: Int) {
    let page = DrawnPages.page(seed: UInt64(seed))
    let targets = LineTargets(
      boxes: page.lines.map(\.box), rows: 20, columns: 20, side: 8)
    let found = LineLinking().lines(CellPredictions(targets), side: 8)
    #expect(found.count == page.lines.count)
    for line in page.lines {
      #expect(found.contains { $0.box.intersectionOverUnion(line.box) > 0.98 })
    }
  }

  @Test func linesThatTouchAndSmallOnesStayApart() {
    let boxes = [
      TextBox(left: 10, top: 20, right: 90, bottom: 31),
      TextBox(left: 12, top: 31, right: 88, bottom: 42),
      TextBox(left: 100, top: 20, right: 104, bottom: 27),
    ]
    let targets = LineTargets(boxes: boxes, rows: 8, columns: 16, side: 8)
    let found = LineLinking().lines(CellPredictions(targets), side: 8).map(\.box)
    #expect(BoxScore(found: found, expected: boxes, overlap: 0.95).f1 == 1)
  }

  @Test func boxesBeyondThePageAreNoTrouble() {
    let boxes = [
      TextBox(left: -500, top: -90, right: -400, bottom: -80),
      TextBox(left: 1e5, top: 1e5, right: 2e5, bottom: 2e5),
    ]
    let targets = LineTargets(boxes: boxes, rows: 4, columns: 4, side: 8)
    #expect(targets.text.count == 64)
    #expect(LineTargets(boxes: boxes, rows: 0, columns: 0, side: 8).text.isEmpty)
  }

  @Test func cellsLieInTheirPatches() {
    let values = (0..<2 * 3 * CellPredictions.ofPatch).map { Float($0) }
    let cells = CellPredictions(patches: values, rows: 2, columns: 3)
    #expect(cells.rows == 4 && cells.columns == 6)
    // Row 3, column 4: of the patch in row 1 and column 2 the lower left cell.
    let start = (3 * 6 + 4) * CellPredictions.count
    #expect(
      cells.values[start] == Float(5 * CellPredictions.ofPatch + 2 * CellPredictions.count))
  }

  @Test func inputsHaveTheSameGrid() throws {
    let page = DrawnPages.page(seed: 1, width: 157, height: 150).image
    for (reduction, channels) in [(1, 64), (4, 4), (2, 16)] {
      let latents = try PageInput.pixels(reduction: reduction, side: 8).latents(of: page)
      #expect(
        latents.patchRows == 19 && latents.patchColumns == 20 && latents.channels == channels)
    }
  }

  @Test func finderAndClassifierLearn() async throws {
    let pages = (1...6).map { DrawnPages.page(seed: $0) }
    let (training, heldOut) = (Array(pages[..<4]), Array(pages[4...]))
    let input = PageInput.pixels(reduction: 4, side: 8)
    var schedule = LearningSchedule()
    (schedule.epochs, schedule.batch, schedule.rate) = (30, 2, 1e-2)
    let finding = try LineFinderTraining(
      pages: training, validation: heldOut, input: input, width: 16, blocks: 2)
    var lines = try LearningRun(finding.network, schedule: schedule)
    let finder = try #require(await finding.run(&lines))
    let score = try heldOut.reduce(BoxScore()) {
      $0
        + BoxScore(
          found: finder.lines(try input.latents(of: $1.image), side: 8).map(\.box),
          expected: $1.lines.map(\.box))
    }
    #expect(score.f1 > 0.8, "\(score)")

    schedule.epochs = 2
    let telling = try LineClassifierTraining(
      pages: training, validation: heldOut, input: input, width: 8, seed: 1)
    var kinds = try LearningRun(telling.network, schedule: schedule)
    let classifier = try #require(await telling.run(&kinds))
    let reader = DocumentReader(input: input, finder: finder, classifier: classifier)
    let folder = try TemporaryFolder()
    let place = URL(fileURLWithPath: folder.file("reader"))
    try reader.save(to: place)
    let loaded = try DocumentReader(folder: place) { _ in throw LearningError.noExamples }
    let latents = try input.latents(of: heldOut[0].image)
    #expect(loaded.lines(latents) == reader.lines(latents))
  }

  @Test func withoutPagesNothingIsLearned() {
    #expect(throws: LearningError.noExamples) {
      try LineFinderTraining(
        pages: [], validation: [], input: .pixels(reduction: 4, side: 8), width: 8, blocks: 1)
    }
  }
}
