import Signals
import Testing
import Wavelets

struct SubbandsTests {
  /// Every size from 1 to 70, and thin and odd rectangles.
  static let sizes =
    (1...70).map { ($0, $0) } + [(1, 70), (70, 1), (2, 33), (15, 17), (64, 9), (3, 129)]

  @Test func roundTripAtEverySize() {
    for (index, (width, height)) in Self.sizes.enumerated() {
      // Every size at one depth, small ones at all depths.
      for levels in width * height < 500 ? 0...4 : index % 5...index % 5 {
        let image = noisePicture(
          width: width, height: height, planes: 1 + index % 3, seed: UInt64(index))
        let bands = Subbands(analyzing: image, levels: levels)
        let result = bands.image(width: width, height: height)
        #expect(
          difference(result.samples, image.samples) < 2e-5, "\(width) x \(height), \(levels)")
      }
    }
  }

  @Test(arguments: 0...4)
  func filtersAreThoseOfTheStandard(levels: Int) {
    for (width, height) in [(1, 1), (2, 1), (1, 5), (7, 9), (16, 16), (33, 20), (18, 47)] {
      let image = noisePicture(
        width: width, height: height, planes: 2, seed: UInt64(width + levels))
      let bands = Subbands(analyzing: image, levels: levels)
      let expected = ReferencePackets.analysis(image, levels: levels).map(Float.init)
      #expect(difference(bands.coefficients, expected) < 3e-5, "\(width) x \(height)")
      #expect(bands.dimension == 2 << (2 * levels) && bands.patchSide == 1 << levels)
    }
  }

  @Test(arguments: 0...4)
  func constantsHaveOneBand(levels: Int) {
    for (width, height) in [(1, 1), (1, 9), (23, 2), (40, 31)] {
      let image = Image(width: width, height: height, planes: 1, filledWith: 3)
      let bands = Subbands(analyzing: image, levels: levels)
      let expected = bands.coefficients.indices.map {
        $0 % bands.dimension == 0 ? 3 * Float(bands.patchSide) : 0
      }
      #expect(difference(bands.coefficients, expected) < 1e-4, "\(width) x \(height)")
    }
  }

  @Test(arguments: 0...3)
  func cutPicturesHaveTheBandsOfTheWhole(levels: Int) {
    let side = 1 << levels
    let whole = noisePicture(width: 14 * side, height: 14 * side - side / 2, planes: 2, seed: 3)
    let bands = Subbands(analyzing: whole, levels: levels)
    let (kept, halo) = (5..<8, Subbands.halo)

    let cutRows = whole.rows((kept.lowerBound - halo) * side..<(kept.upperBound + halo) * side)
    let middle = Subbands(analyzing: cutRows, levels: levels, keeping: halo..<halo + kept.count)
    let row = bands.patchColumns * bands.dimension
    #expect(
      middle.coefficients
        == Array(bands.coefficients[kept.lowerBound * row..<kept.upperBound * row]))

    let top = Subbands(
      analyzing: whole.rows(0..<(3 + halo) * side), levels: levels, keeping: 0..<3)
    #expect(top.coefficients == Array(bands.coefficients[..<(3 * row)]))

    let bottom = Subbands(
      analyzing: whole.rows((11 - halo) * side..<whole.height), levels: levels,
      keeping: halo..<halo + 3)
    #expect(bottom.coefficients == Array(bands.coefficients[(11 * row)...]))

    let cutColumns = Subbands(
      analyzing: columns(
        (kept.lowerBound - halo) * side..<(kept.upperBound + halo) * side, of: whole),
      levels: levels)
    for patchRow in 0..<14 {
      let inCut = (patchRow * cutColumns.patchColumns + halo) * bands.dimension
      let inWhole = (patchRow * bands.patchColumns + kept.lowerBound) * bands.dimension
      #expect(
        cutColumns.coefficients[inCut..<inCut + kept.count * bands.dimension]
          == bands.coefficients[inWhole..<inWhole + kept.count * bands.dimension])
    }
  }

  @Test(arguments: 0...3)
  func cutBandsGiveTheSamplesOfTheWhole(levels: Int) {
    let side = 1 << levels
    let bands = Subbands(
      patchRows: 14, patchColumns: 3, planes: 2, levels: levels,
      coefficients: noise(14 * 3 * 2 * side * side, seed: 4))
    let (width, row) = (3 * side - 1, bands.patchColumns * bands.dimension)
    let whole = bands.image(width: width, height: 14 * side)
    for kept in [0..<3, 5..<8, 11..<14] {
      let cut = max(kept.lowerBound - Subbands.halo, 0)..<min(kept.upperBound + Subbands.halo, 14)
      let part = Subbands(
        patchRows: cut.count, patchColumns: 3, planes: 2, levels: levels,
        coefficients: Array(bands.coefficients[cut.lowerBound * row..<cut.upperBound * row]))
      let image = part.image(
        width: width, height: kept.count * side,
        firstRow: (kept.lowerBound - cut.lowerBound) * side)
      #expect(image == whole.rows(kept.lowerBound * side..<kept.upperBound * side))
    }
  }

  @Test func gainOfAnImpulseIsTheProductOfItsGains() {
    let (levels, side) = (2, 4)
    let gains = synthesisGains(levels: levels)
    for (horizontal, vertical) in [(0, 0), (1, 2), (3, 3), (2, 0)] {
      var bands = Subbands(
        patchRows: 9, patchColumns: 9, planes: 1, levels: levels,
        coefficients: [Float](repeating: 0, count: 81 * side * side))
      bands.coefficients[(4 * 9 + 4) * side * side + horizontal * side + vertical] = 1
      let energy = bands.image(width: 36, height: 36).samples.reduce(0) { $0 + $1 * $1 }
      #expect(abs(energy / (gains[horizontal] * gains[vertical]) - 1) < 1e-4)
    }
  }

  @Test func picturesWithoutSamples() {
    for (width, height, planes) in [(0, 5, 1), (5, 0, 1), (5, 5, 0), (0, 0, 3)] {
      let image = Image(width: width, height: height, planes: planes)
      let bands = Subbands(analyzing: image, levels: 3)
      #expect(bands.coefficients.isEmpty)
      #expect(bands.image(width: width, height: height) == image)
    }
  }

  /// The columns in `range`, all rows and planes.
  private func columns(_ range: Range<Int>, of image: Image) -> Image {
    var part = Image(width: range.count, height: image.height, planes: image.planes)
    for plane in 0..<image.planes {
      for row in 0..<image.height {
        for column in range {
          part[plane, row, column - range.lowerBound] = image[plane, row, column]
        }
      }
    }
    return part
  }
}
