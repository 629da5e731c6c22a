import Foundation
import Signals
import Wavelets

/// The encoder's choice of block lengths: for each patch the one with the fewest bits, by a measure
/// that only looks at the magnitudes of bands.
struct BlockChoice {
  private let transform: LappedTransform

  init(_ transform: LappedTransform) { self.transform = transform }

  /// Chooses for all patches of a sound; those next to its ends follow from an incomplete view.
  ///
  /// - Returns: for each patch an index into `LappedTransform.blockCounts`.
  func blockLevels(of audio: Audio, step: Float) -> [Int] {
    let patch = LappedTransform.patchFrames
    let patches = audio.frames / patch
    var best = [(bits: Float, blockLevel: Int)](repeating: (.infinity, 0), count: patches)
    for blockLevel in LappedTransform.blockCounts.indices {
      var bits = [Float](repeating: 0, count: patches)
      for signal in signals(of: audio) {
        let bands = transform.bands(
          of: signal, blockLevels: [Int](repeating: blockLevel, count: patches))
        bands.withUnsafeBufferPointer { bands in
          for index in 0..<patches {
            bits[index] += Self.bits(
              bands.extracting(index * patch..<(index + 1) * patch), inverse: 1 / step)
          }
        }
      }
      for index in 0..<patches where bits[index] < best[index].bits {
        best[index] = (bits[index], blockLevel)
      }
    }
    return best.map(\.blockLevel)
  }

  /// Mid and side of each pair of channels, and what channel is left.
  private func signals(of audio: Audio) -> [[Float]] {
    let (channels, frames) = (audio.channels, audio.frames)
    func signal(_ channel: Int) -> ArraySlice<Float> {
      audio.samples[channel * frames..<(channel + 1) * frames]
    }
    var signals: [[Float]] = []
    for pair in 0..<channels / 2 {
      let (left, right) = (signal(2 * pair), signal(2 * pair + 1))
      signals.append(zip(left, right).map { ($0 + $1) * Float(0.5).squareRoot() })
      signals.append(zip(left, right).map { ($0 - $1) * Float(0.5).squareRoot() })
    }
    if channels % 2 == 1 { signals.append(Array(signal(channels - 1))) }
    return signals
  }

  /// Half the logarithm of 1 + x^2 for each band of x steps, which is about its bits where x is
  /// large, and up to half a bit more for what is not much smaller than a step.
  private static func bits(_ bands: UnsafeBufferPointer<Float>, inverse: Float) -> Float {
    var (bits, small) = (SIMD8<Float>(), SIMD8<Float>())
    let one = SIMD8<Float>(repeating: 1)
    var index = 0
    while index + 64 <= bands.count {
      // Products of eight factors of at most 1 + 2^12 stay within single precision.
      var product = one
      for part in 0..<8 {
        let vector = UnsafeRawPointer(bands.baseAddress! + index + part * 8)
          .loadUnaligned(as: SIMD8<Float>.self)
        var scaled = vector * inverse
        // Not `clamp` and `pointwiseMin`, which are calls.
        scaled.replace(with: 64, where: scaled .> 64)
        scaled.replace(with: -64, where: scaled .< -64)
        let square = scaled * scaled
        product *= one + square
        small += square.replacing(with: 1, where: square .> 1)
      }
      for lane in 0..<8 { bits[lane] += log2(product[lane]) }
      index += 64
    }
    return 0.5 * (bits.sum() + small.sum())
  }
}
