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
    let values = [Float](unsafeUninitializedCapacity: symbols.values.count) { values, count in
      dequantize(symbols, step: step, into: values.extracting(..<symbols.values.count))
      count = symbols.values.count
    }
    return Latents(
      patchRows: symbols.patchRows, patchColumns: symbols.patchColumns,
      channels: symbols.channels, values: values)
  }

  /// Likewise, to as many numbers as there are symbols.
  func dequantize(
    _ symbols: Symbols, step: Float, into values: UnsafeMutableBufferPointer<Float>
  ) {
    let channels = symbols.channels
    // With it every index lies within the buffers: anyone may change values that are public.
    precondition(
      symbols.values.count == symbols.patchRows * symbols.patchColumns * channels
        && values.count == symbols.values.count && channels * 2 <= centroids.count,
      "symbols of another shape")
    // By how many steps magnitudes of 1 lie above their means, and larger ones.
    let one = (0..<channels).map { centroids[$0 * 2] }
    let larger = (0..<channels).map { centroids[$0 * 2 + 1] }
    symbols.values.withUnsafeBufferPointer { symbols in
      one.withUnsafeBufferPointer { one in
        larger.withUnsafeBufferPointer { larger in
          for patch in stride(from: 0, to: symbols.count, by: max(channels, 1)) {
            // In vectors: no branches.
            for channel in 0..<channels {
              let symbol = symbols[patch &+ channel]
              let isLarger = symbol.magnitude > 1
              values[patch &+ channel] = dequantized(
                symbol, centroid: isLarger ? larger[channel] : one[channel], step: step)
            }
          }
        }
      }
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
