import Foundation
import Signals
import Testing

@testable import Networks

/// Derivatives of every operation against finite differences, and values against plain loops.
@Suite struct DifferentiationTests {
  @Test func linearLayer() {
    var random = SeededGenerator(seed: 1)
    let parameters = Parameters([
      .init("input", rows: 5, columns: 3), .init("weight", rows: 4, columns: 3),
      .init("bias", rows: 1, columns: 4),
    ]).random(using: &random)
    let weights = parameters.constants()
    let result = weights["input"].linear(weights["weight"], bias: weights["bias"])
    #expect(result.rows == 5 && result.columns == 4)
    for row in 0..<5 {
      for column in 0..<4 {
        var sum = parameters["bias"][column]
        for inner in 0..<3 {
          sum += parameters["input"][row * 3 + inner] * parameters["weight"][column * 3 + inner]
        }
        #expect(abs(result.values[row * 4 + column] - sum) < 1e-5)
      }
    }
    expectExactDerivatives(parameters) {
      $0["input"].linear($0["weight"], bias: $0["bias"])
    }
    expectExactDerivatives(parameters) { $0["input"].linear($0["weight"]) }
  }

  @Test func matrixProduct() {
    var random = SeededGenerator(seed: 2)
    let parameters = Parameters([
      .init("a", rows: 2, columns: 3), .init("b", rows: 3, columns: 4),
    ]).random(using: &random)
    expectExactDerivatives(parameters) { $0["a"].product($0["b"]) }
  }

  @Test func gainsAndSums() {
    var random = SeededGenerator(seed: 3)
    let parameters = Parameters([
      .init("input", rows: 4, columns: 5), .init("gain", rows: 1, columns: 5),
      .init("offset", rows: 1, columns: 5),
    ]).random(using: &random)
    expectExactDerivatives(parameters) { $0["input"].scaled(by: $0["gain"], offset: $0["offset"]) }
    expectExactDerivatives(parameters) { $0["input"].scaled(by: $0["gain"]).plus($0["input"]) }
  }

  /// Against a loop over windows, and its derivatives at two scales.
  @Test func structuralDifference() {
    var random = SeededGenerator(seed: 8)
    let (rows, columns) = (23, 26)
    func picture() -> [Float] {
      (0..<rows * columns).map {
        120 + 60 * Float(sin(Double($0 % columns) / 3)) + Float.random(in: -20...20, using: &random)
      }
    }
    let (copy, original) = (picture(), picture())
    func difference(_ picture: [Float]) -> Float {
      Variable(constant: picture, rows: rows, columns: columns)
        .structuralDifference(from: original).values[0]
    }
    #expect(difference(original) < 1e-6)

    func loss(_ a: [Float], _ b: [Float], _ rows: Int, _ columns: Int) -> Double {
      var total = 0.0
      for row in 0...rows - 11 {
        for column in 0...columns - 11 {
          func mean(_ value: (Double, Double) -> Double) -> Double {
            windowMean(row, column, columns) { value(Double(a[$0]), Double(b[$0])) }
          }
          let (one, two) = (mean { x, _ in x }, mean { _, y in y })
          let variances = mean { x, y in x * x + y * y } - one * one - two * two
          let covariance = mean { $0 * $1 } - one * two
          total +=
            1
            - (2 * one * two + 6.5025) * (2 * covariance + 58.5225)
            / ((one * one + two * two + 6.5025) * (variances + 58.5225))
        }
      }
      return total / Double((rows - 10) * (columns - 10))
    }
    func halved(_ a: [Float]) -> [Float] {
      (0..<rows / 2 * (columns / 2)).map {
        let first = $0 / (columns / 2) * 2 * columns + $0 % (columns / 2) * 2
        return (a[first] + a[first + 1] + a[first + columns] + a[first + columns + 1]) / 4
      }
    }
    let expected =
      0.0448 * loss(copy, original, rows, columns)
      + 0.2856 * loss(halved(copy), halved(original), rows / 2, columns / 2)
    #expect(abs(Double(difference(copy)) - expected) < 1e-4)

    let parameter = Variable(parameter: copy, rows: rows, columns: columns)
    parameter.structuralDifference(from: original).differentiate()
    let slopes = parameter.derivative
    for place in stride(from: 0, to: copy.count, by: 37) {
      var (above, below) = (copy, copy)
      above[place] += 2
      below[place] -= 2
      let slope = (difference(above) - difference(below)) / 4
      #expect(abs(slope - slopes[place]) < 2e-6 + 0.03 * abs(slope))
    }
    // No window fits.
    let small = Variable(parameter: [1, 2, 3, 4], rows: 2, columns: 2)
    #expect(small.structuralDifference(from: [0, 0, 0, 0]).values == [0])
  }

  @Test func activation() {
    let values: [Float] = [-4, -3.1, -2.9, -1, 0, 0.5, 2.9, 3.1, 10]
    let result = Variable(constant: values, rows: 3, columns: 3).hardSwish().values
    for (x, y) in zip(values, result) {
      #expect(abs(y - x * min(max(x / 6 + 0.5, 0), 1)) < 1e-6)
    }
    expectExactDerivatives(
      Parameters([.init("input", rows: 3, columns: 3)], values: [values])
    ) { $0["input"].hardSwish() }
  }

  @Test(arguments: [(1, 1), (1, 4), (3, 1), (4, 5)])
  func depthwiseConvolution(gridRows: Int, gridColumns: Int) {
    var random = SeededGenerator(seed: 4)
    let channels = 8
    let parameters = Parameters([
      .init("input", rows: gridRows * gridColumns, columns: channels),
      .init("kernel", rows: 9, columns: channels),
    ]).random(using: &random)
    let weights = parameters.constants()
    let result = weights["input"].depthwise(weights["kernel"], gridColumns: gridColumns)
    for row in 0..<gridRows {
      for column in 0..<gridColumns {
        for channel in 0..<channels {
          var sum: Float = 0
          for (tap, kernel) in (0..<9).map({ ($0, parameters["kernel"][$0 * channels + channel]) })
          {
            let (down, across) = (row + tap / 3 - 1, column + tap % 3 - 1)
            guard (0..<gridRows).contains(down), (0..<gridColumns).contains(across) else {
              continue
            }
            sum += kernel * parameters["input"][(down * gridColumns + across) * channels + channel]
          }
          let place = (row * gridColumns + column) * channels + channel
          #expect(abs(result.values[place] - sum) < 1e-5)
        }
      }
    }
    expectExactDerivatives(parameters) {
      $0["input"].depthwise($0["kernel"], gridColumns: gridColumns)
    }
  }

  @Test func squaredError() {
    let variable = Variable(parameter: [1, 2, 3, 4], rows: 2, columns: 2)
    let error = variable.squaredError(against: [0, 0, 3, 2], weights: [1, 0.5], scale: 2)
    // 2 (1 + 0.5 * 4 + 0 + 0.5 * 4)
    #expect(error.values == [10])
    error.differentiate()
    #expect(variable.derivative == [4, 4, 0, 4])
  }

  @Test func variablesUsedTwiceCollectBothDerivatives() {
    // x (x + x) through two ways: the derivative of 2 x^2 is 4 x.
    let x = Variable(parameter: [3], rows: 1, columns: 1)
    let y = x.plus(x)
    x.product(y).differentiate()
    #expect(x.derivative == [12])
  }

  @Test func constantsKeepNoGraph() {
    let x = Variable(constant: [3], rows: 1, columns: 1)
    let y = x.plus(x).hardSwish()
    #expect(y.node == nil)
    y.differentiate()
    #expect(x.derivative == [0])
  }
}

extension Parameters {
  /// The same matrices with values of -1...1.
  func random(using random: inout SeededGenerator) -> Parameters {
    Parameters(
      entries,
      values: entries.map { entry in
        (0..<entry.count).map { _ in Float.random(in: -1...1, using: &random) }
      })
  }
}

/// Compares the derivatives of a weighted sum of squares of what `body` makes of the parameters
/// with central differences.
func expectExactDerivatives(
  _ parameters: Parameters, _ body: (Weights) -> Variable,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  func loss(_ weights: Weights) -> Variable {
    let result = body(weights)
    let targets = (0..<result.values.count).map { Float($0 % 7) * 0.3 - 1 }
    let columnWeights = (0..<result.columns).map { 0.5 + Float($0 % 3) }
    return result.squaredError(against: targets, weights: columnWeights, scale: 0.5)
  }
  let weights = parameters.trainable()
  loss(weights).differentiate()
  let derivatives = weights.derivatives
  let width: Float = 0.01
  for (index, entry) in parameters.entries.enumerated() {
    for place in 0..<entry.count {
      var (above, below) = (parameters, parameters)
      above.values[index][place] += width
      below.values[index][place] -= width
      let difference =
        (loss(above.constants()).values[0] - loss(below.constants()).values[0]) / (2 * width)
      let derivative = derivatives[index][place]
      #expect(
        abs(derivative - difference) < 0.01 * (1 + abs(difference)),
        "\(entry.name)[\(place)]: \(derivative), by differences \(difference)",
        sourceLocation: sourceLocation)
    }
  }
}

/// The mean of a window of 11 x 11 from a place of a picture on, by a Gaussian with a standard
/// deviation of 1.5.
private func windowMean(
  _ row: Int, _ column: Int, _ width: Int, _ value: (Int) -> Double
) -> Double {
  let gauss = (-5...5).map { exp(-Double($0 * $0) / 4.5) }
  let sum = gauss.reduce(0, +)
  var total = 0.0
  for down in 0..<11 {
    for across in 0..<11 {
      total += gauss[down] * gauss[across] * value((row + down) * width + column + across)
    }
  }
  return total / (sum * sum)
}
