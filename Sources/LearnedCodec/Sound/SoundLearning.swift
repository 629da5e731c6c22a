import Signals
import Wavelets

/// Sums from which the means of the bands that round to a symbol follow.
package struct SymbolCentres: Sendable {
  private var sums = [Double](repeating: 0, count: 3)
  private var counts = [Double](repeating: 0, count: 3)

  /// No symbols yet.
  package init() {}

  /// Mean distances from the symbol, in steps: for magnitudes 1, 2 and larger ones. Shape [3].
  package var means: [Float] { zip(sums, counts).map { Float($0 / max($1, 1)) } }

  /// Adds bands, their symbols and what they decode to without centres.
  fileprivate mutating func add(_ bands: [Float], _ symbols: [Int32], decoded: [Float]) {
    for index in symbols.indices where symbols[index] != 0 {
      let magnitude = symbols[index].magnitude
      let kind = Int(min(magnitude, 3)) - 1
      sums[kind] += Double((bands[index] / decoded[index] - 1) * Float(magnitude))
      counts[kind] += 1
    }
  }
}

extension SoundCodec {
  /// Learns the probabilities of the symbols of a sound, by coding it, and adds to `centres`.
  ///
  /// - Parameter audio: whole patches.
  package mutating func learn(
    from audio: Audio, sampleRate: Int, quality: Quality, tuning: SoundOptions.Tuning,
    centres: inout SymbolCentres
  ) {
    let patches = audio.frames / LappedTransform.patchFrames
    let container = SoundContainer(
      format: AudioFormat(sampleRate: sampleRate, channels: audio.channels, frames: audio.frames),
      codecHash: hash, quality: quality, hasBandSteps: tuning == .ear,
      coefficients: LappedTransform.patchFrames, segmentPatches: patches)
    let spectra = analyze(
      SegmentReader.Window(segment: 0, audio: audio, patches: 0..<patches), container,
      transform: LappedTransform())
    let symbols = quantize(
      spectra, quality: quality,
      bandSteps: container.hasBandSteps ? spectra.bandSteps(sampleRate: sampleRate) : [])
    var plain = self
    plain.centroids = [0, 0, 0]
    centres.add(
      spectra.values, symbols.values, decoded: plain.dequantize(symbols, quality: quality).values)
    tables = tables.learned(from: symbols, coefficients: container.coefficients)
  }
}

extension SpectrumTables {
  /// Keeps what was learned but trusts it as little as a few decisions, so that the first symbols of
  /// a segment still move it.
  package mutating func forget() {
    mixer.contexts = mixer.contexts.map { $0.forgetting(beyond: Self.trusted) }
    side = side.map { $0.forgetting(beyond: Self.trusted) }
  }

  /// Decisions that a frozen probability counts as; chosen on held-out music.
  private static let trusted: UInt32 = 40
}
