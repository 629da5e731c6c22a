import Signals

/// Frames that are read or written at a time: about 65,536 samples.
func framesPerStep(channels: Int) -> Int {
  max(1, (1 << 16) / channels)
}

/// Samples of shape [frames, channels] as [channels, frames].
///
/// - Parameter order: for each channel where it is among those of `samples`; nil where they stay.
func planar(_ samples: [Float], channels: Int, order: [Int]? = nil) -> [Float] {
  precondition(samples.count % channels == 0, "a frame is not whole")
  precondition(order?.sorted() ?? Array(0..<channels) == Array(0..<channels), "not an order")
  let frames = samples.count / channels
  return [Float](unsafeUninitializedCapacity: samples.count) { target, count in
    samples.withUnsafeBufferPointer { source in
      for channel in 0..<channels {
        let found = order?[channel] ?? channel
        for frame in 0..<frames {
          target[channel * frames + frame] = source[frame * channels + found]
        }
      }
    }
    count = samples.count
  }
}

/// Some frames of a sound, in which samples lie by channels, as samples by frames.
struct Interleaved {
  let audio: Audio
  let range: Range<Int>

  /// The frames of `range`, which `audio` holds.
  init(_ audio: Audio, _ range: Range<Int>) {
    precondition(range.lowerBound >= 0 && range.upperBound <= audio.frames, "frames out of range")
    self.audio = audio
    self.range = range
  }

  /// Samples as they are, shape [frames, channels].
  var floats: [Float] { map { $0 } }

  /// How many samples lie beyond full scale, -1...1.
  var clipped: Int { map { abs($0) > 1 ? 1 : 0 }.reduce(0, +) }

  /// Samples as integers of `bits` bits, shape [frames, channels], in the upper bits of 32.
  ///
  /// A sample is multiplied by 2^(bits-1), rounded to the nearest integer, and clipped to the range
  /// of the integers; what is not a number becomes 0.
  func integers(bits: Int) -> [Int32] {
    let scale = Double(Int64(1) << (bits - 1))
    let shift = Int32(32 - bits)
    return map { sample in
      let value = Double(sample) * scale
      // Written so that every value that reaches the conversion is in its range.
      if value >= scale - 1 { return Int32(scale - 1) << shift }
      if value <= -scale { return Int32(-scale) << shift }
      return value.isNaN ? 0 : Int32(value + (value < 0 ? -0.5 : 0.5)) << shift
    }
  }

  @inline(__always)
  private func map<Sample>(_ transform: (Float) -> Sample) -> [Sample] {
    let (channels, total) = (audio.channels, audio.frames)
    let samples = range.count * channels
    return [Sample](unsafeUninitializedCapacity: samples) { target, count in
      audio.samples.withUnsafeBufferPointer { source in
        for channel in 0..<channels {
          for frame in 0..<range.count {
            let sample = source[channel * total + range.lowerBound + frame]
            (target.baseAddress! + frame * channels + channel).initialize(to: transform(sample))
          }
        }
      }
      count = samples
    }
  }
}
