@testable import LearnedCodec
import Signals
import Testing

struct MagnitudePredictionTests {
  /// Rows, columns and channels: channels that fill vectors and that do not.
  static let shapes = [(1, 1, 3), (1, 5, 9), (5, 1, 8), (4, 5, 17), (5, 3, 24)]

  /// Against the sum of the stated terms, one at a time, at every channel of every patch.
  @Test(arguments: shapes, [false, true])
  func expectationsAreWeightedSums(shape: (Int, Int, Int), hasSurroundings: Bool) {
    let (rows, columns, channels) = shape
    var generator = SeededGenerator(seed: UInt64(rows * 100 + columns * 10 + channels))
    func weights(_ count: Int) -> [Int16] {
      (0..<count).map { _ in Int16.random(in: -300...300, using: &generator) }
    }
    var tables = EntropyTables(
      channels: channels + 2, predicted: 0, hasSurroundings: hasSurroundings)
    let all = tables.channels
    tables.neighbourWeights = weights(EntropyTables.neighbours * all)
    tables.patchWeights = weights(all * all)
    tables.biases = weights(all)
    if hasSurroundings { tables.surroundingWeights = weights(all * all) }
    let magnitudes = (0..<rows * columns * channels).map { _ in
      Bool.random(using: &generator) ? 0 : UInt32.random(in: 1...40, using: &generator)
    }
    let prediction = MagnitudePrediction(tables, patchColumns: columns, channels: channels)
    for row in 0..<rows {
      for column in 0..<columns {
        let neighbours = Neighbours(row: row, column: column, columns: columns)
        prediction.start(neighbours, end: channels)
        func logarithm(_ position: Int, _ channel: Int) -> Int {
          let patch = patch(position, before: row, columns: columns)
          return EntropyTables.logMagnitude(magnitudes[patch * channels + channel])
        }
        for channel in 0..<channels {
          var expected = Int(tables.biases[channel])
          if neighbours.any {
            let positions = [
              neighbours.west, neighbours.north, neighbours.northWest, neighbours.northEast,
              neighbours.secondWest, neighbours.secondNorth,
            ]
            for (index, position) in positions.enumerated() {
              expected +=
                Int(tables.neighbourWeights[index * all + channel]) * logarithm(position, channel)
            }
            for other in 0..<(hasSurroundings ? channels : 0) {
              let both = logarithm(neighbours.west, other) + logarithm(neighbours.north, other)
              expected += Int(tables.surroundingWeights[other * all + channel]) * both
            }
          }
          for earlier in 0..<channel {
            expected +=
              Int(tables.patchWeights[earlier * all + channel])
              * logarithm(neighbours.here, earlier)
          }
          #expect(prediction.recorder.expected(channel) == Int16(truncatingIfNeeded: expected))
          let magnitude = magnitudes[(row * columns + column) * channels + channel]
          if magnitude > 0 {
            let recorder = prediction.recorder
            recorder.record(
              magnitude, channel: channel, here: recorder.start(of: neighbours.here), end: channels)
          }
        }
      }
    }
  }
}

/// The patch of a picture at a position in three rows in turn, the last of which is `row`.
func patch(_ position: Int, before row: Int, columns: Int) -> Int {
  (row - (row - position / columns) % 3) * columns + position % columns
}
