import EntropyCoding

extension SpectrumTables {
  /// Codes symbols to bytes: the first `coefficients` of every channel of a patch.
  package func encode(_ symbols: consuming SpectrumSymbols, coefficients: Int) -> [UInt8] {
    run(RangeEncoder(), &symbols, coefficients).coder.finish()
  }

  /// Decodes symbols. Any bytes decode to some symbols.
  package func decode(
    _ bytes: ArraySlice<UInt8>, patches: Int, channels: Int, coefficients: Int, hasBandSteps: Bool
  ) -> SpectrumSymbols {
    var symbols = SpectrumSymbols(
      patches: patches, channels: channels, hasBandSteps: hasBandSteps)
    _ = run(RangeDecoder(bytes), &symbols, coefficients)
    return symbols
  }

  /// The model's own entropy of symbols, in bits.
  package func entropy(_ symbols: consuming SpectrumSymbols, coefficients: Int) -> Double {
    run(CodeLength(), &symbols, coefficients).coder.bits
  }

  /// The tables with what they have learned from symbols, for the fit.
  package func learned(from symbols: consuming SpectrumSymbols, coefficients: Int) -> SpectrumTables
  {
    run(CodeLength(), &symbols, coefficients).tables
  }

  private func run<Coder: BinaryCoder>(
    _ coder: Coder, _ symbols: inout SpectrumSymbols, _ coefficients: Int
  ) -> (coder: Coder, tables: SpectrumTables) {
    var spectrumCoder = SpectrumCoder(
      coder: coder, tables: self, channels: symbols.channels, coefficients: coefficients)
    spectrumCoder.code(&symbols)
    return (spectrumCoder.coder, spectrumCoder.tables)
  }
}
