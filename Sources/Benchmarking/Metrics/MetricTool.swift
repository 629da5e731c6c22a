import Foundation

/// A program that compares two pictures, found on `PATH`.
package struct MetricTool: Sendable {
  /// What it measures.
  package let metric: Metric
  /// Its name, which takes the paths of the original and of the copy.
  package let program: String
  /// Where its output has the value: behind this text, or at its start where it is empty.
  let label: String

  /// The tools of libjxl: `ssimulacra2` prints the value, `butteraugli_main` the largest distance,
  /// then `3-norm:` and the value.
  package static let ofImages = [
    MetricTool(metric: .ssimulacra2, program: "ssimulacra2", label: ""),
    MetricTool(metric: .butteraugli, program: "butteraugli_main", label: "3-norm:"),
  ]

  /// Compares two PNG pictures; nil where the tool fails or prints no number.
  ///
  /// - Parameter folder: for temporary files.
  func value(original: String, copy: String, folder: String) async throws -> Double? {
    let run = try await MeasuredProcess.run([program, original, copy], limit: 600, folder: folder)
    guard run.ending == .exit(0) else { return nil }
    return value(in: run.output)
  }

  /// The value in what the tool printed.
  func value(in output: String) -> Double? {
    guard let start = label.isEmpty ? output.startIndex : output.firstRange(of: label)?.upperBound
    else { return nil }
    return output[start...].split(whereSeparator: \.isWhitespace).first.flatMap { Double($0) }
  }
}
