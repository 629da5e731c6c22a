/// Full wavelet packet analysis of one signal of any length, CDF 9/7, symmetric at the ends.
///
/// Sample `i` of the result belongs to band `i mod 2^levels`; bit `k` of the band says whether
/// level `k + 1` took the high half. Band 0 is the low-pass band. Both halves of a level have
/// gain sqrt(2), so the transform is close to orthonormal.
package func packetAnalysis(_ signal: [Float], levels: Int) -> [Float] {
  transformed(signal) { line in
    line.analyze(levels: levels)
  } scale: { index in
    packetScale(band: index & ((1 << levels) - 1), levels: levels)
  }
}

/// The inverse of `packetAnalysis(_:levels:)`.
package func packetSynthesis(_ bands: [Float], levels: Int) -> [Float] {
  var unscaled = bands
  for index in unscaled.indices {
    unscaled[index] /= packetScale(band: index & ((1 << levels) - 1), levels: levels)
  }
  return transformed(unscaled) { line in
    line.synthesize(levels: levels)
  } scale: { _ in
    1
  }
}

/// The energy that an error of 1 in each band adds to the signal, measured by synthesising a unit
/// impulse in the middle of a long signal. Shape [2^levels], close to 1 each.
///
/// For two dimensions the gain of a band is the product of its row and column gains.
package func synthesisGains(levels: Int) -> [Float] {
  let patch = 1 << levels
  let middle = 16 * patch
  return (0..<patch).map { band in
    var impulse = [Float](repeating: 0, count: 2 * middle)
    impulse[middle + band] = 1
    return packetSynthesis(impulse, levels: levels).reduce(0) { $0 + $1 * $1 }
  }
}

private func transformed(
  _ signal: [Float], by transform: (Line) -> Void, scale: (Int) -> Float
) -> [Float] {
  var numbers = signal
  numbers.withUnsafeMutableBufferPointer { buffer in
    guard let base = buffer.baseAddress else { return }
    transform(Line(base: base, count: buffer.count, pitch: 1, width: 1))
  }
  return numbers.indices.map { numbers[$0] * scale($0) }
}
