import Signals

/// The packet transform in plain words: convolve with the published taps, drop every second
/// number, and do the same with both halves.
enum ReferencePackets {
  /// Taps 0...4 of the symmetric low-pass filter of ISO/IEC 15444-1, scaled from DC gain 1 to
  /// sqrt(2).
  static let lowTaps = [
    0.602949018236360, 0.266864118442875, -0.078223266528990, -0.016864118442875, 0.026748757410810,
  ].map { $0 * 2.0.squareRoot() }

  /// Taps 0...3 of the high-pass filter, scaled from Nyquist gain 2 to sqrt(2).
  static let highTaps = [
    1.115087052457000, -0.591271763114250, -0.057543526228500, 0.091271763114250,
  ].map { $0 / 2.0.squareRoot() }

  /// Bands of a signal, in the order of `packetAnalysis`.
  static func analysis(_ signal: [Double], levels: Int) -> [Double] {
    guard levels > 0, !signal.isEmpty else { return signal }
    // Low numbers stand at even places, high ones at odd places, and stay there.
    var result = signal
    for (half, taps) in [lowTaps, highTaps].enumerated() {
      let places = Array(stride(from: half, to: signal.count, by: 2))
      let filtered = places.map { filter(signal, taps, at: $0) }
      for (place, value) in zip(places, analysis(filtered, levels: levels - 1)) {
        result[place] = value
      }
    }
    return result
  }

  /// Coefficients of a picture, in the order of `Subbands`.
  static func analysis(_ image: Image, levels: Int) -> [Double] {
    let side = 1 << levels
    let (rows, columns) = ((image.height + side - 1) / side, (image.width + side - 1) / side)
    var result = [Double](repeating: 0, count: rows * columns * side * side * image.planes)
    for plane in 0..<image.planes {
      let wide = (0..<rows * side).map { row in
        let samples = (0..<columns * side).map { column in
          Double(
            image[plane, mirrored(row, image.height), mirrored(column, image.width)])
        }
        return analysis(samples, levels: levels)
      }
      for column in 0..<columns * side {
        let bands = analysis(wide.map { $0[column] }, levels: levels)
        for (row, value) in bands.enumerated() {
          let patch = row / side * columns + column / side
          let band = (plane * side + column % side) * side + row % side
          result[patch * side * side * image.planes + band] = value
        }
      }
    }
    return result
  }

  /// Squared norm of the filter that leads to each band: the variance of white noise there.
  static func noiseGains(levels: Int) -> [Double] {
    (0..<1 << levels).map { band in
      var total = [1.0]
      for level in 0..<levels {
        let taps = band >> level & 1 == 0 ? lowTaps : highTaps
        let whole = taps.dropFirst().reversed() + taps
        // Behind `level` halvings a filter acts on every 2^level-th sample.
        var spread = [Double](repeating: 0, count: ((whole.count - 1) << level) + 1)
        for (index, tap) in whole.enumerated() { spread[index << level] = tap }
        var product = [Double](repeating: 0, count: total.count + spread.count - 1)
        for (i, a) in total.enumerated() {
          for (j, b) in spread.enumerated() { product[i + j] += a * b }
        }
        total = product
      }
      return total.reduce(0) { $0 + $1 * $1 }
    }
  }

  /// One number of a filtered signal.
  private static func filter(_ signal: [Double], _ taps: [Double], at center: Int) -> Double {
    // One sample alone has nothing to filter; by definition it is low-pass, of gain sqrt(2).
    guard signal.count > 1 else { return signal[0] * 2.0.squareRoot() }
    return (1 - taps.count..<taps.count).reduce(0) { sum, offset in
      sum + taps[abs(offset)] * signal[mirrored(center + offset, signal.count)]
    }
  }

  /// Whole-sample symmetric extension, one reflection after the other.
  private static func mirrored(_ index: Int, _ count: Int) -> Int {
    guard count > 1 else { return 0 }
    var index = index
    while index < 0 || index >= count {
      index = index < 0 ? -index : 2 * (count - 1) - index
    }
    return index
  }
}
