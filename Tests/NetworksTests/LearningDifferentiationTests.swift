import Foundation
import Signals
import Testing

@testable import Networks

/// Operations of heads and losses: derivatives against finite differences, values against loops.
@Suite struct LearningDifferentiationTests {
  private func parameters(_ entries: [Parameters.Entry], seed: UInt64) -> Parameters {
    var random = SeededGenerator(seed: seed)
    return Parameters(entries).random(using: &random)
  }

  @Test(arguments: [(1, 1), (3, 4), (4, 3)])
  func neighbourhoodsAndMergedPatches(rows: Int, columns: Int) {
    let parameters = parameters([.init("input", rows: rows * columns, columns: 2)], seed: 1)
    let input = parameters.constants()["input"]
    func value(_ row: Int, _ column: Int, _ channel: Int) -> Float {
      (0..<rows).contains(row) && (0..<columns).contains(column)
        ? input.values[(row * columns + column) * 2 + channel] : 0
    }
    let around = input.neighbourhoods(gridColumns: columns)
    #expect(around.rows == rows * columns && around.columns == 18)
    for (place, found) in around.values.enumerated() {
      let (patch, tap, channel) = (place / 18, place % 18 / 2, place % 2)
      #expect(
        found == value(patch / columns + tap / 3 - 1, patch % columns + tap % 3 - 1, channel))
    }
    let merged = input.mergedPatches(gridColumns: columns)
    let half = (columns + 1) / 2
    #expect(merged.rows == (rows + 1) / 2 * half && merged.columns == 8)
    for (place, found) in merged.values.enumerated() {
      let (patch, part, channel) = (place / 8, place % 8 / 2, place % 2)
      #expect(
        found == value(patch / half * 2 + part / 2, patch % half * 2 + part % 2, channel))
    }
    expectExactDerivatives(parameters) { $0["input"].neighbourhoods(gridColumns: columns) }
    expectExactDerivatives(parameters) { $0["input"].mergedPatches(gridColumns: columns) }
  }

  @Test func normalisedRows() {
    let parameters = parameters([.init("input", rows: 3, columns: 6)], seed: 2)
    let result = parameters.constants()["input"].normalizedRows()
    for row in 0..<3 {
      let values = result.values[row * 6..<(row + 1) * 6]
      #expect(abs(values.reduce(0, +)) < 1e-5)
      #expect(abs(values.reduce(0) { $0 + $1 * $1 } / 6 - 1) < 1e-3)
    }
    expectExactDerivatives(parameters) { $0["input"].normalizedRows() }
  }

  @Test func pooling() {
    let parameters = parameters(
      [.init("input", rows: 5, columns: 4), .init("scores", rows: 5, columns: 2)], seed: 3)
    expectExactDerivatives(parameters) { $0["input"].meanOfRows() }
    expectExactDerivatives(parameters) { $0["input"].attentionPooled(scores: $0["scores"]) }
    let input = parameters.constants()["input"]
    let even = input.attentionPooled(
      scores: Variable(constant: [Float](repeating: 7, count: 10), rows: 5, columns: 2))
    for (a, b) in zip(even.values, input.meanOfRows().values) { #expect(abs(a - b) < 1e-6) }
    // All weight on one row for one head, on another for the other.
    let chosen = input.attentionPooled(
      scores: Variable(constant: [0, 0, 90, 0, 0, 0, 0, 90, 0, 0], rows: 5, columns: 2))
    #expect(
      chosen.values == [input.values[4], input.values[5], input.values[14], input.values[15]])
  }

  @Test func crossEntropy() {
    let parameters = parameters([.init("input", rows: 2, columns: 3)], seed: 4)
    let targets: [Float] = [0, 1, 0, 0.2, 0.5, 0.3]
    let input = parameters.constants()["input"]
    let loss = input.crossEntropy(against: targets, scale: 0.5).values[0]
    var expected = 0.0
    for row in 0..<2 {
      let exponentials = (0..<3).map { exp(Double(input.values[row * 3 + $0])) }
      for column in 0..<3 {
        expected -=
          0.5 * Double(targets[row * 3 + column])
          * log(exponentials[column] / exponentials.reduce(0, +))
      }
    }
    #expect(abs(Double(loss) - expected) < 1e-5)
    expectExactDerivatives(parameters) { $0["input"].crossEntropy(against: targets, scale: 0.5) }
    // Sure of the wrong class: large, but finite.
    let sure = Variable(constant: [500, -500], rows: 1, columns: 2)
    #expect(sure.crossEntropy(against: [0, 1]).values[0].isFinite)
  }

  @Test func logisticAndHuberLosses() {
    let parameters = parameters([.init("input", rows: 2, columns: 3)], seed: 5)
    let targets: [Float] = [0, 1, 1, 0.25, 0, 1]
    let weights: [Float] = [1, 2, 0, 1, 0.5, 3]
    let input = parameters.constants()["input"].values
    let logistic = zip(zip(input, targets), weights).reduce(0.0) { sum, item in
      let probability = 1 / (1 + exp(-Double(item.0.0)))
      let target = Double(item.0.1)
      return sum - Double(item.1)
        * (target * log(probability) + (1 - target) * log(1 - probability))
    }
    let found = parameters.constants()["input"].logisticLoss(against: targets, weights: weights)
    #expect(abs(Double(found.values[0]) - logistic) < 1e-5)
    expectExactDerivatives(parameters) {
      $0["input"].logisticLoss(against: targets, weights: weights, scale: 0.5)
    }
    let far: [Float] = [3, -3, 0.5, 0, 1, 0.2]
    expectExactDerivatives(parameters) {
      $0["input"].huberLoss(against: far, weights: weights, scale: 0.5)
    }
    let huber = Variable(constant: [0.5, 3], rows: 1, columns: 2).huberLoss(against: [0, 0])
    #expect(huber.values == [0.125 + 2.5])
  }
}
