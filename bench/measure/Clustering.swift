import Signals

/// The k-means clustering of points (S. Lloyd, "Least squares quantization in PCM", 1982), from seeds
/// by k-means++ (D. Arthur and S. Vassilvitskii, 2007); the best of several starts.
///
/// - Parameters:
///   - points: shape [count, dimension].
///   - clusters: at least 1, at most as many as there are points.
/// - Returns: the cluster of each point.
func kMeans(_ points: [Float], dimension: Int, clusters: Int, starts: Int, seed: UInt64) -> [Int] {
  let count = points.count / dimension
  precondition(count * dimension == points.count && (1...count).contains(clusters), "no clusters")
  func distance(_ point: Int, _ centre: [Float]) -> Double {
    var sum: Float = 0
    for axis in 0..<dimension {
      let difference = points[point * dimension + axis] - centre[axis]
      sum += difference * difference
    }
    return Double(sum)
  }
  func point(_ index: Int) -> [Float] {
    Array(points[index * dimension..<(index + 1) * dimension])
  }
  var generator = SeededGenerator(seed: seed)
  var best: (error: Double, labels: [Int]) = (.infinity, [])
  for _ in 0..<starts {
    var centres = [point(Int.random(in: 0..<count, using: &generator))]
    while centres.count < clusters {
      let distances = (0..<count).map { index in centres.map { distance(index, $0) }.min()! }
      var rest = Double.random(in: 0...max(distances.reduce(0, +), 0), using: &generator)
      let chosen = distances.firstIndex {
        rest -= $0
        return rest <= 0
      }
      centres.append(point(chosen ?? count - 1))
    }
    var labels = [Int](repeating: -1, count: count)
    var error = 0.0
    for _ in 0..<200 {
      error = 0
      var isSame = true
      for index in 0..<count {
        let distances = centres.map { distance(index, $0) }
        let nearest = distances.indices.min { distances[$0] < distances[$1] }!
        error += distances[nearest]
        if labels[index] != nearest { (labels[index], isSame) = (nearest, false) }
      }
      if isSame { break }
      for cluster in centres.indices {
        let members = labels.indices.filter { labels[$0] == cluster }
        // A cluster without points keeps its centre.
        guard !members.isEmpty else { continue }
        var sum = [Float](repeating: 0, count: dimension)
        for member in members {
          for axis in 0..<dimension { sum[axis] += points[member * dimension + axis] }
        }
        centres[cluster] = sum.map { $0 / Float(members.count) }
      }
    }
    if error < best.error { best = (error, labels) }
  }
  return best.labels
}

/// How far two clusterings of the same points agree: 1 where they are the same but for names, about
/// 0 for chance (L. Hubert and P. Arabie, "Comparing partitions", 1985).
func adjustedRandIndex(_ a: [Int], _ b: [Int]) -> Double {
  func pairs(_ count: Int) -> Double { Double(count) * Double(count - 1) / 2 }
  func sums<Key: Hashable>(_ keys: [Key]) -> Double {
    Dictionary(grouping: keys) { $0 }.values.reduce(0) { $0 + pairs($1.count) }
  }
  precondition(a.count == b.count && a.count > 1, "clusterings of other points")
  let both = sums(zip(a, b).map { [$0, $1] })
  let (first, second) = (sums(a), sums(b))
  let expected = first * second / pairs(a.count)
  let largest = (first + second) / 2
  return largest == expected ? 1 : (both - expected) / (largest - expected)
}
