import Foundation
import Networks
import Signals
import Testing
import Wavelets

@testable import LearnedCodec

@Suite struct EffortTests {
  static let picture = naturalPicture(width: 200, height: 144, planes: 3, seed: 8)

  /// Squared error and worth of the bits of a picture together, per sample.
  private func cost(_ codec: PictureCodec, effort: Int, quality: Double) async throws -> Double {
    let options = PictureOptions(quality: Quality(quality), effort: Effort(effort))
    let container = try await codec.encode(
      Self.picture, as: ImageFormat(of: Self.picture), options)
    let decoded = try await codec.decode(container)
    let step = Double(codec.steps.step(at: options.quality))
    let error = squaredDistance(decoded.samples, Self.picture.samples)
    return (error + PictureCodec.worthOfBit * step * step * Double(container.byteCount * 8))
      / Double(decoded.samples.count)
  }

  @Test(arguments: [20.0, 60]) func moreEffortIsNeverWorse(quality: Double) async throws {
    for codec in [TinyCodec.rgb, TinyCodec.network] {
      var last = Double.infinity
      for effort in [1, 5, 6, 7, 8, 9] {
        let cost = try await cost(codec, effort: effort, quality: quality)
        // Whole files, rounded and clipped samples: not quite what the encoder compares.
        #expect(cost <= last * 1.005, "effort \(effort) at quality \(quality)")
        last = min(cost, last)
      }
    }
  }

  @Test func refinementHelpsWhereThereIsANetwork() async throws {
    let plain = try await cost(TinyCodec.network, effort: 5, quality: 40)
    #expect(try await cost(TinyCodec.network, effort: 8, quality: 40) < 0.995 * plain)
    let linear = try await cost(TinyCodec.rgb, effort: 5, quality: 40)
    #expect(try await cost(TinyCodec.rgb, effort: 8, quality: 40) == linear)
  }

  @Test func effortsAreClamped() {
    #expect(Effort(0).value == 1 && Effort(12).value == 9 && Effort(3) < .standard)
  }

  @Test(arguments: [(3, 2), (3, 1), (2, 0), (1, 1)])
  func packetsOfFewerLevelsAreThoseOfTheSamePicture(levels: Int, fewer: Int) {
    for (width, height) in [(8, 16), (264, 24)] {
      let picture = naturalPicture(width: width, height: height, planes: 3, seed: 9)
      let bands = Subbands(analyzing: picture, levels: levels)
      let merged = Variable(
        constant: bands.coefficients, rows: bands.patchRows * bands.patchColumns,
        columns: bands.dimension
      ).packets(from: levels, to: fewer, patchColumns: bands.patchColumns)
      let expected = Subbands(analyzing: picture, levels: fewer)
      #expect(merged.columns == expected.dimension)
      #expect(
        zip(merged.values, expected.coefficients).allSatisfy { abs($0 - $1) < 1e-3 })
    }
  }

  @Test func packetsHaveExactDerivatives() {
    var random = SeededGenerator(seed: 10)
    let numbers = (0..<2 * 3 * 16).map { _ in Float.random(in: -1...1, using: &random) }
    func loss(_ variable: Variable) -> Variable {
      let merged = variable.packets(from: 2, to: 1, patchColumns: 3)
      return merged.squaredError(
        against: (0..<96).map { Float($0 % 7) * 0.3 - 1 }, weights: [1, 0.5, 2, 1.5], scale: 0.5)
    }
    let variable = Variable(parameter: numbers, rows: 6, columns: 16)
    loss(variable).differentiate()
    for place in numbers.indices {
      func moved(_ distance: Float) -> Float {
        var numbers = numbers
        numbers[place] += distance
        return loss(Variable(constant: numbers, rows: 6, columns: 16)).values[0]
      }
      let difference = (moved(0.05) - moved(-0.05)) / 0.1
      #expect(abs(variable.derivative[place] - difference) < 0.01 * (1 + abs(difference)))
    }
  }
}
