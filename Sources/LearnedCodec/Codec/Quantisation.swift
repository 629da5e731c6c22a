extension Codec {
  /// Rounds latents to symbols, towards zero where that saves more bits than its error is worth,
  /// see `SymbolChoice`.
  public func symbols(
    of latents: Latents, quality: Quality, effort: Effort = .standard
  ) -> StripSymbols {
    let step = steps.step(at: quality)
    return StripSymbols(
      patchRows: latents.patchRows, patchColumns: latents.patchColumns, channels: latents.channels,
      planes: zip(pyramid.planes(of: latents), anchor(at: quality).models).map {
        symbols(of: $0, step: step, $1, effort: effort)
      })
  }

  /// Latents of symbols: each the mean of the latents that round to it.
  public func latents(of symbols: StripSymbols, quality: Quality) -> Latents {
    let step = steps.step(at: quality)
    return pyramid.synthesize(
      zip(symbols.planes, anchor(at: quality).models).map { $1.latents(of: $0, step: step) },
      patchRows: symbols.patchRows, patchColumns: symbols.patchColumns, kept: symbols.channels)
  }

  /// Rounds the numbers of one plane.
  public func symbols(
    of plane: Latents, step: Float, _ model: PlaneModel, effort: Effort = .standard
  ) -> Symbols {
    let inverse = 1 / step
    let choice = SymbolChoice(
      model.tables, patchColumns: plane.patchColumns, channels: plane.channels,
      deadZone: deadZone, rateWeight: rateWeight, isModelled: effort.isModelled)
    let values = [Int32](unsafeUninitializedCapacity: plane.values.count) { values, count in
      plane.values.withUnsafeBufferPointer {
        choice.choose(
          $0, scale: inverse, patchRows: plane.patchRows, patchColumns: plane.patchColumns,
          into: values.extracting(..<$0.count))
      }
      count = plane.values.count
    }
    return Symbols(
      patchRows: plane.patchRows, patchColumns: plane.patchColumns, channels: plane.channels,
      values: values)
  }
}

extension PlaneModel {
  /// The numbers of one plane from its symbols.
  func latents(of symbols: Symbols, step: Float) -> Latents {
    let channels = symbols.channels
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
