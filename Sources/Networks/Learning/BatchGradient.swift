import Signals

/// The mean of the derivatives of the losses of some examples.
///
/// Examples are worked on in parallel, a graph each, and added in their order: the result does not
/// depend on the number of threads.
///
/// - Parameters:
///   - examples: how many there are, at least one.
///   - loss: of an example, a single number, and what else is to be known of it.
/// - Returns: the derivatives in the order of the matrices, and what is known of each example.
package func batchGradient<Report: Sendable, Failure: Error>(
  examples: Int, parameters: Parameters,
  loss: @escaping @Sendable (Int, Weights) throws(Failure) -> (loss: Variable, report: Report)
) async throws(Failure) -> (gradient: [[Float]], reports: [Report]) {
  let parts = try await concurrentMap(0..<examples) { example throws(Failure) in
    let weights = parameters.trainable()
    let (loss, report) = try loss(example, weights)
    loss.differentiate()
    return (gradient: weights.derivatives, report: report)
  }
  var gradient = parts[0].gradient
  for part in parts.dropFirst() {
    for index in gradient.indices { add(part.gradient[index], to: &gradient[index]) }
  }
  let share = 1 / Float(examples)
  for index in gradient.indices { gradient[index] = gradient[index].map { $0 * share } }
  return (gradient, parts.map(\.report))
}

private func add(_ part: [Float], to sum: inout [Float]) {
  for index in sum.indices { sum[index] += part[index] }
}
