import Signals
import Wavelets

extension PictureCodec {
  /// Decodes a container to the rows of its picture: the whole pipeline, strip by strip.
  ///
  /// Latents of a strip are decoded first; when those of its neighbours are there as well it is
  /// synthesised. Memory is that of a few strips. The result does not depend on the number of
  /// threads. Strips that are marked as damaged come back black.
  /// - Parameters:
  ///   - container: of this codec.
  ///   - sink: takes rows of shape [format.planes, any, format.width], and is finished at the end.
  ///   - threads: strips worked on at a time, at least 1.
  ///   - file: what errors call it.
  /// - Throws: `ContainerError` when the container is of another codec or impossible, or what the
  ///   sink throws.
  public func decode(
    _ container: PictureContainer, to sink: any ImageSink, threads: Int = 1,
    file: String = "the file"
  ) async throws {
    let layout = try layout(of: container, file: file)
    let synthesis = Synthesis(
      tuned(for: container.tuning), quality: container.quality, channels: container.channels)
    var latents = [Latents?](repeating: nil, count: layout.count)
    var pictures = [Image?](repeating: nil, count: layout.count)
    var (nextDecoded, nextSynthesized, nextWritten, running) = (0, 0, 0, 0)
    try await withThrowingTaskGroup(of: DecodedStrip.self) { group in
      while nextWritten < layout.count {
        while running < max(threads, 1) {
          let last = min(nextSynthesized + 1, layout.count - 1)
          if nextSynthesized < layout.count, latents[last] != nil, latents[nextSynthesized] != nil {
            let strip = nextSynthesized
            let near = (max(strip - 1, 0)...last).map { ($0, latents[$0]!) }
            group.addTask {
              .picture(
                strip, picture(of: strip, latents: near, synthesis, container, layout: layout))
            }
            if strip > 0 { latents[strip - 1] = nil }
            nextSynthesized += 1
          } else if nextDecoded < min(layout.count, nextWritten + max(threads, 1) + 1) {
            let strip = nextDecoded
            group.addTask {
              .latents(
                strip,
                dequantize(
                  symbols(decoding: container, strip: strip, layout: layout),
                  quality: container.quality))
            }
            nextDecoded += 1
          } else {
            break
          }
          running += 1
        }
        switch try await group.next() {
        case .latents(let strip, let result): latents[strip] = result
        case .picture(let strip, let result): pictures[strip] = result
        case nil: break
        }
        running -= 1
        while nextWritten < layout.count, let picture = pictures[nextWritten] {
          pictures[nextWritten] = nil
          try sink.write(picture)
          nextWritten += 1
        }
      }
    }
    try sink.finish()
  }

  private enum DecodedStrip: Sendable {
    case latents(Int, Latents)
    case picture(Int, Image)
  }

  /// How the picture of a container is cut, once it is known that this codec can decode it.
  func layout(of container: PictureContainer, file: String) throws(ContainerError) -> StripLayout {
    guard container.codecHash == hash else {
      throw .otherCodec(file: file, made: container.codecHash, given: name, hash: hash)
    }
    guard container.tuning == .psnr || eyeWeights != nil else {
      throw .invalid(
        file: file, field: "flags", value: container.format.hasAlpha ? 3 : 2, offset: 11)
    }
    guard container.format.channels == planes else {
      throw .invalid(file: file, field: "channels", value: container.format.channels, offset: 28)
    }
    guard container.channels <= channels else {
      throw .invalid(file: file, field: "latent channels", value: container.channels, offset: 30)
    }
    let layout = StripLayout(
      format: container.format, codec: self, stripPatchRows: container.stripPatchRows)
    guard layout.stripPatchRows == container.stripPatchRows,
      layout.isDecodable(dimension: dimension)
    else {
      throw .invalid(file: file, field: "strip height", value: container.stripPatchRows, offset: 36)
    }
    guard layout.count == container.strips.count else {
      throw .invalid(file: file, field: "strip count", value: container.strips.count, offset: 40)
    }
    return layout
  }

  /// Decodes the symbols of one strip of a container that `layout` was made for.
  func symbols(
    decoding container: PictureContainer, strip: Int, layout: StripLayout
  ) -> StripSymbols {
    let rows = layout.patchRows(of: strip).count
    let coded = container.strips[strip]
    var symbols = operatingPoint(at: container.quality).decode(
      coded.isIntact ? coded.symbols[...] : [], patchRows: rows,
      patchColumns: layout.patchColumns, channels: container.channels, pyramid: pyramid)
    if !coded.isIntact {
      // Even no bytes decode to some symbols; what is promised is black.
      for index in symbols.resolutions.indices {
        let count = symbols.resolutions[index].values.count
        symbols.resolutions[index].values = [Int32](repeating: 0, count: count)
      }
    }
    return symbols
  }

  /// The picture of a strip, all planes, in the units of its sample type, from the latents of it
  /// and of its neighbours.
  private func picture(
    of strip: Int, latents near: [(Int, Latents)], _ synthesis: Synthesis,
    _ container: PictureContainer, layout: StripLayout
  ) -> Image {
    let format = container.format
    let window = layout.synthesisWindow(of: strip)
    let rows = layout.rows(of: layout.patchRows(of: strip))
    var values: [Float] = []
    values.reserveCapacity(window.count * layout.patchColumns * container.channels)
    for (index, latents) in near {
      let stripRows = layout.patchRows(of: index)
      let shared = stripRows.clamped(to: window)
      values +=
        latents.rows(
          shared.lowerBound - stripRows.lowerBound..<shared.upperBound - stripRows.lowerBound
        ).values
    }
    let latents = Latents(
      patchRows: window.count, patchColumns: layout.patchColumns, channels: container.channels,
      values: values)
    let own = layout.patchRows(of: strip)
    var image = synthesis.image(
      of: latents, rows: own.lowerBound - window.lowerBound..<own.upperBound - window.lowerBound,
      width: format.width, height: layout.rows(of: window).count)
    SampleScale.denormalize(&image.samples, format)
    guard format.hasAlpha else { return image }
    let coded = container.strips[strip]
    let count = rows.count * format.width
    let alpha =
      coded.isIntact
      ? decodeAlpha(
        coded.alpha, count: count, width: format.width,
        bits: format.sampleType == .uint16 ? 16 : 8
      ).map { Float($0) }
      : [Float](repeating: format.sampleType.maximum ?? 1, count: count)
    return Image(
      width: format.width, height: rows.count, planes: format.planes,
      samples: image.samples + alpha)
  }
}
