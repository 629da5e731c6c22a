import Networks
import Training

/// The mean of the loss of some examples and of its derivatives.
///
/// Examples are worked on in parallel, a graph each, and added in their order: the result does not
/// depend on the number of threads.
///
/// - Parameters:
///   - examples: numbers of the examples, at least one.
///   - seed: of the generators that `loss` gets, one an example.
/// - Returns: the loss, and the derivatives in the order of the matrices.
func batchGradient(
  _ examples: [Int], parameters: Parameters, seed: UInt64,
  loss: @escaping @Sendable (Int, Weights, inout SplitMix64) throws -> Variable
) async throws -> (loss: Double, gradient: [[Float]]) {
  let parts = try await withThrowingTaskGroup(of: (Int, Double, [[Float]]).self) { group in
    for (index, example) in examples.enumerated() {
      group.addTask {
        var generator = SplitMix64(seed: seed &+ UInt64(index) &* 0xD1B5_4A32_D192_ED03)
        let weights = parameters.trainable()
        let loss = try loss(example, weights, &generator)
        loss.differentiate()
        return (index, Double(loss.values[0]), weights.derivatives)
      }
    }
    var parts = [(Double, [[Float]])?](repeating: nil, count: examples.count)
    for try await (index, loss, gradient) in group { parts[index] = (loss, gradient) }
    return parts.map { $0! }
  }
  var (sum, gradient) = parts[0]
  for part in parts.dropFirst() {
    sum += part.0
    for index in gradient.indices { add(part.1[index], to: &gradient[index]) }
  }
  let share = 1 / Float(parts.count)
  for index in gradient.indices { gradient[index] = gradient[index].map { $0 * share } }
  return (sum / Double(parts.count), gradient)
}

private func add(_ part: [Float], to sum: inout [Float]) {
  for index in sum.indices { sum[index] += part[index] }
}
