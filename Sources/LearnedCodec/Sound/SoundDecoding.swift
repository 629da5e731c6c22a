import Signals
import Wavelets

extension SoundCodec {
  /// Decodes a container to the frames of its sound, segment by segment.
  ///
  /// Memory is that of a few segments. The result does not depend on the number of threads.
  /// Segments that are marked as damaged come back silent.
  /// - Parameters:
  ///   - container: of this codec.
  ///   - sink: takes frames of shape [format.channels, any], and is finished at the end.
  ///   - threads: segments worked on at a time, at least 1.
  ///   - file: what errors call it.
  /// - Throws: `ContainerError` when the container is of another codec, or what the sink throws.
  public func decode(
    _ container: SoundContainer, to sink: any AudioSink, threads: Int = 1,
    file: String = "the file"
  ) async throws {
    try check(container, file: file)
    let transform = LappedTransform()
    let count = container.segments.count
    // Spectra of the last segment of the batch before, of the batch, and of the one after it.
    var ready: [Int: Spectra] = [:]
    for first in stride(from: 0, to: count, by: max(threads, 1)) {
      let batch = first..<min(first + max(threads, 1), count)
      let missing = (batch.lowerBound..<min(batch.upperBound + 1, count)).filter {
        ready[$0] == nil
      }
      let decoded = await concurrentMap(missing, threads: threads) { spectra($0, container) }
      for (segment, spectra) in zip(missing, decoded) { ready[segment] = spectra }
      let known = ready
      let sounds = await concurrentMap(batch, threads: threads) { segment in
        audio(
          of: segment, in: container, known[segment]!, before: known[segment - 1],
          after: known[segment + 1], transform)
      }
      for sound in sounds { try sink.write(sound) }
      ready = ready.filter { $0.key >= batch.upperBound - 1 }
    }
    try sink.finish()
  }

  /// The frames of one segment alone: the same as among all.
  /// - Throws: `ContainerError` when the container is of another codec.
  package func audio(
    decoding container: SoundContainer, segment: Int, file: String = "the file"
  ) throws(ContainerError) -> Audio {
    try check(container, file: file)
    precondition(container.segments.indices.contains(segment), "no such segment")
    return audio(
      of: segment, in: container, spectra(segment, container),
      before: segment > 0 ? spectra(segment - 1, container) : nil,
      after: segment + 1 < container.segments.count ? spectra(segment + 1, container) : nil,
      LappedTransform())
  }

  /// Bands of a segment of a container.
  /// - Throws: `ContainerError` when the container is of another codec.
  package func spectra(
    decoding container: SoundContainer, segment: Int, file: String
  ) throws(ContainerError) -> Spectra {
    try check(container, file: file)
    return spectra(segment, container)
  }

  /// Bands of all segments of a container, one after the other; those of damaged segments are zero.
  /// - Parameters:
  ///   - container: of this codec.
  ///   - threads: segments worked on at a time, at least 1.
  ///   - file: what errors call it.
  /// - Throws: `ContainerError` when the container is of another codec.
  public func spectra(
    decoding container: SoundContainer, threads: Int = 1, file: String = "the file"
  ) async throws -> Spectra {
    try check(container, file: file)
    let parts = await concurrentMap(container.segments.indices, threads: threads) {
      spectra($0, container)
    }
    return Spectra(
      blockLevels: parts.flatMap(\.blockLevels), angles: parts.flatMap(\.angles),
      values: parts.flatMap(\.values), channels: container.format.channels)
  }

  private func check(_ container: SoundContainer, file: String) throws(ContainerError) {
    guard container.codecHash == hash else {
      throw .otherCodec(file: file, made: container.codecHash, given: name, hash: hash)
    }
  }

  /// Symbols of a segment.
  func symbols(decoding container: SoundContainer, segment: Int) -> SpectrumSymbols {
    let coded = container.segments[segment]
    let patches = patches(of: segment, in: container)
    guard coded.isIntact else {
      return SpectrumSymbols(
        patches: patches, channels: container.format.channels,
        hasBandSteps: container.hasBandSteps)
    }
    return tables.decode(
      coded.symbols[...], patches: patches, channels: container.format.channels,
      coefficients: container.coefficients, hasBandSteps: container.hasBandSteps)
  }

  private func spectra(_ segment: Int, _ container: SoundContainer) -> Spectra {
    dequantize(
      symbols(decoding: container, segment: segment), quality: container.quality,
      scale: container.scale)
  }

  /// Patches of a segment.
  private func patches(of segment: Int, in container: SoundContainer) -> Int {
    let patch = LappedTransform.patchFrames
    let all = ((container.format.frames ?? 0) + patch - 1) / patch
    return min(container.segmentPatches, all - segment * container.segmentPatches)
  }

  private func audio(
    of segment: Int, in container: SoundContainer, _ spectra: Spectra, before: Spectra?,
    after: Spectra?, _ transform: LappedTransform
  ) -> Audio {
    let patch = LappedTransform.patchFrames
    let halo = SoundLayout.synthesisHalo
    var window = spectra
    var first = 0
    if let before {
      window = before.patches(before.blockLevels.count - halo..<before.blockLevels.count)
        .followed(by: window)
      first = halo
    }
    if let after { window = window.followed(by: after.patches(0..<halo)) }
    let start = segment * container.segmentPatches * patch
    let end = min(start + spectra.blockLevels.count * patch, container.format.frames ?? 0)
    return window.audio(transform: transform).frames(first * patch..<first * patch + end - start)
  }
}

extension Spectra {
  /// The patches in `range`.
  fileprivate func patches(_ range: Range<Int>) -> Spectra {
    let size = channels * LappedTransform.patchFrames
    let pairs = channels / 2
    return Spectra(
      blockLevels: Array(blockLevels[range]),
      angles: Array(angles[range.lowerBound * pairs..<range.upperBound * pairs]),
      values: Array(values[range.lowerBound * size..<range.upperBound * size]), channels: channels)
  }

  /// These patches with `other` after them.
  fileprivate func followed(by other: Spectra) -> Spectra {
    Spectra(
      blockLevels: blockLevels + other.blockLevels, angles: angles + other.angles,
      values: values + other.values,
      channels: channels)
  }
}
