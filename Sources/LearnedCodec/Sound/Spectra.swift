import Foundation
import Signals
import Wavelets

/// Consecutive patches of sound as bands: the rung of the ladder between samples and symbols.
public struct Spectra: Sendable, Equatable {
  /// For each patch the index of its number of blocks in `LappedTransform.blockCounts`.
  public var shapes: [Int]
  /// For each patch and each pair of channels the rotation of the pair in sixteenths of half a
  /// turn, 0...15: shape [patches, channels / 2]. 4 is mid and side.
  public var angles: [UInt8]
  /// Shape [patches, channels, S]: places as `LappedTransform` orders them.
  public var values: [Float]
  /// Channels.
  public let channels: Int

  /// Spectra from their parts; see the properties.
  public init(shapes: [Int], angles: [UInt8], values: [Float], channels: Int) {
    precondition(
      angles.count == shapes.count * (channels / 2)
        && values.count == shapes.count * channels * LappedTransform.patchFrames,
      "bands of another shape")
    self.shapes = shapes
    self.angles = angles
    self.values = values
    self.channels = channels
  }

  /// Analyses sound of whole patches.
  ///
  /// - Parameters:
  ///   - audio: patches * S frames; those around the patches kept belong to it.
  ///   - shapes: for each patch of `audio`.
  ///   - kept: patches whose bands are kept.
  public init(
    analyzing audio: Audio, shapes: [Int], keeping kept: Range<Int>,
    transform: LappedTransform
  ) {
    let patch = LappedTransform.patchFrames
    precondition(audio.frames == shapes.count * patch, "not whole patches")
    channels = audio.channels
    self.shapes = Array(shapes[kept])
    angles = []
    values = [Float](repeating: 0, count: kept.count * channels * patch)
    for channel in 0..<channels {
      let bands = transform.bands(
        of: Array(audio.samples[channel * audio.frames..<(channel + 1) * audio.frames]),
        shapes: shapes)
      for (index, source) in kept.enumerated() {
        let target = (index * channels + channel) * patch
        values.replaceSubrange(
          target..<target + patch, with: bands[source * patch..<(source + 1) * patch])
      }
    }
    for index in kept.indices.map({ $0 - kept.lowerBound }) {
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
  public func audio(transform: LappedTransform) -> Audio {
    let patch = LappedTransform.patchFrames
    var turned = self
    for index in shapes.indices {
      for pair in 0..<channels / 2 {
        let first = (index * channels + 2 * pair) * patch
        turned.rotate(first, first + patch, by: angles[index * (channels / 2) + pair], back: true)
      }
    }
    var samples: [Float] = []
    samples.reserveCapacity(values.count)
    for channel in 0..<channels {
      var bands: [Float] = []
      for index in shapes.indices {
        let start = (index * channels + channel) * patch
        bands += turned.values[start..<start + patch]
      }
      samples += transform.samples(of: bands, shapes: shapes)
    }
    return Audio(frames: shapes.count * patch, channels: channels, samples: samples)
  }

  /// The same sound with every pair of channels at one angle, so that a place means the same in all
  /// patches, as learning wants it: a rotation of bands, without the way over samples.
  ///
  /// - Parameter angle: in sixteenths of half a turn, 0...15; 4 is mid and side, 0 left and right.
  public func turned(to angle: UInt8 = 4) -> Spectra {
    let patch = LappedTransform.patchFrames
    var turned = self
    for index in shapes.indices {
      for pair in 0..<channels / 2 {
        let place = index * (channels / 2) + pair
        guard angles[place] != angle else { continue }
        let first = (index * channels + 2 * pair) * patch
        turned.rotate(first, first + patch, by: angles[place], back: true)
        turned.rotate(first, first + patch, by: angle)
        turned.angles[place] = angle
      }
    }
    return turned
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
