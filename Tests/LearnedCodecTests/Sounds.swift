import Foundation
@testable import LearnedCodec
import Signals
import Testing
import Wavelets

/// A codec that has learned nothing: every context begins at one half.
let plainSoundCodec = SoundCodec(
  name: "plain", hash: 5, steps: StepRange(coarsest: 0.16, finest: 0.0005),
  deadZones: [0.15, 0.08, 0.05], centroids: [0.03, 0.02, 0.02], tables: SpectrumTables())

/// Gliding tones, clicks and noise.
func sound(_ frames: Int, channels: Int, seed: UInt64 = 1) -> Audio {
  var generator = SeededGenerator(seed: seed)
  var audio = Audio(frames: frames, channels: channels)
  for channel in 0..<channels {
    var phase = Double(channel)
    for frame in 0..<frames {
      phase += 0.02 * (1 + 0.5 * sin(Double(frame) / 9000)) * Double(channel + 1)
      let click = frame % 11_000 == 5000 ? 0.6 : 0
      let noise = Double.random(in: -0.02...0.02, using: &generator)
      audio[channel, frame] = Float(0.3 * sin(phase) + 0.2 * sin(3.3 * phase) + click + noise)
    }
  }
  return audio
}

/// A source of a sound in memory that does not state its length, in parts of at most 5000 frames.
final class ShortFrames: AudioSource {
  let format: AudioFormat
  private let audio: Audio
  private var frame = 0

  init(_ audio: Audio, sampleRate: Int = 48_000, tags: [AudioTag] = []) {
    format = AudioFormat(
      sampleRate: sampleRate, channels: audio.channels, frames: nil, sampleType: .int24, tags: tags)
    self.audio = audio
  }

  func nextFrames(_ count: Int) -> Audio {
    let range = frame..<min(frame + min(count, 5000), audio.frames)
    frame = range.upperBound
    return audio.frames(range)
  }
}

/// A collector that knows whether it was told of the end.
private final class FinishedCollector: AudioSink {
  let collector: AudioCollector
  private(set) var isFinished = false

  init(channels: Int) { collector = AudioCollector(channels: channels) }

  func write(_ frames: Audio) { collector.write(frames) }
  func finish() { isFinished = true }
}

extension SoundCodec {
  /// The bytes of a file.
  func file(
    _ audio: Audio, sampleRate: Int = 48_000, tags: [AudioTag] = [], _ options: SoundOptions
  ) async throws -> [UInt8] {
    var bytes: [UInt8] = []
    try await encode(
      ShortFrames(audio, sampleRate: sampleRate, tags: tags), options: options
    ) { bytes += $0 }
    return bytes
  }

  /// The sound of a container.
  func sound(of container: SoundContainer, threads: Int = 1) async throws -> Audio {
    let sink = FinishedCollector(channels: container.format.channels)
    try await decode(container, to: sink, threads: threads)
    #expect(sink.isFinished)
    return sink.collector.audio
  }
}

/// 10 log10 of the energy of a signal over that of its error.
func snr(_ audio: ArraySlice<Float>, _ decoded: ArraySlice<Float>) -> Double {
  var (energy, error) = (1e-20, 1e-20)
  for (a, b) in zip(audio, decoded) {
    energy += Double(a * a)
    error += Double((a - b) * (a - b))
  }
  return 10 * log10(energy / error)
}
