import Signals
import Testing

@testable import LearnedCodec

/// The lowest band's further levels.
@Suite struct LowpassPyramidTests {
  private func noise(_ rows: Int, _ columns: Int, _ channels: Int) -> Latents {
    var generator = SeededGenerator(seed: UInt64(rows * 1000 + columns * 10 + channels))
    return Latents(
      patchRows: rows, patchColumns: columns, channels: channels,
      values: (0..<rows * columns * channels).map { _ in
        Float.random(in: -100...100, using: &generator)
      })
  }

  @Test(
    arguments: [(1, 1), (1, 2), (2, 1), (3, 5), (8, 8), (9, 17), (31, 10)],
    [(0, 1), (1, 1), (2, 3), (3, 3), (6, 2)])
  func planesGiveTheLatentsBack(size: (Int, Int), pyramid: (levels: Int, channels: Int)) {
    for kept in [1, pyramid.channels, pyramid.channels + 4] {
      let latents = noise(size.0, size.1, kept)
      let pyramid = LowpassPyramid(channels: pyramid.channels, levels: pyramid.levels)
      let resolutions = pyramid.resolutions(of: latents)
      let grids = pyramid.grids(patchRows: size.0, patchColumns: size.1, channels: kept)
      #expect(resolutions.map(\.patchRows) == grids.map(\.rows))
      #expect(resolutions.map(\.patchColumns) == grids.map(\.columns))
      #expect(resolutions.map(\.channels) == grids.map(\.channels))
      let back = pyramid.synthesize(
        resolutions, patchRows: size.0, patchColumns: size.1, channels: kept)
      #expect(back.patchRows == size.0 && back.patchColumns == size.1 && back.channels == kept)
      #expect(zip(back.values, latents.values).allSatisfy { abs($0 - $1) < 1e-3 })
    }
  }

  @Test func numbersAreAsManyAsBeforeWhereTheSizeIsEven() {
    let pyramid = LowpassPyramid(channels: 3, levels: 2)
    let grids = pyramid.grids(patchRows: 8, patchColumns: 12, channels: 192)
    #expect(
      grids.map { [$0.rows, $0.columns, $0.channels] } == [[2, 3, 12], [4, 6, 9], [8, 12, 189]])
    #expect(grids.reduce(0) { $0 + $1.rows * $1.columns * $1.channels } == 8 * 12 * 192)
  }

  @Test func aFlatPictureIsInTheLowestBandAlone() {
    let pyramid = LowpassPyramid(channels: 1, levels: 3)
    let flat = Latents(
      patchRows: 16, patchColumns: 16, channels: 1, values: [Float](repeating: 5, count: 256))
    let resolutions = pyramid.resolutions(of: flat)
    for (index, resolution) in resolutions.enumerated() {
      for (place, value) in resolution.values.enumerated() {
        // Each level doubles the amplitude, about, and halves the sides.
        let isLow = index == 0 && place % 4 == 0
        #expect(isLow ? abs(value / 40 - 1) < 0.1 : abs(value) < 1e-3)
      }
    }
  }

  @Test func errorsOfResolutionsAreErrorsOfLatents() {
    // White noise in the resolutions has about the same energy in the latents.
    let pyramid = LowpassPyramid(channels: 2, levels: 3)
    let zero = noise(40, 40, 2)
    let resolutions = pyramid.resolutions(of: zero).map {
      noise($0.patchRows, $0.patchColumns, $0.channels)
    }
    let latents = pyramid.synthesize(resolutions, patchRows: 40, patchColumns: 40, channels: 2)
    let before = resolutions.reduce(Float(0)) { $0 + $1.values.reduce(0) { $0 + $1 * $1 } }
    let after = latents.values.reduce(0) { $0 + $1 * $1 }
    #expect(abs(after / before - 1) < 0.1)
  }

  @Test func channelsOfResolutionsBelongToLatentChannels() {
    let pyramid = LowpassPyramid(channels: 3, levels: 2)
    #expect(pyramid.latentChannels(resolution: 0, of: 12) == [0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2])
    #expect(pyramid.latentChannels(resolution: 1, of: 9) == [0, 1, 2, 0, 1, 2, 0, 1, 2])
    #expect(pyramid.latentChannels(resolution: 2, of: 3) == [3, 4, 5])
    #expect(LowpassPyramid(channels: 3, levels: 0).latentChannels(resolution: 0, of: 2) == [0, 1])
  }
}
