import CKernels
import Wavelets

extension PictureCodec {
  /// Rounds latents to symbols, towards zero where that saves more bits than its error is worth,
  /// see `SymbolChoice`: symbols of the same patches and channels.
  public func quantize(
    _ latents: consuming Latents, quality: Quality, effort: Effort = .standard
  ) -> StripSymbols {
    let step = steps.step(at: quality)
    let (rows, columns, channels) = (latents.patchRows, latents.patchColumns, latents.channels)
    // Given away, as a strip of latents is a good part of an encoder's memory.
    var resolutions = pyramid.resolutions(of: consume latents)
    let models = operatingPoint(at: quality).models
    var symbols: [Symbols] = []
    for index in resolutions.indices {
      if index == pyramidLevels, let masking {
        let lowest = pyramid.lowest(
          zip(symbols, models).map { $1.dequantize($0, step: step) }, patchRows: rows,
          patchColumns: columns)
        resolutions[index].multiply(
          by: masking.inverses(of: lowest).map { 1 / $0 })
      }
      symbols.append(
        quantize(resolutions[index], step: step, models[index], effort: effort))
    }
    return StripSymbols(
      patchRows: rows, patchColumns: columns, channels: channels, resolutions: symbols)
  }

  /// The symbols of a strip: refined where the effort asks for it and there is a network.
  ///
  /// - Parameters:
  ///   - latents: of `bands`, as many channels as are coded.
  ///   - bands: of the strip.
  func chooseSymbols(
    for latents: consuming Latents, of bands: consuming Subbands, quality: Quality, effort: Effort
  ) -> StripSymbols {
    guard let network, effort.isRefined, !latents.values.isEmpty else {
      _ = consume bands
      return quantize(latents, quality: quality, effort: effort)
    }
    return refine(latents, of: bands, network: network, quality: quality, effort: effort)
  }

  /// Latents of symbols: each the mean of the latents that round to it. Shape [patchRows,
  /// patchColumns, channels] of the symbols.
  public func dequantize(_ symbols: StripSymbols, quality: Quality) -> Latents {
    let step = steps.step(at: quality)
    let (rows, columns) = (symbols.patchRows, symbols.patchColumns)
    var resolutions = zip(symbols.resolutions, operatingPoint(at: quality).models).map {
      $1.dequantize($0, step: step)
    }
    if let masking, resolutions.count > pyramidLevels {
      let lowest = pyramid.lowest(resolutions, patchRows: rows, patchColumns: columns)
      resolutions[pyramidLevels].multiply(by: masking.inverses(of: lowest))
    }
    return pyramid.synthesize(
      resolutions, patchRows: rows, patchColumns: columns, channels: symbols.channels)
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
    let values = [Float](unsafeUninitializedCapacity: symbols.values.count) { values, count in
      dequantize(symbols, step: step, into: values.extracting(..<symbols.values.count))
      count = symbols.values.count
    }
    return Latents(
      patchRows: symbols.patchRows, patchColumns: symbols.patchColumns,
      channels: symbols.channels, values: values)
  }

  /// Likewise, to as many numbers as there are symbols, each times the factor of its channel.
  func dequantize(
    _ symbols: Symbols, step: Float, factors: [Float]? = nil,
    into values: UnsafeMutableBufferPointer<Float>
  ) {
    let channels = symbols.channels
    // With it every index lies within the buffers: anyone may change values that are public.
    precondition(
      symbols.values.count == symbols.patchRows * symbols.patchColumns * channels
        && values.count == symbols.values.count && channels * 2 <= centroids.count
        && factors.map { $0.count == channels } ?? true,
      "symbols of another shape")
    // Several patches together, as vectors are slow to start.
    let period = channels * max(256 / max(channels, 1), 1)
    func repeated(_ value: (Int) -> Float) -> [Float] { (0..<period).map { value($0 % channels) } }
    symbols.values.withUnsafeBufferPointer {
      guard let symbols = $0.baseAddress, let numbers = values.baseAddress else { return }
      kernels_dequantize(
        symbols, values.count, repeated { centroids[$0 * 2] }, repeated { centroids[$0 * 2 + 1] },
        repeated { factors?[$0] ?? 1 }, period, step, numbers)
    }
  }
}

/// The number that a symbol stands for, whose magnitude is `centroid` steps larger.
@inline(__always)
func dequantized(_ symbol: Int32, centroid: Float, step: Float) -> Float {
  let sign = symbol &>> 31
  let magnitude = (symbol ^ sign) &- sign
  let value = (Float(magnitude) + (magnitude > 0 ? centroid : 0)) * step
  return Float(bitPattern: value.bitPattern ^ UInt32(bitPattern: sign) & 0x8000_0000)
}
