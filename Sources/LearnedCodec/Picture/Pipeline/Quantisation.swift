import Wavelets

extension PictureCodec {
  /// Rounds latents to symbols, towards zero where that saves more bits than its error is worth,
  /// see `SymbolChoice`: symbols of the same patches and channels.
  public func quantize(
    _ latents: Latents, quality: Quality, effort: Effort = .standard
  ) -> StripSymbols {
    let step = steps.step(at: quality)
    return StripSymbols(
      patchRows: latents.patchRows, patchColumns: latents.patchColumns, channels: latents.channels,
      resolutions: zip(pyramid.resolutions(of: latents), operatingPoint(at: quality).models).map {
        quantize($0, step: step, $1, effort: effort)
      })
  }

  /// The symbols of a strip: refined where the effort asks for it and there is a network.
  ///
  /// - Parameters:
  ///   - latents: of `bands`, as many channels as are coded.
  ///   - bands: of the strip.
  func chooseSymbols(
    for latents: Latents, of bands: Subbands, quality: Quality, effort: Effort
  ) -> StripSymbols {
    guard let network, effort.isRefined, !latents.values.isEmpty else {
      return quantize(latents, quality: quality, effort: effort)
    }
    return refine(latents, of: bands, network: network, quality: quality, effort: effort)
  }

  /// Latents of symbols: each the mean of the latents that round to it. Shape [patchRows,
  /// patchColumns, channels] of the symbols.
  public func dequantize(_ symbols: StripSymbols, quality: Quality) -> Latents {
    let step = steps.step(at: quality)
    return pyramid.synthesize(
      zip(symbols.resolutions, operatingPoint(at: quality).models).map {
        $1.dequantize($0, step: step)
      },
      patchRows: symbols.patchRows, patchColumns: symbols.patchColumns, channels: symbols.channels)
  }

  /// Rounds the numbers of one resolution.
  package func quantize(
    _ latents: Latents, step: Float, _ model: ResolutionModel, effort: Effort = .standard
  ) -> Symbols {
    let inverse = 1 / step
    let choice = SymbolChoice(
      model.tables, patchColumns: latents.patchColumns, channels: latents.channels,
      deadZone: deadZone, rateWeight: rateWeight, isModelled: effort.isModelled)
    let values = [Int32](unsafeUninitializedCapacity: latents.values.count) { values, count in
      latents.values.withUnsafeBufferPointer {
        choice.choose(
          $0, scale: inverse, patchRows: latents.patchRows, patchColumns: latents.patchColumns,
          into: values.extracting(..<$0.count))
      }
      count = latents.values.count
    }
    return Symbols(
      patchRows: latents.patchRows, patchColumns: latents.patchColumns, channels: latents.channels,
      values: values)
  }
}

extension ResolutionModel {
  /// The numbers of one resolution from its symbols.
  func dequantize(_ symbols: Symbols, step: Float) -> Latents {
    let channels = symbols.channels
    // With it every index lies within the three buffers: anyone may change values that are public.
    precondition(
      symbols.values.count == symbols.patchRows * symbols.patchColumns * channels
        && channels * 2 <= centroids.count, "symbols of another shape")
    let values = [Float](unsafeUninitializedCapacity: symbols.values.count) { values, count in
      symbols.values.withUnsafeBufferPointer { symbols in
        centroids.withUnsafeBufferPointer { centroids in
          for patch in stride(from: 0, to: symbols.count, by: max(channels, 1)) {
            for channel in 0..<channels {
              let symbol = symbols[patch + channel]
              let magnitude = symbol.magnitude
              let offset = magnitude == 0 ? 0 : centroids[channel * 2 + (magnitude == 1 ? 0 : 1)]
              let value = (Float(magnitude) + offset) * step
              values[patch + channel] = symbol < 0 ? -value : value
            }
          }
        }
      }
      count = symbols.values.count
    }
    return Latents(
      patchRows: symbols.patchRows, patchColumns: symbols.patchColumns, channels: channels,
      values: values)
  }
}
