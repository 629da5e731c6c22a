import Foundation
import Signals
import Testing

@testable import Networks

@Suite struct MaskedErrorTests {
  @Test func valuesAndDerivatives() {
    var random = SeededGenerator(seed: 1)
    let parameters = Parameters([.init("logits", rows: 3, columns: 8)]).random(using: &random)
    let mixture = (0..<12).map { _ in Float.random(in: -1...1, using: &random) }
    let stems = (0..<2).map { _ in mixture.map { _ in Float.random(in: -1...1, using: &random) } }
    let logits = parameters.constants()["logits"]
    let masks = logits.masks(count: 2)
    var expected = 0.0
    for stem in 0..<2 {
      var (error, energy) = (0.1, 0.1)
      for row in 0..<3 {
        for place in 0..<4 {
          let (one, two) = (logits.values[row * 8 + place], logits.values[row * 8 + 4 + place])
          let share = exp(stem == 0 ? one : two) / (exp(one) + exp(two))
          #expect(abs(masks[row * 8 + stem * 4 + place] - share) < 1e-5)
          let wanted = stems[stem][row * 4 + place]
          let difference = share * mixture[row * 4 + place] - wanted
          error += Double(difference * difference)
          energy += Double(wanted * wanted)
        }
      }
      expected += log(error / energy) / 2
    }
    let loss = logits.maskedError(mixture: mixture, stems: stems, floor: 0.1)
    #expect(abs(Double(loss.values[0]) - expected) < 1e-4)
    expectExactDerivatives(parameters) {
      $0["logits"].maskedError(mixture: mixture, stems: stems, floor: 0.1)
    }
  }
}
