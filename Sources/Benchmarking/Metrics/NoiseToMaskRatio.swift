import Foundation
import Signals

/// How far noise lies above or below what the sound itself masks, after PEAQ's basic version: the
/// model output variables Total NMR and RelDistFrames of ITU-R BS.1387-1, annex 2, 4.5 and 4.6.
///
/// The noise in a band is that of the magnitudes of original and copy: phase counts for nothing.
/// Other than in the standard, silence at the ends of a sound is not cut off, and the ratios of all
/// channels have one mean.
package struct NoiseToMaskRatio: Sendable, Equatable {
  /// Mean over bands, frames and channels of the ratio of noise to mask, in dB. About -10 and less is
  /// inaudible; minus infinity where there is no noise.
  package let total: Double
  /// Share of the frames in which noise reaches 1.5 dB above the mask in some band, 0...1.
  package let disturbedShare: Double

  /// Compares two sounds; nil where the sample rate is too low for any band of hearing, or the
  /// sounds are shorter than a frame of the model, of about 43 ms, which sees nothing of their ends.
  ///
  /// - Parameters:
  ///   - audio: shape [channels, frames].
  ///   - original: the same shape.
  ///   - sampleRate: of both, in hertz.
  package init?(of audio: Audio, against original: Audio, sampleRate: Int) {
    var meter = NoiseToMaskMeter(channels: original.channels, sampleRate: sampleRate)
    meter.add(audio, original: original)
    guard let ratio = meter.ratio else { return nil }
    self = ratio
  }

  fileprivate init(total: Double, disturbedShare: Double) {
    (self.total, self.disturbedShare) = (total, disturbedShare)
  }
}

/// Measures a noise-to-mask ratio of sounds that come a few frames at a time, in memory for one
/// frame of the model beside them.
struct NoiseToMaskMeter: Sendable {
  private let model: EarModel
  private var channels: [Channel]
  /// Frames of the sounds from the first one on that the model has not passed.
  private var copy: Audio
  private var original: Audio
  /// Frames of the sounds that have come.
  private var count = 0
  /// Frames of the model that are measured.
  private var measured = 0

  /// What is known of a channel.
  private struct Channel {
    var smoothed: [Double]
    /// Of ratios, over bands and frames.
    var sum = 0.0
    var disturbed = 0
  }

  /// A meter that has seen nothing of sounds of so many channels, at a rate in hertz.
  init(channels: Int, sampleRate: Int) {
    model = EarModel(sampleRate: sampleRate)
    let silence = [Double](repeating: 0, count: model.centres.count)
    self.channels = [Channel](repeating: Channel(smoothed: silence), count: channels)
    copy = Audio(frames: 0, channels: channels)
    original = copy
  }

  /// Frames that sounds need to be measured.
  var smallestCount: Int { model.spectrum.size }
  /// Whether there are bands of hearing below half the sample rate.
  var hasBands: Bool { !model.centres.isEmpty }

  /// Appends frames of both sounds, of one shape [channels, any].
  mutating func add(_ copy: Audio, original: Audio) {
    precondition(
      copy.frames == original.frames && copy.channels == original.channels
        && copy.channels == channels.count, "sounds of other shapes")
    guard hasBands else { return }
    count += copy.frames
    self.copy = self.copy.frames == 0 ? copy : self.copy.followed(by: copy)
    self.original = self.original.frames == 0 ? original : self.original.followed(by: original)
    let spectrum = model.spectrum
    guard self.copy.frames >= spectrum.size else { return }
    let whole = (self.copy.frames - spectrum.size) / spectrum.hop + 1
    for frame in 0..<whole { measure(frame) }
    let rest = whole * spectrum.hop..<self.copy.frames
    (self.copy, self.original) = (self.copy.frames(rest), self.original.frames(rest))
  }

  /// The ratio of all that has come; nil where it is too little, or there are no bands.
  var ratio: NoiseToMaskRatio? {
    guard hasBands, count >= smallestCount else { return nil }
    var whole = self
    // The last frame of the model may reach beyond the end.
    for frame in 0..<model.spectrum.frameCount(of: count) - measured { whole.measure(frame) }
    let frames = Double(whole.measured * channels.count)
    let sum = whole.channels.reduce(0) { $0 + $1.sum }
    return NoiseToMaskRatio(
      total: 10 * log10(sum / (frames * Double(model.centres.count))),
      disturbedShare: Double(whole.channels.reduce(0) { $0 + $1.disturbed }) / frames)
  }

  /// Measures a frame of the model, counted from the first frame that is kept.
  private mutating func measure(_ frame: Int) {
    let disturbance = pow(10, 0.15)
    for channel in channels.indices {
      let reference = model.weighted(
        model.spectrum.powers(of: original, channel: channel, frame: frame))
      let powers = model.weighted(model.spectrum.powers(of: copy, channel: channel, frame: frame))
      let mask = model.mask(of: reference, smoothed: &channels[channel].smoothed)
      let noise = model.grouped(
        zip(reference, powers).map { first, second in
          let difference = first.squareRoot() - second.squareRoot()
          return difference * difference
        })
      let ratios = zip(noise, mask).map { $0 / $1 }
      channels[channel].sum += ratios.reduce(0, +)
      if ratios.contains(where: { $0 >= disturbance }) { channels[channel].disturbed += 1 }
    }
    measured += 1
  }
}
