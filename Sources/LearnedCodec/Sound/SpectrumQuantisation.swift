import Wavelets

extension SoundCodec {
  /// Rounds bands to symbols, towards zero within the dead zones.
  ///
  /// - Parameter bandSteps: for each patch and channel those of its bands, see `BandSteps`; empty
  ///   where all have the step of the quality.
  func quantize(_ spectra: Spectra, quality: Quality, bandSteps: [UInt8]) -> SpectrumSymbols {
    var symbols = [Int32](repeating: 0, count: spectra.values.count)
    forEachBand(of: spectra.values.count, bandSteps, quality) { coefficients, step in
      round(spectra.values, coefficients, inverse: 1 / step, into: &symbols)
    }
    return SpectrumSymbols(
      blockLevels: spectra.blockLevels, angles: spectra.angles, bandSteps: bandSteps,
      values: symbols,
      channels: spectra.channels)
  }

  /// Bands of symbols: each the mean of the bands that round to it.
  ///
  /// - Parameter scale: bands are multiplied by 2 to this power.
  package func dequantize(
    _ symbols: SpectrumSymbols, quality: Quality, scale: Int = 0
  ) -> Spectra {
    let factor = Float(sign: .plus, exponent: scale, significand: 1)
    var values = [Float](repeating: 0, count: symbols.values.count)
    forEachBand(of: values.count, symbols.bandSteps, quality) { coefficients, step in
      restore(symbols.values, coefficients, step: step * factor, into: &values)
    }
    return Spectra(
      blockLevels: symbols.blockLevels, angles: symbols.angles, values: values,
      channels: symbols.channels)
  }

  /// Bands as a file tuned for the least squared error gives them back: what learning sees of sounds
  /// that it mixes itself.
  package func decoded(_ bands: [Float], quality: Quality) -> [Float] {
    let step = steps.step(at: quality)
    var symbols = [Int32](repeating: 0, count: bands.count)
    var values = [Float](repeating: 0, count: bands.count)
    round(bands, bands.indices, inverse: 1 / step, into: &symbols)
    restore(symbols, bands.indices, step: step, into: &values)
    return values
  }

  /// Rounds some bands.
  private func round(
    _ bands: [Float], _ coefficients: Range<Int>, inverse: Float, into symbols: inout [Int32]
  ) {
    let largest = Float(SpectrumTables.largestSymbol)
    let thresholds = deadZones.map { 0.5 - $0 }
    for index in coefficients {
      let value = bands[index]
      // In this order a value that is no number becomes the largest.
      let magnitude = value.magnitude * inverse
      let bounded = magnitude < largest ? magnitude : largest
      let kind = bounded < 1.5 ? 0 : bounded < 2.5 ? 1 : 2
      let symbol = Int32(bounded + thresholds[kind])
      symbols[index] = value < 0 ? -symbol : symbol
    }
  }

  /// Bands of some symbols; zeros stay as they are.
  private func restore(
    _ symbols: [Int32], _ coefficients: Range<Int>, step: Float, into bands: inout [Float]
  ) {
    for index in coefficients where symbols[index] != 0 {
      let magnitude = symbols[index].magnitude
      let value = (Float(magnitude) + centroids[Int(min(magnitude, 3)) - 1]) * step
      bands[index] = symbols[index] < 0 ? -value : value
    }
  }

  /// Calls `body` with ranges of all `count` coefficients and their step.
  private func forEachBand(
    of count: Int, _ bandSteps: [UInt8], _ quality: Quality, body: (Range<Int>, Float) -> Void
  ) {
    let step = steps.step(at: quality)
    guard !bandSteps.isEmpty else { return body(0..<count, step) }
    for spectrum in 0..<count / LappedTransform.patchFrames {
      for band in 0..<BandSteps.count {
        let coefficients = BandSteps.coefficients(band)
        let first = spectrum * LappedTransform.patchFrames
        body(
          first + coefficients.lowerBound..<first + coefficients.upperBound,
          step * BandSteps.factor(bandSteps[spectrum * BandSteps.count + band]))
      }
    }
  }
}

extension Spectra {
  /// The steps of the bands of hearing of all patches, see `BandSteps`: shape [patches, channels,
  /// bands].
  func bandSteps(sampleRate: Int) -> [UInt8] {
    let patch = LappedTransform.patchFrames
    return values.withUnsafeBufferPointer { values in
      (0..<values.count / patch).flatMap {
        BandSteps.steps(
          of: values.extracting($0 * patch..<($0 + 1) * patch), sampleRate: sampleRate)
      }
    }
  }
}
