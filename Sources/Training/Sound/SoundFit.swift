import EntropyCoding
import LearnedCodec
import Signals
import Wavelets

/// Sounds to fit a codec to, read one at a time, any number of times.
public struct TrainingSounds: Sendable {
  /// How many there are.
  public let count: Int
  /// Opens sound `index`; nil for one that cannot be used.
  public let open: @Sendable (_ index: Int) throws -> (any AudioSource)?
  /// Told why sound `index` is left out: it cannot be read to its end, or has a sample that is no
  /// finite number.
  public let leftOut: @Sendable (_ index: Int, _ reason: any Error) -> Void

  /// Sounds that `open` opens.
  public init(
    count: Int, open: @escaping @Sendable (_ index: Int) throws -> (any AudioSource)?,
    leftOut: @escaping @Sendable (_ index: Int, _ reason: any Error) -> Void = { _, _ in }
  ) {
    self.count = count
    self.open = open
    self.leftOut = leftOut
  }
}

/// The fit of a codec of sound: there is no matrix to find, so it is the entropy model's
/// probabilities, learned by coding, and the centres of the symbols.
public struct SoundFit: Sendable {
  /// Steps of the codec: 16 to 320 kbit/s for most stereo music.
  package var steps = StepRange(coarsest: 0.16, finest: 0.0005)
  /// How much further than half a step a magnitude must reach beyond the one below to be kept, in
  /// steps: for magnitudes 1, 2 and larger ones. Shape [3]. Found on held-out music, where 0.1 to
  /// 0.2 for the first made no difference.
  public var deadZones: [Float] = [0.15, 0.08, 0.05]
  /// Seconds that are taken from the middle of each sound at most.
  public var seconds = 60
  /// Qualities that are coded, in turn.
  private static let qualities: [Double] = [5, 20, 35, 50, 65, 80, 95]

  /// A fit with the usual steps.
  public init() {}

  /// A codec, and what it was fitted to.
  public struct Outcome: Sendable {
    /// The codec, not yet saved.
    public var codec: SoundCodec
    /// Sounds used.
    public var sounds: Int
    /// Sounds left out.
    public var skipped: Int
  }

  /// Fits a codec: each sound is coded at three of the qualities, with and without steps of bands.
  ///
  /// Sounds that cannot be read or coded are left out.
  /// - Parameters:
  ///   - sounds: to fit to, each opened once.
  ///   - progress: called with the share that is done, 0...1.
  /// - Throws: `FitError` where there is no sound.
  public func run(on sounds: TrainingSounds, progress: (Double) -> Void) throws -> Outcome {
    var codec = SoundCodec(
      name: "", hash: 0, steps: steps, deadZones: deadZones, centroids: [0, 0, 0],
      tables: SpectrumTables())
    var centres = SymbolCentres()
    var used = 0
    for index in 0..<sounds.count {
      progress(Double(index) / Double(sounds.count))
      let (audio, sampleRate): (Audio, Int)
      do {
        guard let source = try sounds.open(index), let part = try excerpt(source) else { continue }
        (audio, sampleRate) = (part, source.format.sampleRate)
      } catch {
        sounds.leftOut(index, error)
        continue
      }
      used += 1
      for turn in 0..<3 {
        let quality = Quality(Self.qualities[(index + turn * 5) % Self.qualities.count])
        codec.learn(
          from: audio, sampleRate: sampleRate, quality: quality,
          tuning: (index + turn) % 2 == 0 ? .ear : .snr, centres: &centres)
      }
    }
    guard used > 0 else { throw FitError.noSounds }
    codec.centroids = centres.means
    codec.tables.forget()
    progress(1)
    return Outcome(codec: codec, sounds: used, skipped: sounds.count - used)
  }

  /// Whole patches from the middle of a sound, at full scale; nil for one without any.
  private func excerpt(_ source: any AudioSource) throws -> Audio? {
    var audio = Audio(frames: 0, channels: source.format.channels)
    while true {
      let more = try source.nextFrames(1 << 16)
      if more.frames == 0 { break }
      guard more.samples.allSatisfy({ $0.isFinite }) else {
        throw CodingError.notFiniteSound(frame: audio.frames)
      }
      audio = audio.followed(by: more)
    }
    let patch = LappedTransform.patchFrames
    let count = min(seconds * source.format.sampleRate, audio.frames) / patch * patch
    let start = (audio.frames - count) / 2
    guard count > 0 else { return nil }
    var part = audio.frames(start..<start + count)
    let scale = try SoundScale.scale(peak: part.samples.reduce(0) { max($0, abs($1)) })
    let factor = Float(sign: .plus, exponent: -scale, significand: 1)
    if scale > 0 { for index in part.samples.indices { part.samples[index] *= factor } }
    return part
  }
}
