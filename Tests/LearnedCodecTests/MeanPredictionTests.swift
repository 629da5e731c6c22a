import Foundation
@testable import LearnedCodec
import Signals
import Testing

struct MeanPredictionTests {
  static let shapes = [(1, 1), (1, 6), (6, 1), (2, 2), (5, 2), (4, 5)]

  /// The patch that stands for one `down` and `right` of a patch: itself where it exists and is
  /// coded before, otherwise north or west, whichever there is; nil for the first patch.
  func neighbour(_ row: Int, _ column: Int, _ down: Int, _ right: Int, columns: Int) -> Int? {
    let (y, x) = (row + down, column + right)
    if y >= 0, x >= 0, x < columns { return y * columns + x }
    if down == 0 { return row > 0 ? (row - 1) * columns + column : nil }
    if row > 0 { return (row - 1) * columns + column }
    return column > 0 ? row * columns + column - 1 : nil
  }

  @Test func bordersAreStoodForByWhatIsThere() {
    for (rows, columns) in Self.shapes {
      for row in 0..<rows {
        for column in 0..<columns where row + column > 0 {
          let expected = [(0, -1), (-1, 0), (-1, -1), (-1, 1)].map {
            neighbour(row, column, $0.0, $0.1, columns: columns)
          }
          let found = Neighbours(row: row, column: column, columns: columns)
          let patches = [found.west, found.north, found.northWest, found.northEast].map {
            patch($0, before: row, columns: columns)
          }
          #expect(found.any && patches == expected, "\(row), \(column) of \(columns)")
        }
      }
    }
    #expect(!Neighbours(row: 0, column: 0, columns: 4).any)
  }

  @Test(arguments: shapes) func residualsAreWhatIsLeft(rows: Int, columns: Int) {
    var generator = SeededGenerator(seed: UInt64(rows * 10 + columns))
    let (channels, predicted) = (5, 3)
    var tables = EntropyTables(channels: channels, predicted: predicted)
    tables.meanWeights = (0..<predicted * 4 * predicted).map { _ in
      Int16.random(in: -9000...9000, using: &generator)
    }
    let symbols = Symbols(
      patchRows: rows, patchColumns: columns, channels: channels,
      values: (0..<rows * columns * channels).map { _ in
        Int32.random(in: -50...50, using: &generator)
      })
    let residuals = symbols.residuals(tables)
    for patch in 0..<rows * columns {
      for channel in 0..<channels {
        var mean = 0.0
        for (index, place) in [(0, -1), (-1, 0), (-1, -1), (-1, 1)].enumerated() {
          guard channel < predicted,
            let other = neighbour(
              patch / columns, patch % columns, place.0, place.1, columns: columns)
          else { continue }
          for source in 0..<predicted {
            let weight = tables.meanWeights[(channel * 4 + index) * predicted + source]
            mean += Double(weight) / 4096 * Double(symbols.values[other * channels + source])
          }
        }
        let expected =
          symbols.values[patch * channels + channel] - Int32((mean + 0.5).rounded(.down))
        #expect(residuals.values[patch * channels + channel] == expected)
      }
    }
  }

  @Test func logMagnitudesAreHalfOctaves() {
    for octave in 0...20 {
      #expect(EntropyTables.logMagnitude(UInt32((1 << octave) - 1)) == 2 * octave)
    }
    for magnitude in 0..<5000 as Range<UInt32> {
      let exact = 2 * log2(Double(magnitude + 1))
      #expect(EntropyTables.logMagnitude(magnitude) == Int((exact + 1e-9).rounded(.down)))
    }
  }
}
