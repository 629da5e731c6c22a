import Testing

@testable import Benchmarking

struct MonotoneCubicTests {
  /// Integrals over all, and over all but 0.3 at the start and 0.7 at the end, as scipy gives
  /// them: turns, flats, two points, and both limits of the slope at an end.
  @Test(
    arguments: [
      ([0, 1, 2.5, 3, 5, 6], [0, 2, 1, 1, 4, 4.5], 13.064035087719297, 9.864738976608187),
      ([0, 1, 3], [0, 10, 10.5], 26.740530303030305, 18.792628882575755),
      ([1, 3], [2, -1], 1.0, 0.8),
      ([0, 1, 2, 4], [0, 1, -5, 3], -6.805555555555555, -6.895786111111111),
      ([0, 1, 10], [0, 1, 40], 144.84126984126982, 118.56652851263964),
    ] as [([Double], [Double], Double, Double)])
  func integralsAreThoseOfScipy(x: [Double], y: [Double], whole: Double, part: Double) {
    let curve = MonotoneCubic(x: x, y: y)
    let (first, last) = (x[0], x[x.count - 1])
    #expect(abs(curve.integral(over: first...last) - whole) < 1e-12 * max(1, abs(whole)) * 10)
    #expect(abs(curve.integral(over: first + 0.3...last - 0.7) - part) < 1e-9)
    #expect(curve.integral(over: last...last) == 0)
  }
}
