import Testing

@testable import Networks

@Suite struct AdamTests {
  private static let start = Parameters([.init("x", rows: 1, columns: 3)], values: [[5, -3, 0.5]])

  /// The gradient of (x - 1)^2 + 100 (y - 2)^2 + (z + 1)^2 / 100.
  private func gradient(_ x: [Float]) -> [Float] {
    [2 * (x[0] - 1), 200 * (x[1] - 2), (x[2] + 1) / 50]
  }

  @Test func descendsWhateverTheScales() {
    var adam = Adam(Self.start)
    for step in 0..<3000 {
      adam.step(
        [gradient(adam.parameters["x"])], rate: step < 2000 ? 0.02 : 0.001, largestNorm: 1e9)
    }
    for (value, target) in zip(adam.parameters["x"], [1, 2, -1] as [Float]) {
      #expect(abs(value - target) < 0.01)
    }
    #expect(zip(adam.average["x"], [1, 2, -1]).allSatisfy { abs($0 - $1) < 0.05 })
  }

  @Test func theFirstStepIsOfTheLengthOfTheRate() {
    // Both moments are corrected for their start, so the step is the sign of the gradient.
    var adam = Adam(Self.start)
    let norm = adam.step([[0.3, -20, 0.001]], rate: 0.1, largestNorm: 1e9)
    #expect(abs(norm - 20.00225) < 1e-4)
    let expected: [Float] = [4.9, -2.9, 0.4]
    #expect(zip(adam.parameters["x"], expected).allSatisfy { abs($0 - $1) < 1e-3 })
  }

  @Test func longGradientsAreClipped() {
    var (clipped, short) = (Adam(Self.start), Adam(Self.start))
    for _ in 0..<3 {
      clipped.step([[30, 40, 0]], rate: 0.1, largestNorm: 1)
      short.step([[0.6, 0.8, 0]], rate: 0.1, largestNorm: 1)
    }
    #expect(zip(clipped.parameters["x"], short.parameters["x"]).allSatisfy { abs($0 - $1) < 1e-5 })
  }

  @Test func gradientsThatAreNoNumbersChangeNothing() {
    var adam = Adam(Self.start)
    adam.step([[.nan, 1, 1]], rate: 0.1, largestNorm: 1)
    adam.step([[.infinity, 1, 1]], rate: 0.1, largestNorm: 1)
    #expect(adam.parameters == Self.start && adam.steps == 2)
  }

  @Test func goesOnFromAFile() throws {
    var adam = Adam(Self.start)
    for _ in 0..<5 { adam.step([gradient(adam.parameters["x"])], rate: 0.1, largestNorm: 1) }
    let bytes = Safetensors(tensors: adam.tensors).serialized()
    var loaded = try Adam(
      Self.start.entries, from: Safetensors(parsing: bytes, name: "checkpoint"))
    #expect(loaded == adam)
    adam.step([[1, 2, 3]], rate: 0.1, largestNorm: 1)
    loaded.step([[1, 2, 3]], rate: 0.1, largestNorm: 1)
    #expect(loaded == adam)
  }
}
