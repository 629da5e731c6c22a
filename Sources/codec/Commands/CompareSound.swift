import Benchmarking
import Foundation
import LearnedCodec
import MediaFiles
import Signals

/// What `codec compare` prints of a sound.
struct SoundComparisonReport: Encodable {
  var file: String
  var bytes: Int
  var kilobitsPerSecond: Double
  /// In dB; nil where it is undefined or infinite, for which JSON has no number.
  var snr: Double?
  /// In dB, likewise.
  var noiseToMask: Double?
  /// Share of the frames with noise above the mask, 0...1.
  var disturbedFrames: Double?
  /// Why a measure says nothing, by its name.
  var undefined: [String: String] = [:]

  private let decibels: (snr: String, noiseToMask: String)

  private enum CodingKeys: CodingKey {
    case file, bytes, kilobitsPerSecond, snr, noiseToMask, disturbedFrames, undefined
  }

  /// Decodes a container beside its original, a few frames of each at a time.
  ///
  /// - Throws: `Refusal` where they have other shapes, or what reading, decoding and finding the
  ///   codec throw.
  init(
    original: String, _ audio: AudioFile, compressed: String, _ container: SoundContainer,
    codec: SoundCodec, threads: Int
  ) async throws {
    let source = try audio.open()
    let sink = ComparingSink(source, original, container.format, compressed)
    try sink.checkFormats()
    try await codec.decode(container, to: sink, threads: threads, file: compressed)
    let difference = sink.difference
    let format = container.format
    file = original
    bytes = container.byteCount
    kilobitsPerSecond =
      Double(bytes * 8 * format.sampleRate) / (Double(max(format.frames ?? 0, 1)) * 1000)
    var undefined: [String: String] = [:]
    func value(_ name: String, _ result: Result<Double, UndefinedMeasure>) -> (Double?, String) {
      switch result {
      case .success(let value):
        if !value.isFinite { undefined[name] = "the samples are equal" }
        return (value.isFinite ? value : nil, "\(fixed(value, 2)) dB")
      case .failure(let error):
        undefined[name] = "\(error)"
        return (nil, "undefined, because \(error)")
      }
    }
    let texts: (snr: String, noiseToMask: String)
    (snr, texts.snr) = value("snr", difference.snr)
    (noiseToMask, texts.noiseToMask) = value(
      "noiseToMask", difference.noiseToMask.map(\.total))
    disturbedFrames = try? difference.noiseToMask.get().disturbedShare
    decibels = texts
    self.undefined = undefined
  }

  var text: String {
    "\(file): \(bytes) bytes, \(fixed(kilobitsPerSecond, 1)) kbit/s, SNR \(decibels.snr), "
      + "noise-to-mask ratio \(decibels.noiseToMask)"
  }
}

/// Compares what a decoder writes with the frames of a source.
private final class ComparingSink: AudioSink {
  private let source: any AudioSource
  private let names: (original: String, compressed: String)
  private let format: AudioFormat
  private(set) var difference: SoundDifference

  init(
    _ source: any AudioSource, _ original: String, _ format: AudioFormat, _ compressed: String
  ) {
    (self.source, self.format) = (source, format)
    names = (original, compressed)
    difference = SoundDifference(channels: format.channels, sampleRate: format.sampleRate)
  }

  /// Throws where the formats say already that the shapes differ.
  func checkFormats() throws {
    for (found, expected, unit) in [
      (source.format.channels, format.channels, "channels"),
      (source.format.sampleRate, format.sampleRate, "Hz"),
      (source.format.frames ?? format.frames ?? 0, format.frames ?? 0, "frames"),
    ] where found != expected { throw mismatch("\(found) \(unit)", "\(expected)") }
  }

  func write(_ frames: Audio) throws {
    var frames = frames
    frames.samples = frames.samples.map(format.sampleType.stored)
    var start = 0
    while start < frames.frames {
      let expected = try source.nextFrames(frames.frames - start)
      guard expected.frames > 0 else { throw mismatch("fewer frames", "\(format.frames ?? 0)") }
      guard expected.samples.allSatisfy({ $0.isFinite }) else {
        throw Refusal("\(names.original) has samples that are not finite")
      }
      difference.add(frames.frames(start..<start + expected.frames), original: expected)
      start += expected.frames
    }
  }

  func finish() throws {
    guard try source.nextFrames(1).frames == 0 else {
      throw mismatch("more frames", "\(format.frames ?? 0)")
    }
  }

  private func mismatch(_ found: String, _ expected: String) -> Refusal {
    Refusal("\(names.original) has \(found), but \(names.compressed) has \(expected)")
  }
}

extension AudioSampleType {
  /// A sample as `codec decode` stores it: integers are rounded and clipped.
  fileprivate func stored(_ sample: Float) -> Float {
    let scale: Float
    switch self {
    case .int8: scale = 0x1p7
    case .int16: scale = 0x1p15
    case .int24: scale = 0x1p23
    // Single precision has no more than 24 bits.
    case .int32: return min(max(sample, -1), 1)
    case .float32: return sample
    }
    return min(max((sample * scale).rounded(), -scale), scale - 1) / scale
  }
}
