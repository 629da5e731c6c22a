/// Moves labels on a line as little as possible, in squares, so that they are `gap` apart.
///
/// Labels keep their order. Those that would overlap become a block around the mean of their
/// places, and blocks that touch are joined: the pool-adjacent-violators algorithm.
///
/// - Parameters:
///   - places: where the labels would be, in any order.
///   - gap: least distance between two of them.
///   - range: where all of them must lie; nil is returned where they do not fit.
/// - Returns: where they come to be, in the order of `places`.
func spread(_ places: [Double], gap: Double, in range: ClosedRange<Double>) -> [Double]? {
  guard Double(places.count - 1) * gap <= range.upperBound - range.lowerBound else { return nil }
  /// Labels at `start`, `start + gap` and so on.
  struct Block {
    var labels: [Int]
    var start: Double
  }
  func block(_ labels: [Int]) -> Block {
    let wanted = labels.enumerated().reduce(0.0) {
      $0 + places[$1.element] - Double($1.offset) * gap
    }
    let highest = range.upperBound - Double(labels.count - 1) * gap
    return Block(
      labels: labels, start: min(max(wanted / Double(labels.count), range.lowerBound), highest))
  }
  var blocks: [Block] = []
  for label in places.indices.sorted(by: { places[$0] < places[$1] }) {
    var last = block([label])
    while let before = blocks.last,
      before.start + Double(before.labels.count) * gap > last.start
    {
      blocks.removeLast()
      last = block(before.labels + last.labels)
    }
    blocks.append(last)
  }
  var spread = places
  for block in blocks {
    for (offset, label) in block.labels.enumerated() {
      spread[label] = block.start + Double(offset) * gap
    }
  }
  return spread
}
