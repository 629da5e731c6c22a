import EntropyCoding

extension EntropyTables {
  /// Codes symbols to bytes.
  public func encode(_ symbols: Symbols) -> [UInt8] {
    var values = symbols.values
    return run(RangeEncoder(), symbols, &values).coder.finish()
  }

  /// Decodes the symbols of a strip. Any bytes decode to some symbols.
  public func decode(
    _ bytes: ArraySlice<UInt8>, patchRows: Int, patchColumns: Int, channels: Int
  ) -> Symbols {
    var symbols = Symbols(
      patchRows: patchRows, patchColumns: patchColumns, channels: channels,
      values: [Int32](repeating: 0, count: patchRows * patchColumns * channels))
    let shape = symbols
    _ = run(RangeDecoder(bytes), shape, &symbols.values)
    return symbols
  }

  /// The model's own entropy of symbols, in bits.
  public func entropy(_ symbols: Symbols) -> Double {
    var values = symbols.values
    return run(CodeLength(), symbols, &values).coder.bits
  }

  /// The model's own entropy of symbols in bits: of the ends of patches, then of each channel.
  func entropyByChannel(_ symbols: Symbols) -> [Double] {
    var values = symbols.values
    return run(CodeLengthByPart(parts: symbols.channels + 1), symbols, &values).coder.bits
  }

  /// The tables with what their mixer has learned from symbols, for the fit.
  public func learned(from symbols: Symbols) -> EntropyTables {
    var (values, tables) = (symbols.values, self)
    tables.mixer = run(CodeLength(), symbols, &values).mixer
    return tables
  }

  /// Runs a coder over symbols in the shape of `shape`, and returns it and what was learned.
  private func run<Coder: BinaryCoder>(
    _ coder: Coder, _ shape: Symbols, _ values: inout [Int32]
  ) -> (coder: Coder, mixer: MixerState) {
    var symbolCoder = SymbolCoder(
      coder: coder, tables: self, patchRows: shape.patchRows, patchColumns: shape.patchColumns,
      channels: shape.channels)
    symbolCoder.code(&values)
    return (symbolCoder.coder, symbolCoder.mixer.state)
  }
}

extension Codec {
  /// How many bits of a container code the ends of patches, and how many each latent channel:
  /// shape [1 + channels], by the entropy model.
  /// - Throws: `ContainerError` when the container is of another codec or impossible.
  public func channelBits(
    of container: Container, file: String
  ) throws(ContainerError) -> [Double] {
    let layout = try layout(of: container, file: file)
    let tables = anchor(at: container.quality).tables
    return (0..<layout.count).reduce([Double](repeating: 0, count: container.channels + 1)) {
      zip($0, tables.entropyByChannel(symbols(of: $1, container, layout: layout))).map(+)
    }
  }
}
