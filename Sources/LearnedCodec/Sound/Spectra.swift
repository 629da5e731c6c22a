import Foundation
import Signals
import Wavelets

/// Consecutive patches of sound as bands: the rung of the ladder between samples and symbols.
public struct Spectra: Sendable, Equatable {
  /// For each patch the binary logarithm of its number of blocks, 0...5. Shape [patches].
  public var blockLevels: [Int]
  /// For each patch and each pair of channels the rotation of the pair in sixteenths of half a
  /// turn, 0...15: shape [patches, channels / 2]. 4 is mid and side.
  public var angles: [UInt8]
  /// Shape [patches, channels, S], S = 4096: coefficients as `LappedTransform` orders them.
  public var values: [Float]
  /// Channels.
  public let channels: Int

  /// Spectra from their parts; see the properties.
  public init(blockLevels: [Int], angles: [UInt8], values: [Float], channels: Int) {
    precondition(
      angles.count == blockLevels.count * (channels / 2)
        && values.count == blockLevels.count * channels * LappedTransform.patchFrames,
      "bands of another shape")
    self.blockLevels = blockLevels
    self.angles = angles
    self.values = values
    self.channels = channels
  }

  /// Analyses sound of whole patches.
  ///
  /// - Parameters:
  ///   - audio: patches * S frames; those around the patches kept belong to it.
  ///   - shapes: for each patch of `audio`.
  ///   - range: patches whose bands are kept.
  package init(
    analyzing audio: Audio, blockLevels: [Int], keeping range: Range<Int>,
    transform: LappedTransform
  ) {
    let patch = LappedTransform.patchFrames
    precondition(audio.frames == blockLevels.count * patch, "not whole patches")
    channels = audio.channels
    self.blockLevels = Array(blockLevels[range])
    angles = []
    values = [Float](repeating: 0, count: range.count * channels * patch)
    for channel in 0..<channels {
      let bands = transform.bands(
        of: Array(audio.samples[channel * audio.frames..<(channel + 1) * audio.frames]),
        blockLevels: blockLevels)
      for (index, source) in range.enumerated() {
        let target = (index * channels + channel) * patch
        values.replaceSubrange(
          target..<target + patch, with: bands[source * patch..<(source + 1) * patch])
      }
    }
    for index in range.indices.map({ $0 - range.lowerBound }) {
      for pair in 0..<channels / 2 {
        let first = (index * channels + 2 * pair) * patch
        let angle = Self.principalAngle(values, first, first + patch)
        rotate(first, first + patch, by: angle)
        angles.append(angle)
      }
    }
  }

  /// The sound of all patches. The first and the last half patch are those of the whole sound only
  /// where it begins and ends there.
  package func audio(transform: LappedTransform) -> Audio {
    let patch = LappedTransform.patchFrames
    var rotated = self
    for index in blockLevels.indices {
      for pair in 0..<channels / 2 {
        let first = (index * channels + 2 * pair) * patch
        rotated.rotate(first, first + patch, by: angles[index * (channels / 2) + pair], back: true)
      }
    }
    var samples: [Float] = []
    samples.reserveCapacity(values.count)
    for channel in 0..<channels {
      var bands: [Float] = []
      for index in blockLevels.indices {
        let start = (index * channels + channel) * patch
        bands += rotated.values[start..<start + patch]
      }
      samples += transform.samples(of: bands, blockLevels: blockLevels)
    }
    return Audio(frames: blockLevels.count * patch, channels: channels, samples: samples)
  }

  /// The same sound with every pair of channels at one angle, so that a coefficient means the same
  /// in all patches, as learning wants it: a rotation of bands, without the way over samples.
  ///
  /// - Parameter angle: in sixteenths of half a turn, 0...15; 4 is mid and side, 0 left and right.
  public func rotated(to angle: UInt8 = 4) -> Spectra {
    let patch = LappedTransform.patchFrames
    var rotated = self
    for index in blockLevels.indices {
      for pair in 0..<channels / 2 {
        let entry = index * (channels / 2) + pair
        guard angles[entry] != angle else { continue }
        let first = (index * channels + 2 * pair) * patch
        rotated.rotate(first, first + patch, by: angles[entry], back: true)
        rotated.rotate(first, first + patch, by: angle)
        rotated.angles[entry] = angle
      }
    }
    return rotated
  }

  /// The angle, in sixteenths of half a turn, of the direction in which two channels have most
  /// energy.
  private static func principalAngle(_ values: [Float], _ first: Int, _ second: Int) -> UInt8 {
    var (a, b, c): (Float, Float, Float) = (0, 0, 0)
    values.withUnsafeBufferPointer { values in
      for index in 0..<LappedTransform.patchFrames {
        let (x, y) = (values[first + index], values[second + index])
        a += x * x
        b += y * y
        c += x * y
      }
    }
    let angle = 0.5 * atan2(2 * c, a - b) / .pi * 16
    return angle.isFinite ? UInt8((Int(angle.rounded()) + 16) % 16) : 4
  }

  private mutating func rotate(_ first: Int, _ second: Int, by angle: UInt8, back: Bool = false) {
    let radians = Float(angle) * .pi / 16
    let (c, s) = (cos(radians), back ? -sin(radians) : sin(radians))
    values.withUnsafeMutableBufferPointer { values in
      for index in 0..<LappedTransform.patchFrames {
        let (x, y) = (values[first + index], values[second + index])
        values[first + index] = c * x + s * y
        values[second + index] = c * y - s * x
      }
    }
  }
}
