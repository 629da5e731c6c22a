import EntropyCoding

extension EntropyTables {
  /// Codes symbols to bytes.
  package func encode(_ symbols: consuming Symbols) -> [UInt8] {
    run(RangeEncoder(), &symbols).finish()
  }

  /// Decodes the symbols of a strip. Any bytes decode to some symbols.
  package func decode(
    _ bytes: ArraySlice<UInt8>, patchRows: Int, patchColumns: Int, channels: Int
  ) -> Symbols {
    var symbols = Symbols(
      zerosOf: LowpassPyramid.Grid(rows: patchRows, columns: patchColumns, channels: channels))
    _ = run(RangeDecoder(bytes), &symbols)
    return symbols
  }

  /// The model's own entropy of symbols, in bits.
  package func entropy(_ symbols: consuming Symbols) -> Double {
    run(CodeLength(), &symbols).bits
  }

  /// The model's own entropy of symbols in bits: of the ends of patches, then of each channel.
  package func entropyByChannel(_ symbols: consuming Symbols) -> [Double] {
    run(CodeLengthByPart(parts: symbols.channels + 1), &symbols).bits
  }

  /// Counts the decisions of symbols, for the fit.
  package func count(_ symbols: consuming Symbols, in counts: inout DecisionCounts) {
    counts = run(counts, &symbols)
  }

  /// No decisions yet.
  package var noCounts: DecisionCounts {
    DecisionCounts(frozen: frozen.count, adaptive: adaptive.count)
  }

  /// Runs a coder over symbols, and returns it.
  func run<Coder: BinaryCoder>(_ coder: Coder, _ symbols: inout Symbols) -> Coder {
    var coder = coder
    let symbolCoder = SymbolCoder(
      self, patchRows: symbols.patchRows, patchColumns: symbols.patchColumns,
      channels: symbols.channels)
    let rows = 0..<symbols.patchRows
    symbols.values.withUnsafeMutableBufferPointer {
      symbolCoder.code($0, rows: rows, with: &coder)
    }
    return coder
  }
}

extension OperatingPoint {
  /// Codes the resolutions of a strip, one after the other, to bytes.
  package func encode(_ symbols: consuming StripSymbols) -> [UInt8] {
    run(RangeEncoder(), &symbols.resolutions).finish()
  }

  /// Decodes the symbols of a strip. Any bytes decode to some symbols.
  package func decode(
    _ bytes: ArraySlice<UInt8>, patchRows: Int, patchColumns: Int, channels: Int,
    pyramid: LowpassPyramid
  ) -> StripSymbols {
    let resolutions = pyramid.grids(
      patchRows: patchRows, patchColumns: patchColumns, channels: channels
    )
    .map { Symbols(zerosOf: $0) }
    var symbols = StripSymbols(
      patchRows: patchRows, patchColumns: patchColumns, channels: channels,
      resolutions: resolutions)
    _ = run(RangeDecoder(bytes), &symbols.resolutions)
    return symbols
  }

  /// The models' own entropy of the symbols of a strip, in bits.
  package func entropy(_ symbols: consuming StripSymbols) -> Double {
    run(CodeLength(), &symbols.resolutions).bits
  }

  /// Runs a coder over resolutions, the coarsest first, and returns it.
  func run<Coder: BinaryCoder>(_ coder: Coder, _ resolutions: inout [Symbols]) -> Coder {
    var coder = coder
    for (index, model) in models.prefix(resolutions.count).enumerated() {
      coder = model.tables.run(coder, &resolutions[index])
    }
    return coder
  }
}

extension Symbols {
  /// All zero.
  init(zerosOf grid: LowpassPyramid.Grid) {
    self.init(
      patchRows: grid.rows, patchColumns: grid.columns, channels: grid.channels,
      values: [Int32](repeating: 0, count: grid.rows * grid.columns * grid.channels))
  }
}

extension PictureCodec {
  /// How many bits of a container code the ends of patches, and how many each latent channel:
  /// shape [1 + channels], by the entropy model.
  /// - Throws: `ContainerError` when the container is of another codec or impossible.
  package func channelBits(
    of container: PictureContainer, file: String
  ) throws(ContainerError) -> [Double] {
    let layout = try layout(of: container, file: file)
    let models = operatingPoint(at: container.quality).models
    // Dropped channels of the lowest band are coded as well, as zeros.
    var bits = [Double](repeating: 0, count: max(container.channels, planes) + 1)
    for strip in 0..<layout.count {
      let symbols = symbols(decoding: container, strip: strip, layout: layout)
      for (index, part) in symbols.resolutions.enumerated() {
        let entropy = models[index].tables.entropyByChannel(part)
        bits[0] += entropy[0]
        let owners = pyramid.latentChannels(resolution: index, of: part.channels)
        for (owner, channel) in zip(owners, entropy.dropFirst()) { bits[owner + 1] += channel }
      }
    }
    return Array(bits.prefix(container.channels + 1))
  }
}
