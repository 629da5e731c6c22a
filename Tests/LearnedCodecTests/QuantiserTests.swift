import Foundation
import LearnedCodec
import Signals
import Testing
import Wavelets

struct QuantiserTests {
  static let codec = TinyCodec.rgb
  /// The first channel with a dead zone: the ones before have predicted means.
  static let plain = codec.operatingPoints[0].models[0].tables.predicted

  /// The symbol of a latent of so many steps.
  func symbol(_ steps: Float, channel: Int = plain, codec: PictureCodec = codec) -> Int32 {
    var values = [Float](repeating: 0, count: 192)
    values[channel] = steps * codec.steps.step(at: Quality(50))
    let latents = Latents(patchRows: 1, patchColumns: 1, channels: 192, values: values)
    return codec.quantize(latents, quality: Quality(50)).resolutions[0].values[channel]
  }

  /// Latents of a picture, and the integers nearest to them in steps.
  static func latents(quality: Quality) -> (latents: Latents, nearest: [Int32]) {
    let picture = naturalPicture(width: 200, height: 160, seed: 21)
    let latents = codec.project(Subbands(analyzing: picture, levels: 3))
    let step = codec.steps.step(at: quality)
    return (latents, latents.values.map { Int32(($0 / step).rounded()) })
  }

  @Test func predictedChannelsRoundToTheNearest() {
    #expect(Self.plain == 4)
    for channel in 0..<Self.plain {
      for sign in [-1, 1] as [Float] {
        #expect(symbol(sign * 0.499, channel: channel) == 0)
        #expect(symbol(sign * 0.501, channel: channel) == Int32(sign))
        #expect(symbol(sign * 3.499, channel: channel) == Int32(sign * 3))
        #expect(symbol(sign * 3.501, channel: channel) == Int32(sign * 4))
      }
    }
  }

  @Test func allRoundToTheNearestWhereBitsAreWorthNothing() {
    var codec = Self.codec
    (codec.deadZone, codec.rateWeight) = (0, 0)
    for channel in [Self.plain, 100, 191] {
      for steps in [0.499, 0.501, 1.499, 1.501, 17.499, 17.501] as [Float] {
        #expect(symbol(steps, channel: channel, codec: codec) == Int32(steps.rounded()))
        #expect(symbol(-steps, channel: channel, codec: codec) == -Int32(steps.rounded()))
      }
    }
  }

  @Test func aLastSymbolPaysForTheFlagsBeforeIt() {
    func symbols(_ steps: [Int: Float]) -> [Int32] {
      var values = [Float](repeating: 0, count: 192)
      for (channel, steps) in steps {
        values[channel] = steps * Self.codec.steps.step(at: Quality(50))
      }
      let latents = Latents(patchRows: 1, patchColumns: 1, channels: 192, values: values)
      return Self.codec.quantize(latents, quality: Quality(50)).resolutions[0].values
    }
    // Of one size, a symbol far behind all others goes; before a larger one, or close to the
    // start, it stays.
    #expect(symbols([150: 1]).allSatisfy { $0 == 0 })
    #expect(symbols([150: 1, 190: 9])[150] == 1)
    #expect(symbols([Self.plain: 1])[Self.plain] == 1)
    // None is lowered twice.
    #expect(symbols([150: -1.6])[150] == -1)
  }

  @Test(arguments: [20.0, 50, 80]) func symbolsAreTheNearestOrOneLess(quality: Double) {
    let (latents, nearest) = Self.latents(quality: Quality(quality))
    let symbols = Self.codec.quantize(latents, quality: Quality(quality)).resolutions[0].values
    var lowered = 0
    for (index, (symbol, nearest)) in zip(symbols, nearest).enumerated() where symbol != nearest {
      #expect(symbol == nearest - nearest.signum() && index % 192 >= Self.plain)
      lowered += 1
    }
    // It happens to some, but not to most.
    let count = nearest.count { $0 != 0 }
    #expect(lowered > count / 50 && lowered < count / 2)
  }

  @Test(arguments: [20.0, 50, 80]) func theChoiceIsWorthItsError(quality: Double) {
    let quality = Quality(quality)
    let (latents, nearest) = Self.latents(quality: quality)
    let step = Double(Self.codec.steps.step(at: quality))
    let tables = Self.codec.operatingPoint(at: quality).models[0].tables
    func cost(_ symbols: Symbols) -> Double {
      let error = zip(
        Self.codec.dequantize(StripSymbols(symbols), quality: quality).values, latents.values
      )
      .reduce(0.0) { $0 + Double(($1.0 - $1.1) * ($1.0 - $1.1)) }
      return error / (step * step) + Double(Self.codec.rateWeight) * tables.entropy(symbols)
    }
    let chosen = Self.codec.quantize(latents, quality: quality).resolutions[0]
    var plain = chosen
    plain.values = nearest
    #expect(Self.codec.rateWeight > 0 && cost(chosen) < cost(plain))
  }

  @Test func anyLatentHasASymbol() {
    let largest = EntropyTables.largestSymbol
    for value in [.nan, .infinity, 1e30, 2e6, .greatestFiniteMagnitude] as [Float] {
      #expect(symbol(value).magnitude == largest.magnitude)
    }
    #expect(symbol(-.infinity) == -largest && symbol(-1e30) == -largest)
    #expect(symbol(-0.0) == 0 && symbol(.leastNonzeroMagnitude) == 0)
    #expect(symbol(Float(largest) - 1) == largest - 1)
  }

  @Test func symbolsStandForTheirCentroids() {
    var codec = Self.codec
    codec.operatingPoints[1].models[0].centroids = (0..<2 * 192).map { Float($0) / 1000 }
    let quality = codec.operatingPoints[1].quality
    let step = codec.steps.step(at: quality)
    for (symbol, channel) in [(0, 7), (1, 7), (-1, 7), (2, 7), (-40, 7), (1, 191)] {
      var values = [Int32](repeating: 0, count: 192)
      values[channel] = Int32(symbol)
      let latents = codec.dequantize(
        StripSymbols(
          Symbols(patchRows: 1, patchColumns: 1, channels: 192, values: values)),
        quality: quality)
      let offset = Float(2 * channel + (abs(symbol) == 1 ? 0 : 1)) / 1000
      let magnitude = symbol == 0 ? 0 : (Float(abs(symbol)) + offset) * step
      #expect(abs(latents.values[channel] - (symbol < 0 ? -magnitude : magnitude)) < 1e-3 * step)
      #expect(latents.values.count { $0 != 0 } == (symbol == 0 ? 0 : 1))
    }
  }

  @Test(arguments: [0, 33, 50, 100]) func dequantisedSymbolsRoundToThemselves(quality: Double) {
    var generator = SeededGenerator(seed: 5)
    let values = (0..<20 * 192).map { _ in Int32.random(in: -9...9, using: &generator) }
    let symbols = Symbols(patchRows: 4, patchColumns: 5, channels: 192, values: values)
    var codec = Self.codec
    (codec.deadZone, codec.rateWeight) = (0, 0)
    // Fitted centroids may lie beyond the nearest cell, where symbols are chosen.
    for index in codec.operatingPoints.indices {
      codec.operatingPoints[index].models[0].centroids = [Float](repeating: 0.1, count: 2 * 192)
    }
    let latents = codec.dequantize(StripSymbols(symbols), quality: Quality(quality))
    #expect(codec.quantize(latents, quality: Quality(quality)).resolutions == [symbols])
  }

  @Test func fittedCentroidsLieInTheirCells() {
    for operatingPoint in Self.codec.operatingPoints {
      var moved = 0
      for (index, offset) in operatingPoint.models[0].centroids.enumerated() {
        // A symbol stands for its own cell, and behind the predicted channels for some of the next.
        #expect((-0.5...(index / 2 < Self.plain ? 0.5 : 1)).contains(offset))
        if offset != 0 { moved += 1 }
      }
      #expect(moved > 4)
    }
  }

  @Test func stepsAreGeometric() {
    let steps = StepRange(coarsest: 64, finest: 4)
    #expect(steps.step(at: .lowest) == 64 && steps.step(at: .highest) == 4)
    #expect(abs(steps.step(at: Quality(50)) - 16) < 1e-5)
    #expect(abs(steps.step(at: Quality(25)) - 32) < 1e-5)
    let wide = steps.widened(by: 1.5)
    #expect(wide.step(at: .lowest) == 96)
    #expect(abs(wide.step(at: .standard) / steps.step(at: .standard) - 1) < 1e-6)
    #expect(abs(Double(wide.step(at: .highest)) - 4 / pow(1.5, 2.0 / 3)) < 1e-5)
  }

  @Test func qualitiesAreStoredInSteps() {
    #expect(Quality(-3) == .lowest && Quality(1000) == .highest && Quality(.infinity) == .highest)
    #expect(Quality(12.5).units == 3200 && Quality(12.5).value == 12.5)
    #expect(Quality(units: 65535) == .highest)
  }

  @Test func theNearestOperatingPointServesAQuality() {
    for (quality, operatingPoint) in [
      (0.0, 0.0), (24.9, 0), (25.1, 50), (60, 50), (75.1, 100), (100, 100),
    ] {
      #expect(Self.codec.operatingPoint(at: Quality(quality)).quality == Quality(operatingPoint))
    }
  }
}
