import EntropyCoding

extension EntropyTables {
  /// Codes symbols to bytes.
  public func encode(_ symbols: consuming Symbols) -> [UInt8] {
    run(RangeEncoder(), &symbols).coder.finish()
  }

  /// Decodes the symbols of a strip. Any bytes decode to some symbols.
  public func decode(
    _ bytes: ArraySlice<UInt8>, patchRows: Int, patchColumns: Int, channels: Int
  ) -> Symbols {
    var symbols = Symbols(
      patchRows: patchRows, patchColumns: patchColumns, channels: channels,
      values: [Int32](repeating: 0, count: patchRows * patchColumns * channels))
    _ = run(RangeDecoder(bytes), &symbols)
    return symbols
  }

  /// The model's own entropy of symbols, in bits.
  public func entropy(_ symbols: consuming Symbols) -> Double {
    run(CodeLength(), &symbols).coder.bits
  }

  /// The model's own entropy of symbols in bits: of the ends of patches, then of each channel.
  func entropyByChannel(_ symbols: consuming Symbols) -> [Double] {
    run(CodeLengthByPart(parts: symbols.channels + 1), &symbols).coder.bits
  }

  /// The tables with what their mixer has learned from symbols, for the fit.
  public func learned(from symbols: consuming Symbols) -> EntropyTables {
    var tables = self
    tables.mixer = run(CodeLength(), &symbols).mixer
    return tables
  }

  /// Runs a coder over symbols, and returns it and what was learned.
  fileprivate func run<Coder: BinaryCoder>(
    _ coder: Coder, _ symbols: inout Symbols
  ) -> (coder: Coder, mixer: MixerState) {
    var symbolCoder = SymbolCoder(
      coder: coder, tables: self, patchRows: symbols.patchRows,
      patchColumns: symbols.patchColumns, channels: symbols.channels)
    symbolCoder.code(&symbols.values)
    return (symbolCoder.coder, symbolCoder.mixer.state)
  }
}

extension QualityAnchor {
  /// Codes the planes of a strip, one after the other, to bytes.
  public func encode(_ symbols: StripSymbols) -> [UInt8] {
    run(RangeEncoder(), symbols).coder.finish()
  }

  /// Decodes the symbols of a strip. Any bytes decode to some symbols.
  public func decode(
    _ bytes: ArraySlice<UInt8>, patchRows: Int, patchColumns: Int, channels: Int,
    pyramid: LowpassPyramid
  ) -> StripSymbols {
    let planes = pyramid.shapes(patchRows: patchRows, patchColumns: patchColumns, kept: channels)
      .map {
        Symbols(
          patchRows: $0.rows, patchColumns: $0.columns, channels: $0.channels,
          values: [Int32](repeating: 0, count: $0.rows * $0.columns * $0.channels))
      }
    return run(
      RangeDecoder(bytes),
      StripSymbols(
        patchRows: patchRows, patchColumns: patchColumns, channels: channels, planes: planes)
    ).symbols
  }

  /// The models' own entropy of the symbols of a strip, in bits.
  public func entropy(_ symbols: StripSymbols) -> Double {
    run(CodeLength(), symbols).coder.bits
  }

  /// Runs a coder over all planes, and returns it and the symbols.
  private func run<Coder: BinaryCoder>(
    _ coder: Coder, _ symbols: StripSymbols
  ) -> (coder: Coder, symbols: StripSymbols) {
    var (coder, symbols) = (coder, symbols)
    for (index, model) in models.prefix(symbols.planes.count).enumerated() {
      coder = model.tables.run(coder, &symbols.planes[index]).coder
    }
    return (coder, symbols)
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
    let models = anchor(at: container.quality).models
    // Dropped channels of the lowest band are coded as well, as zeros.
    var bits = [Double](repeating: 0, count: max(container.channels, planes) + 1)
    for strip in 0..<layout.count {
      let symbols = symbols(of: strip, container, layout: layout)
      for (index, plane) in symbols.planes.enumerated() {
        let parts = models[index].tables.entropyByChannel(plane)
        bits[0] += parts[0]
        let owners = pyramid.latentChannels(plane: index, of: plane.channels)
        for (owner, part) in zip(owners, parts.dropFirst()) { bits[owner + 1] += part }
      }
    }
    return Array(bits.prefix(container.channels + 1))
  }
}
