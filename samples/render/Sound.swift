import Foundation
import MediaFiles
import Signals

/// A sound that is summed up note by note.
struct Sound {
  let sampleRate: Int
  /// Samples by channel; full scale is -1...1.
  var channels: [[Double]]

  /// Silence.
  init(seconds: Double, sampleRate: Int, channels: Int = 2) {
    self.sampleRate = sampleRate
    let frames = Int(seconds * Double(sampleRate))
    self.channels = [[Double]](repeating: [Double](repeating: 0, count: frames), count: channels)
  }

  /// Adds what `sample` gives for each frame, starting at `start` seconds and lasting `seconds` or
  /// until the end. It is given the time since the start.
  ///
  /// `pan` is 0 for the left channel to 1 for the right, with constant power between.
  mutating func add(
    at start: Double = 0, seconds: Double = .infinity, pan: Double = 0.5, level: Double = 1,
    _ sample: (_ time: Double) -> Double
  ) {
    let first = Int(start * Double(sampleRate))
    let gains =
      channels.count == 1 ? [level] : [level * cos(pan * .pi / 2), level * sin(pan * .pi / 2)]
    for frame in first..<channels[0].count {
      let time = Double(frame - first) / Double(sampleRate)
      if time >= seconds { break }
      let value = sample(time)
      for (channel, gain) in gains.enumerated() { channels[channel][frame] += gain * value }
    }
  }

  /// Writes the sound as FLAC, its peak at `peak`.
  func write(
    to path: String, title: String, peak: Double = 0.8, sampleType: AudioSampleType = .int16
  ) throws {
    let frames = channels[0].count
    let format = AudioFormat(
      sampleRate: sampleRate, channels: channels.count, frames: frames, sampleType: sampleType,
      tags: [AudioTag(name: "TITLE", text: title)])
    let largest = channels.joined().map(abs).max() ?? 1
    let samples = channels.joined().map { Float($0 * peak / largest) }
    let sink = try createAudio(path: path, format: format, overwrite: true)
    try sink.write(Audio(frames: frames, channels: channels.count, samples: samples))
    try sink.finish()
  }
}

/// The frequency of a key of a piano in equal temperament; 69 is the A of 440 Hz.
func frequency(ofKey key: Double) -> Double {
  440 * pow(2, (key - 69) / 12)
}
