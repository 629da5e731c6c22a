/// Moves labels on a line as little as possible, in squares, so that they are `gap` apart.
///
/// Labels keep their order. Those that would overlap become a block around the mean of their
/// positions, and blocks that touch are joined: the pool-adjacent-violators algorithm.
///
/// - Parameters:
///   - positions: where the labels would be, in any order.
///   - gap: least distance between two of them.
///   - range: where all of them must lie; nil is returned where they do not fit.
/// - Returns: where they come to be, in the order of `positions`.
func spread(_ positions: [Double], gap: Double, in range: ClosedRange<Double>) -> [Double]? {
  guard Double(positions.count - 1) * gap <= range.upperBound - range.lowerBound else { return nil }
  /// Labels at `start`, `start + gap` and so on.
  struct Block {
    var labels: [Int]
    var start: Double
  }
  func block(_ labels: [Int]) -> Block {
    let wanted = labels.enumerated().reduce(0.0) {
      $0 + positions[$1.element] - Double($1.offset) * gap
    }
    let highest = range.upperBound - Double(labels.count - 1) * gap
    return Block(
      labels: labels, start: min(max(wanted / Double(labels.count), range.lowerBound), highest))
  }
  var blocks: [Block] = []
  for label in positions.indices.sorted(by: { positions[$0] < positions[$1] }) {
    var last = block([label])
    while let before = blocks.last,
      before.start + Double(before.labels.count) * gap > last.start
    {
      blocks.removeLast()
      last = block(before.labels + last.labels)
    }
    blocks.append(last)
  }
  var spread = positions
  for block in blocks {
    for (offset, label) in block.labels.enumerated() {
      spread[label] = block.start + Double(offset) * gap
    }
  }
  return spread
}
