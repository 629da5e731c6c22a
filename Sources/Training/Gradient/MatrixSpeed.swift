import Networks

/// Multiplications and additions a second that matrix products reach on `threads` threads, with
/// operands of the size of a layer: what the speed of training is compared with.
public func matrixSpeed(threads: Int) async -> Double {
  let (rows, inner, columns) = (1024, 192, 384)
  let repeats = 40
  let clock = ContinuousClock()
  let start = clock.now
  await withTaskGroup(of: Float.self) { group in
    for thread in 0..<threads {
      group.addTask {
        let a = [Float](repeating: Float(thread), count: rows * inner)
        let b = [Float](repeating: 1, count: inner * columns)
        return (0..<repeats).reduce(0) { sum, _ in
          sum + multiply(a, by: b, rows: rows, inner: inner, columns: columns)[0]
        }
      }
    }
    for await _ in group {}
  }
  return Double(2 * rows * inner * columns * repeats * threads)
    / ((clock.now - start) / .seconds(1))
}
