import Foundation

extension Audio {
  /// The sound at a `ratio`th of its rate, for a whole number: lowpass and every `ratio`th sample.
  /// Its first frame is that of the sound. Shape [channels, frames / ratio], rounded up.
  public func downsampled(by ratio: Int) -> Audio {
    precondition(ratio >= 1, "a ratio below 1")
    guard ratio > 1, frames > 0 else { return self }
    let kernel = Lowpass(ratio: ratio)
    var result = Audio(frames: (frames + ratio - 1) / ratio, channels: channels)
    for channel in 0..<channels {
      for frame in 0..<result.frames {
        var sum: Float = 0
        let centre = frame * ratio
        for index in max(centre - kernel.reach, 0)...min(centre + kernel.reach, frames - 1) {
          sum += kernel[index - centre] * samples[channel * frames + index]
        }
        result[channel, frame] = sum
      }
    }
    return result
  }

  /// The sound at `ratio` times its rate, with `count` frames: the counterpart of `downsampled`.
  /// Shape [channels, count].
  public func upsampled(by ratio: Int, frames count: Int) -> Audio {
    precondition(ratio >= 1, "a ratio below 1")
    guard ratio > 1 else { return frames(0..<count) }
    let kernel = Lowpass(ratio: ratio)
    var result = Audio(frames: count, channels: channels)
    for channel in 0..<channels {
      for frame in 0..<count {
        let first = max((frame - kernel.reach + ratio - 1) / ratio, 0)
        let last = min((frame + kernel.reach) / ratio, frames - 1)
        guard first <= last else { continue }
        var sum: Float = 0
        for index in first...last {
          sum += kernel[frame - index * ratio] * samples[channel * frames + index]
        }
        result[channel, frame] = sum * Float(ratio)
      }
    }
    return result
  }
}

/// A sinc under Kaiser's window (J. Kaiser, "Nonrecursive digital filter design using the I0-sinh
/// window function", 1974), with a gain of 1 at 0.
private struct Lowpass {
  /// Samples to either side of the middle.
  let reach: Int
  private let taps: [Float]

  /// Zeros of the sinc to either side, and the window's parameter: 80 dB outside of a transition
  /// that is a twentieth of the lower rate wide.
  private static let zeros = 48
  private static let beta = 7.86

  init(ratio: Int) {
    let reach = Self.zeros * ratio
    // The middle of the transition lies a little below half of the lower rate.
    let cutoff = 0.95 / Double(ratio)
    let values = (-reach...reach).map { index in
      let x = Double(index) * cutoff
      let sinc = x == 0 ? 1 : sin(.pi * x) / (.pi * x)
      let share = Double(index) / Double(reach)
      return sinc * Self.bessel(Self.beta * max(1 - share * share, 0).squareRoot())
    }
    let sum = values.reduce(0, +)
    self.reach = reach
    taps = values.map { Float($0 / sum) }
  }

  subscript(_ index: Int) -> Float { taps[index + reach] }

  /// The modified Bessel function of order 0, by its power series.
  private static func bessel(_ x: Double) -> Double {
    var (sum, term) = (1.0, 1.0)
    for n in 1...40 {
      term *= (x / 2 / Double(n)) * (x / 2 / Double(n))
      sum += term
    }
    return sum
  }
}
