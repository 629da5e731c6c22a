import Foundation
import Signals

/// Made-up sounds.
enum Sounds {
  /// Uniform noise, different in each channel.
  static func noise(
    frames: Int, channels: Int = 1, amplitude: Float = 0.5, seed: UInt64 = 1
  ) -> Audio {
    var generator = SeededGenerator(seed: seed)
    return Audio(
      frames: frames, channels: channels,
      samples: (0..<frames * channels).map { _ in
        Float.random(in: -amplitude...amplitude, using: &generator)
      })
  }

  /// Sines of some frequencies, in hertz, and of one amplitude each.
  static func sines(
    _ frequencies: [Double], frames: Int, sampleRate: Int = 48_000, amplitude: Double = 1
  ) -> Audio {
    Audio(
      frames: frames, channels: 1,
      samples: (0..<frames).map { frame in
        let time = Double(frame) / Double(sampleRate)
        return Float(
          frequencies.reduce(0) { $0 + amplitude * sin(2 * .pi * $1 * time) })
      })
  }

  /// A sound with all samples multiplied.
  static func scaled(_ audio: Audio, by factor: Float) -> Audio {
    Audio(
      frames: audio.frames, channels: audio.channels, samples: audio.samples.map { factor * $0 })
  }
}
