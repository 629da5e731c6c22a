import Networks
import Signals

/// Multiplications and additions a second that matrix products reach on `threads` threads, with
/// operands of the size of a layer: what the speed of training is compared with.
package func matrixSpeed(threads: Int) async -> Double {
  let (rows, inner, columns) = (1024, 192, 384)
  let repeats = 40
  let clock = ContinuousClock()
  let start = clock.now
  _ = await concurrentMap(0..<threads, threads: threads) { thread in
    let a = [Float](repeating: Float(thread), count: rows * inner)
    let b = [Float](repeating: 1, count: inner * columns)
    return (0..<repeats).reduce(Float(0)) { sum, _ in
      sum + multiply(a, by: b, rows: rows, inner: inner, columns: columns)[0]
    }
  }
  return Double(2 * rows * inner * columns * repeats * threads)
    / ((clock.now - start) / .seconds(1))
}
