import Signals
import Synchronization
import Wavelets

extension PictureCodec {
  /// Decodes a container to the rows of its picture: the whole pipeline, strip by strip.
  ///
  /// Of every strip comes first what depends on it alone: symbols, and packets of the matrix. When
  /// those of its neighbours are there as well its samples are synthesised. Memory is that of a few
  /// strips. The result does not depend on the number of threads. Strips that are marked as damaged
  /// come back black.
  /// - Parameters:
  ///   - container: of this codec.
  ///   - sink: takes rows of shape [format.planes, any, format.width], and is finished at the end.
  ///   - threads: strips worked on at a time, at least 1; of a picture with fewer strips, parts.
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
    let threads = max(threads, 1)
    let parts = layout.synthesisParts(atLeast: threads)
    /// The strips that a part is made from.
    func near(_ part: Int) -> Range<Int> {
      part < parts.count
        ? layout.strips(of: layout.synthesisWindow(of: parts[part])) : layout.count..<layout.count
    }
    var strips = [DecodedStrip?](repeating: nil, count: layout.count)
    var pictures = [Image?](repeating: nil, count: parts.count)
    var (nextDecoded, nextSynthesized, nextWritten, running) = (0, 0, 0, 0)
    try await withThrowingTaskGroup(of: Finished.self) { group in
      while nextWritten < parts.count {
        while running < threads {
          let needed = near(nextSynthesized)
          let window = strips[needed].compactMap { $0 }
          if !needed.isEmpty, window.count == needed.count {
            let part = nextSynthesized
            // Out of it they can be taken, and freed as soon as they are no longer needed.
            let window = Mutex(window)
            group.addTask {
              let strips = window.withLock { exchange(&$0, with: []) }
              return .picture(
                part, picture(of: parts[part], from: strips, synthesis, container, layout))
            }
            nextSynthesized += 1
            for strip in needed
              .lowerBound..<max(near(nextSynthesized).lowerBound, needed.lowerBound)
            {
              strips[strip] = nil
            }
          } else if nextDecoded < near(min(nextWritten + threads, parts.count) - 1).upperBound {
            let strip = nextDecoded
            group.addTask {
              .strip(strip, decode(strip: strip, of: container, synthesis, layout))
            }
            nextDecoded += 1
          } else {
            break
          }
          running += 1
        }
        switch try await group.next() {
        case .strip(let strip, let result): strips[strip] = result
        case .picture(let part, let result): pictures[part] = result
        case nil: break
        }
        running -= 1
        while nextWritten < parts.count, let picture = pictures[nextWritten] {
          pictures[nextWritten] = nil
          try sink.write(picture)
          nextWritten += 1
        }
      }
    }
    try sink.finish()
  }

  private enum Finished: Sendable {
    case strip(Int, DecodedStrip)
    case picture(Int, Image)
  }

  /// What depends on a strip alone.
  private struct DecodedStrip: Sendable {
    let packets: PacketRows
    /// Shape [rows, width]; empty for pictures without.
    let alpha: [UInt16]
    /// What is drawn over the picture; nil for nothing.
    let graphics: GraphicsLayer?
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
    guard !container.hasGraphics || layout.hasCells(container.format) else {
      throw .invalid(file: file, field: "flags", value: 4, offset: 11)
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
      coded.isIntact ? coded.symbols : [], patchRows: rows,
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

  private func decode(
    strip: Int, of container: PictureContainer, _ synthesis: Synthesis, _ layout: StripLayout
  ) -> DecodedStrip {
    let (format, coded) = (container.format, container.strips[strip])
    var alpha: [UInt16] = []
    if format.hasAlpha {
      let count = layout.rows(of: layout.patchRows(of: strip)).count * format.width
      alpha =
        coded.isIntact
        ? decodeAlpha(
          coded.alpha, count: count, width: format.width,
          bits: format.sampleType == .uint16 ? 16 : 8)
        : [UInt16](repeating: UInt16(format.sampleType.maximum ?? 1), count: count)
    }
    let decoder = StripDecoder(
      coded.isIntact ? coded.symbols : nil, of: synthesis.operatingPoint,
      patchRows: layout.patchRows(of: strip).count, patchColumns: layout.patchColumns,
      channels: container.channels, pyramid: pyramid)
    return DecodedStrip(
      packets: synthesis.packets(of: decoder), alpha: alpha,
      graphics: graphics(of: container, strip: strip, layout))
  }

  /// The graphics of a strip; nil where it has none.
  func graphics(of container: PictureContainer, strip: Int, _ layout: StripLayout) -> GraphicsLayer?
  {
    let (format, bytes) = (container.format, container.strips[strip].graphics)
    guard !bytes.isEmpty, let maximum = format.scale else { return nil }
    return GraphicsLayer(
      decoding: bytes, width: format.width,
      height: layout.rows(of: layout.patchRows(of: strip)).count, channels: format.channels,
      bits: maximum > 255 ? 16 : 8)
  }

  /// The picture of some patch rows of a strip, all planes, in the units of its sample type, from
  /// the strips that they depend on.
  private func picture(
    of rows: Range<Int>, from strips: consuming [DecodedStrip], _ synthesis: Synthesis,
    _ container: PictureContainer, _ layout: StripLayout
  ) -> Image {
    let format = container.format
    let window = layout.synthesisWindow(of: rows)
    let (near, strip) = (layout.strips(of: window), layout.strips(of: rows).lowerBound)
    let shown = layout.rows(of: rows).shifted(
      by: -layout.rows(of: layout.patchRows(of: strip)).lowerBound)
    let (alpha, graphics) = (
      strips[strip - near.lowerBound].alpha, strips[strip - near.lowerBound].graphics
    )
    let parts = zip(near, consume strips).map { index, strip in
      let own = layout.patchRows(of: index)
      return (strip.packets, own.clamped(to: window).shifted(by: -own.lowerBound))
    }
    var image = synthesis.image(
      of: parts, rows: rows.shifted(by: -window.lowerBound), width: format.width,
      height: layout.rows(of: window).count
    ) { SampleScale.denormalize($0, format) }
    graphics?.draw(
      from: shown.lowerBound, shown.count, over: &image, channels: format.channels)
    guard format.hasAlpha else { return image }
    image.samples += alpha[shown.lowerBound * format.width..<shown.upperBound * format.width].map {
      Float($0)
    }
    return Image(
      width: format.width, height: shown.count, planes: format.planes, samples: image.samples)
  }
}

extension Range<Int> {
  fileprivate func shifted(by offset: Int) -> Range {
    lowerBound + offset..<upperBound + offset
  }
}
