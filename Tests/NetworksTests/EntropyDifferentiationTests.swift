import Foundation
import Signals
import Testing

@testable import Networks

/// Derivatives and values of what the entropy model in training is made of.
@Suite struct EntropyDifferentiationTests {
  @Test func causalWindow() {
    // A grid of 3 x 4 with the number of its patch in each of two channels.
    let values = (0..<12).flatMap { [Float($0), Float($0) + 0.5] }
    let window = Variable(constant: values, rows: 12, columns: 2).causalWindow(gridColumns: 4)
    #expect(window.rows == 12 && window.columns == 24)
    // Of patch 9, in row 2 and column 1: two rows of 0, 0...3 without the first, then 8.
    let first = stride(from: 0, to: 24, by: 2).map { window.values[9 * 24 + $0] }
    #expect(first == [0, 0, 1, 2, 3, 0, 4, 5, 6, 7, 0, 8])
    // Nothing that follows may be seen.
    #expect(window.values[..<24].allSatisfy { $0 == 0 })
    var random = SeededGenerator(seed: 5)
    expectExactDerivatives(
      Parameters([.init("input", rows: 12, columns: 2)]).random(using: &random)
    ) { $0["input"].causalWindow(gridColumns: 4) }
  }

  @Test func lowerTriangular() {
    var random = SeededGenerator(seed: 6)
    let parameters = Parameters([
      .init("input", rows: 3, columns: 4), .init("weight", rows: 4, columns: 4),
    ]).random(using: &random)
    let weights = parameters.constants()
    let result = weights["input"].lowerTriangular(weights["weight"])
    for row in 0..<3 {
      for column in 0..<4 {
        var sum: Float = 0
        for inner in 0..<column {
          sum += parameters["input"][row * 4 + inner] * parameters["weight"][column * 4 + inner]
        }
        #expect(abs(result.values[row * 4 + column] - sum) < 1e-5)
      }
    }
    expectExactDerivatives(parameters) { $0["input"].lowerTriangular($0["weight"]) }
  }

  @Test func logarithms() {
    let values: [Float] = [-300, -7, -0.5, -0.01, 0.02, 1, 3, 1000]
    let variable = Variable(constant: values, rows: 2, columns: 4)
    for (x, y) in zip(values, variable.logarithm(signed: true).values) {
      #expect(abs(y - (x < 0 ? -log2(1 - x) : log2(1 + x))) < 1e-5)
    }
    let parameters = Parameters([.init("input", rows: 2, columns: 4)], values: [values])
    expectExactDerivatives(parameters) { $0["input"].logarithm(signed: true) }
    expectExactDerivatives(parameters) { $0["input"].logarithm(signed: false) }
  }

  @Test func roundingPassesDerivativesThrough() {
    let variable = Variable(parameter: [0.4, -1.6], rows: 1, columns: 2)
    let rounded = variable.rounded()
    #expect(rounded.values == [0, -2])
    rounded.squaredError(against: [1, 1], weights: [1, 1], scale: 0.5).differentiate()
    #expect(variable.derivative == [-1, -3])
    let values: [Float] = [-2.2, -1.6, -0.6, 0, 0.69, 0.71, 1.5, 1.75]
    let inDeadZone = Variable(constant: values, rows: 1, columns: 8)
    #expect(inDeadZone.rounded(deadZone: 0.2).values == [-2, -1, 0, 0, 0, 1, 1, 2])
    #expect(
      inDeadZone.rounded(deadZone: 0.2, centroid: 0.25).values
        == [-2.25, -1.25, 0, 0, 0, 1.25, 1.25, 2.25])
  }

  @Test func laplaceBits() {
    // Against the distribution function in double precision.
    func expected(_ x: Double, mean: Double, scale: Double) -> Double {
      func cumulative(_ x: Double) -> Double { x < 0 ? exp(x) / 2 : 1 - exp(-x) / 2 }
      let below = cumulative((x - 0.5 - mean) / scale)
      return -log2(cumulative((x + 0.5 - mean) / scale) - below + 1e-6)
    }
    for (x, mean, logScale) in [
      (0.0, 0.0, -4.0), (0, 0.2, 0), (3, 1.5, 1), (-2, 0.3, 0.5), (0.3, 0.31, -2), (40, 0, 5),
    ] {
      let bits = Variable(constant: .init(repeating: Float(x), count: 8), rows: 1, columns: 8)
        .laplaceBits(
          means: Variable(constant: .init(repeating: Float(mean), count: 8), rows: 1, columns: 8),
          scales: Variable(
            constant: .init(repeating: Float(logScale), count: 8), rows: 1, columns: 8),
          factor: 0.125)
      let right = expected(x, mean: mean, scale: exp2(logScale))
      #expect(abs(Double(bits.values[0]) - right) < 1e-4 * (1 + right))
    }
    var random = SeededGenerator(seed: 7)
    var parameters = Parameters([
      .init("symbols", rows: 2, columns: 8), .init("means", rows: 2, columns: 8),
      .init("scales", rows: 2, columns: 8),
    ]).random(using: &random)
    for index in parameters["symbols"].indices { parameters["symbols"][index] *= 3 }
    expectExactDerivatives(parameters) {
      $0["symbols"].laplaceBits(means: $0["means"], scales: $0["scales"], factor: 0.1)
    }
  }

  @Test func numbersThatFillNoVectorCostTheSame() {
    let numbers: [Float] = (0..<11).map { Float($0) * 0.7 - 3 }
    func bits(_ numbers: ArraySlice<Float>) -> (Float, [Float]) {
      let symbols = Variable(parameter: Array(numbers), rows: 1, columns: numbers.count)
      let zeros = Variable(
        constant: [Float](repeating: 0, count: numbers.count), rows: 1, columns: numbers.count)
      let bits = symbols.laplaceBits(means: zeros, scales: zeros, factor: 1)
      bits.differentiate()
      return (bits.values[0], symbols.derivative)
    }
    let (whole, first, second) = (bits(numbers[...]), bits(numbers[..<8]), bits(numbers[8...]))
    #expect(abs(whole.0 - first.0 - second.0) < 1e-4)
    #expect(whole.1 == first.1 + second.1)
  }

  @Test func impossibleSymbolsCostWhatTheEscapeDoes() {
    let one = [Float](repeating: 1000, count: 8)
    let zero = Variable(constant: .init(repeating: 0, count: 8), rows: 1, columns: 8)
    let bits = Variable(constant: one, rows: 1, columns: 8)
      .laplaceBits(means: zero, scales: zero, factor: 1)
    #expect(abs(bits.values[0] / 8 - 19.93) < 0.01)
  }

  @Test func vectorFunctions() {
    for x in stride(from: Float(-30), through: 30, by: 0.37) {
      let power = SIMD8(repeating: x).exp2()[3]
      #expect(abs(power / exp2(x) - 1) < 1e-6)
      #expect(abs(SIMD8(repeating: power).log2()[5] - x) < 1e-5)
    }
  }
}
