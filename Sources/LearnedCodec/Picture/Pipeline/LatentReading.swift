import Signals
import Wavelets

extension PictureCodec {
  /// The dequantised latents of a whole container, by entropy decoding alone: what learning reads.
  ///
  /// Runs on the calling thread; many files are what is read in parallel.
  /// - Parameters:
  ///   - container: its strips are intact.
  ///   - count: the first channels to keep, all that are coded when nil or when there are fewer.
  ///   - file: what errors call it.
  /// - Returns: shape [patch rows, patch columns, channels].
  /// - Throws: `ContainerError` when the container is of another codec, impossible or damaged.
  public func latents(
    decoding container: PictureContainer, channels count: Int? = nil, file: String = "the file"
  ) throws(ContainerError) -> Latents {
    let layout = try layout(of: container, file: file)
    let coded = min(count ?? container.channels, container.channels)
    let size = layout.patchRows * layout.patchColumns * coded
    var failure: ContainerError?
    let values = [Float](unsafeUninitializedCapacity: size) { values, initialized in
      do throws(ContainerError) {
        try readLatents(of: container, into: values.extracting(..<size), file: file)
        initialized = size
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
    return Latents(
      patchRows: layout.patchRows, patchColumns: layout.patchColumns, channels: coded,
      values: values)
  }

  /// Likewise, into the caller's memory: on the calling thread, without a matrix product.
  ///
  /// - Parameter values: room for as many channels of all patches as are wanted, at most those that
  ///   are coded: shape [patch rows, patch columns, channels].
  package func readLatents(
    of container: PictureContainer, into values: UnsafeMutableBufferPointer<Float>,
    file: String = "the file"
  ) throws(ContainerError) {
    let layout = try layout(of: container, file: file)
    let patches = layout.patchRows * layout.patchColumns
    let channels = values.count / max(patches, 1)
    precondition(
      values.count == patches * channels && channels <= container.channels,
      "room for other channels")
    if container.hasGraphics {
      return try readDrawnLatents(of: container, layout, into: values, file: file)
    }
    let models = operatingPoint(at: container.quality).models
    // What `tuned(for:)` has beside matrices, which nothing is multiplied with here.
    var codec = self
    (codec.masking, codec.steps) = (masking(for: container.tuning), steps(for: container.tuning))
    var first = 0
    for strip in 0..<layout.count {
      guard container.strips[strip].isIntact else {
        throw .damaged(file: file, section: "strip \(strip)", offset: 0)
      }
      let symbols = symbols(decoding: container, strip: strip, layout: layout)
      let count = symbols.patchRows * symbols.patchColumns * channels
      let part = values.extracting(first..<first + count)
      if pyramidLevels == 0, channels == container.channels {
        models[0].dequantize(
          symbols.resolutions[0], step: codec.steps.step(at: container.quality),
          factors: inverseWeights(channels: channels, container.tuning), into: part)
      } else {
        let latents = codec.dequantize(symbols, quality: container.quality)
          .prefix(channels: channels)
        _ = part.update(from: latents.values)
        untune(part, channels: channels, container.tuning)
      }
      first += count
    }
  }

  /// Likewise, of a container with graphics: the latents of the picture that it decodes to, as those of
  /// its symbols know nothing of them.
  private func readDrawnLatents(
    of container: PictureContainer, _ layout: StripLayout,
    into values: UnsafeMutableBufferPointer<Float>, file: String
  ) throws(ContainerError) {
    var plain = container
    for strip in plain.strips.indices { plain.strips[strip].graphics = [] }
    let latents = try latents(decoding: plain, file: file)
    var format = container.format
    format.hasAlpha = false
    var image = reconstruct(
      latents, quality: container.quality, tuning: container.tuning, format: format)
    for strip in 0..<layout.count {
      let rows = layout.rows(of: layout.patchRows(of: strip))
      graphics(of: container, strip: strip, layout)?.draw(
        from: 0, rows.count, over: &image, at: rows.lowerBound, channels: format.channels)
    }
    let bands = Subbands(analyzing: SampleScale.normalized(image, format), levels: levels)
    let count = values.count / max(layout.patchRows * layout.patchColumns, 1)
    _ = values.update(from: project(bands, channels: count).values)
  }

  /// The dequantised latents that a picture's file would have, without making the file.
  ///
  /// They are those of `latents(decoding: container)` after `encode` with the same options, bit for
  /// bit. Runs on the calling thread.
  /// - Returns: shape [patch rows, patch columns, channels].
  /// - Throws: `CodingError`, or what the source throws.
  public func latents(
    encoding source: any ImageSource, options: PictureOptions
  ) throws -> Latents {
    let (format, coded) = (source.format, options.channels ?? channels)
    let layout = try layout(for: format, options: options)
    let (tuning, options) = try settled(options, format)
    let codec = tuned(for: tuning)
    let (rows, graphics) = options.analyzed(source, layout)
    var reader = WindowReader(rows, layout: layout)
    var values: [Float] = []
    values.reserveCapacity(layout.patchRows * layout.patchColumns * coded)
    var strips: [(symbols: StripSymbols, cells: GraphicsCells?)] = []
    for strip in 0..<layout.count {
      let bands = try bands(
        of: reader.window(of: strip), strip: strip, layout: layout, format: format)
      let symbols = codec.chooseSymbols(
        for: codec.project(bands, channels: coded), of: bands, quality: options.quality,
        effort: options.effort)
      values += codec.dequantize(symbols, quality: options.quality).values
      guard let graphics else { continue }
      let rows = layout.rows(of: layout.patchRows(of: strip))
      strips.append((symbols, graphics.take(rows, width: format.width)))
    }
    if strips.contains(where: { $0.cells != nil }) {
      // What is drawn goes through the file.
      let point = operatingPoint(at: options.quality)
      return try latents(
        decoding: PictureContainer(
          format: format, codecHash: hash, channels: coded, quality: options.quality,
          tuning: tuning, stripPatchRows: layout.stripPatchRows,
          strips: strips.map {
            PictureContainer.Strip(
              symbols: point.encode($0.symbols)[...],
              graphics: codec.encode($0.cells, format, quality: options.quality)[...])
          }))
    }
    values.withUnsafeMutableBufferPointer { untune($0, channels: coded, tuning) }
    return Latents(
      patchRows: layout.patchRows, patchColumns: layout.patchColumns, channels: coded,
      values: values)
  }

  /// The bands of a whole picture as an encoder sees it: of its colours without alpha, as 0...255
  /// whatever their type, and made up smoothly where an alpha of zero hides them.
  ///
  /// - Parameters:
  ///   - image: shape [format.planes, format.height, format.width].
  ///   - format: what its file says.
  /// - Throws: `CodingError` where the codec is for other pictures, or a band is not a finite number.
  public func analyze(_ image: Image, format: ImageFormat) throws -> Subbands {
    // A picture of one strip.
    let options = PictureOptions(quality: .standard, stripRows: format.height)
    let layout = try layout(for: format, options: options)
    let seen = try options.analyzed(ImageRows(image, format: format)).rows
      .nextRows(format.height)
    let bands = try bands(of: seen, strip: 0, layout: layout, format: format)
    guard bands.coefficients.allSatisfy({ $0.isFinite }) else {
      throw CodingError.notFinite(row: 0)
    }
    return bands
  }

  /// The picture of dequantised latents as a file holds it: rounded and within the range of its
  /// sample type.
  ///
  /// - Parameters:
  ///   - latents: of a picture of this format, on the codec's grid of patches.
  ///   - quality: at which they were quantised.
  ///   - tuning: that of their file, or `psnr` for those of `dequantize`: which network there is for
  ///     them.
  ///   - format: an alpha plane is left to the caller.
  /// - Returns: shape [format.channels, format.height, format.width].
  public func reconstruct(
    _ latents: Latents, quality: Quality, tuning: PictureOptions.Tuning = .psnr,
    format: ImageFormat
  ) -> Image {
    precondition(
      format.channels == planes
        && grid(width: format.width, height: format.height)
          == (latents.patchRows, latents.patchColumns),
      "latents of another picture")
    var codec = self
    (codec.network, codec.steps) = (network(for: tuning), steps(for: tuning))
    var image = codec.synthesize(
      latents, quality: quality, width: format.width, height: format.height)
    SampleScale.denormalize(&image.samples, format)
    return image
  }

  /// Rows and columns of patches of a picture.
  package func grid(width: Int, height: Int) -> (rows: Int, columns: Int) {
    ((height + patchSide - 1) / patchSide, (width + patchSide - 1) / patchSide)
  }
}

extension Latents {
  /// The first channels of every patch: shape [patchRows, patchColumns, count], count at most
  /// `channels`.
  package func prefix(channels count: Int) -> Latents {
    precondition(count <= channels, "more channels than there are")
    guard count < channels else { return self }
    var part: [Float] = []
    part.reserveCapacity(patchRows * patchColumns * count)
    for start in stride(from: 0, to: values.count, by: channels) {
      part += values[start..<start + count]
    }
    return Latents(
      patchRows: patchRows, patchColumns: patchColumns, channels: count, values: part)
  }
}
