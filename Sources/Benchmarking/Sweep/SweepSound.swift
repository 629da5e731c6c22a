import Foundation
import LearnedCodec
import MediaFiles
import Signals

/// A sound of a sweep: what every codec gets of it are 16-bit samples, without tags.
package struct SweepSound: SweepFile {
  /// Sounds.
  package static let kind = SweepResults.Kind.audio

  /// What results call it, unique in the sweep.
  package let name: String
  /// Where it is.
  package let path: String
  /// Samples of each channel.
  package let frames: Int
  /// Channels.
  package let channels: Int
  /// Frames a second, in hertz.
  package let sampleRate: Int
  /// SHA-256 of the file, in hexadecimal digits.
  package let hash: String

  /// Frames.
  package var sampleCount: Int { frames }
  /// `rate` in hertz, and `frames`.
  package var placeholders: [String: String] {
    ["rate": "\(sampleRate)", "frames": "\(frames)"]
  }

  /// Largest number of samples of all channels; a sound is held in memory whole, several times.
  package static let maximumSamples = 1 << 26
  private static let maximumBytes = 1 << 30

  /// Looks at a file, to its end: not every format says before how long it is.
  ///
  /// Throws `MediaFileError` where it cannot be read, is no sound, has no samples, or is too large.
  package init(name: String, path: String) throws {
    let (format, audio) = try readSound(path: path, maximumSamples: Self.maximumSamples)
    guard audio.frames > 0 else {
      throw MediaFileError.unsupported(file: path, what: "the sound has no samples")
    }
    self.name = name
    self.path = path
    (frames, channels, sampleRate) = (audio.frames, audio.channels, format.sampleRate)
    hash = SHA256.text(of: try readFile(path: path, maximumBytes: Self.maximumBytes))
  }

  /// kbit/s.
  package func rate(ofBytes count: Int) -> Double {
    Double(count * 8) * Double(sampleRate) / (Double(frames) * 1000)
  }

  /// The samples as 16 bits have them: shape [channels, frames], multiples of 2^-15. What lies beyond
  /// full scale is clipped, and what is no number is 0.
  package func samples() throws -> Audio {
    var audio = try readSound(path: path, maximumSamples: Self.maximumSamples).audio
    audio.samples = audio.samples.map { sample in
      sample.isNaN ? 0 : min(max((sample * 32_768).rounded(), -32_768), 32_767) / 32_768
    }
    return audio
  }

  /// Writes WAV of 16 bits.
  package func write(_ audio: Audio, path: String) throws {
    try writeSound(
      audio,
      format: AudioFormat(sampleRate: sampleRate, channels: channels, frames: audio.frames),
      path: path)
  }

  /// Reads a sound of the same rate, channels and length.
  package func decoded(path: String, decoder: String) throws -> Audio {
    do {
      let (format, audio) = try readSound(path: path, maximumSamples: Self.maximumSamples)
      guard format.sampleRate == sampleRate else {
        throw TrialFailure.command(
          "it came back with \(format.sampleRate) Hz, not \(sampleRate) Hz")
      }
      guard audio.channels == channels else {
        throw TrialFailure.command(
          "it came back with \(audio.channels) channels, not \(channels)")
      }
      guard audio.frames == frames else {
        throw TrialFailure.command("it came back with \(audio.frames) frames, not \(frames)")
      }
      guard audio.samples.allSatisfy({ $0.isFinite }) else {
        throw TrialFailure.command("it came back with samples that are not finite")
      }
      return audio
    } catch is MediaFileError {
      throw TrialFailure.command("what \(decoder) wrote is no sound")
    }
  }

  /// SNR, SI-SDR, PSNR, log-mel distance, noise to mask and disturbed frames; no tool measures
  /// sounds. Ratios to silence mean nothing, so a silent original has only the distance and the
  /// frames; and spectra see nothing of the ends of a sound, so one that is shorter than a frame of
  /// theirs has only SNR, SI-SDR and PSNR.
  package func metrics(
    of copy: Audio, against original: Audio, tools: [MetricTool], folder: String
  ) async throws -> [String: Double] {
    let noise = NoiseToMaskRatio(of: copy, against: original, sampleRate: sampleRate)
    var metrics: [String: Double] = [:]
    if frames >= ShortTimeSpectrum(sampleRate: sampleRate, overlap: 1).size {
      metrics[Metric.logMel.name] = logMelDistance(
        of: copy, against: original, sampleRate: sampleRate)
    }
    metrics[Metric.disturbed.name] = noise.map { 100 * $0.disturbedShare }
    if original.energy > 0 {
      metrics[Metric.snr.name] = snr(of: copy, against: original)
      metrics[Metric.siSDR.name] = siSDR(of: copy, against: original)
      metrics[Metric.soundPSNR.name] = psnr(of: copy, against: original)
      metrics[Metric.nmr.name] = noise?.total
    }
    return metrics
  }

  /// The loudest seconds.
  package func comparison(
    in results: SweepResults, original: Audio, decode: (FileResult) async throws -> Audio?
  ) async throws -> CropComparison {
    try await CropComparison(
      of: name, in: results, atRate: Self.kind.comparedRate, original: original,
      sampleRate: sampleRate, decode: decode)
  }
}
