import EntropyCoding
import LearnedCodec
import Networks

/// Fits the integers of an entropy model to symbols: least squares for its weights, then a run of
/// the coder itself for its probabilities.
package func fitEntropyTables(
  _ strips: [Symbols], predicted: Int, hasSurroundings: Bool = false
) throws(LinearAlgebraError) -> EntropyTables {
  guard let channels = strips.first?.channels else {
    return EntropyTables(channels: 0, predicted: 0)
  }
  var tables = EntropyTables(
    channels: channels, predicted: min(predicted, channels), hasSurroundings: hasSurroundings)
  tables.meanWeights = try fitMeans(strips, predicted: tables.predicted)
  var moments = MagnitudeMoments(channels: channels, hasSurroundings: hasSurroundings)
  for strip in strips { moments.add(strip.residuals(tables)) }
  try moments.solve(into: &tables)
  var counts = tables.noCounts
  for strip in strips { tables.count(strip, in: &counts) }
  tables.setProbabilities(counts)
  return tables
}

/// Least squares for the mean of each of the first channels from four neighbours' symbols.
private func fitMeans(
  _ strips: [Symbols], predicted: Int
) throws(LinearAlgebraError) -> [Int16] {
  guard predicted > 0 else { return [] }
  let neighbours = EntropyTables.meanNeighbours
  let size = neighbours * predicted
  var (gram, cross) = (
    [Double](repeating: 0, count: size * size), [Double](repeating: 0, count: size * predicted)
  )
  for strip in strips {
    let columns = strip.patchColumns
    var (features, targets): ([Double], [Double]) = ([], [])
    for row in 1..<max(strip.patchRows, 1) {
      for column in 1..<max(columns - 1, 1) {
        let patch = row * columns + column
        for neighbour in [patch - 1, patch - columns, patch - columns - 1, patch - columns + 1] {
          for channel in 0..<predicted {
            features.append(Double(strip.values[neighbour * strip.channels + channel]))
          }
        }
        for channel in 0..<predicted {
          targets.append(Double(strip.values[patch * strip.channels + channel]))
        }
      }
    }
    accumulateProduct(features, rows: size, features, columns: size, into: &gram)
    accumulateProduct(targets, rows: predicted, features, columns: size, into: &cross)
  }
  let trace = (0..<size).reduce(0) { $0 + gram[$1 * size + $1] }
  for index in 0..<size { gram[index * size + index] += 1e-7 * trace + 1e-3 }
  return try solvePositiveDefinite(gram, dimension: size, right: cross).map {
    fixedPoint($0, unit: 1.0 / 4096)
  }
}

/// A weight in such units, saturating.
func fixedPoint(_ weight: Double, unit: Double) -> Int16 {
  Int16(min(max((weight / unit).rounded(), -32767), 32767))
}
