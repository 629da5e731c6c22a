import LearnedCodec
import MediaFiles

/// Latents as integers of 8 bits: larger files than `.wlc` that are read faster still, as nothing but
/// a deflate stream has to be decoded.
///
/// A latent is its integer times the step of its channel, which is the largest magnitude of the
/// channel divided by 127.
public struct ByteLatents: Sendable, Equatable {
  /// Patches from top to bottom.
  public let patchRows: Int
  /// Patches from left to right.
  public let patchColumns: Int
  /// Steps of the channels, in the units of the samples: shape [channels].
  public let steps: [Float]
  /// The integers, channel by channel: shape [channels, patchRows, patchColumns].
  public let values: [Int8]

  /// Channels of a patch.
  public var channels: Int { steps.count }

  /// Rounds latents; what is not finite becomes 0.
  public init(_ latents: Latents) {
    let channels = latents.channels
    let all = latents.values.map { $0.isFinite ? $0 : 0 }
    (patchRows, patchColumns) = (latents.patchRows, latents.patchColumns)
    let patches = patchRows * patchColumns
    steps = (0..<channels).map { channel in
      let largest = (0..<patches).reduce(Float(0)) {
        max($0, all[$1 * channels + channel].magnitude)
      }
      return largest / 127 > 0 ? largest / 127 : 1
    }
    values = [Int8](unsafeUninitializedCapacity: patches * channels) { [steps] values, count in
      for channel in 0..<channels {
        for patch in 0..<patches {
          // Where a step is too small to be exact, there may be a little more than 127 of it.
          let rounded = (all[patch * channels + channel] / steps[channel]).rounded()
          values[channel * patches + patch] = Int8(min(max(rounded, -127), 127))
        }
      }
      count = patches * channels
    }
  }

  /// The latents: shape [patchRows, patchColumns, channels].
  public var latents: Latents {
    let (channels, patches) = (channels, patchRows * patchColumns)
    let all = [Float](unsafeUninitializedCapacity: values.count) { all, count in
      for channel in 0..<channels {
        for patch in 0..<patches {
          all[patch * channels + channel] =
            Float(values[channel * patches + patch]) * steps[channel]
        }
      }
      count = values.count
    }
    return Latents(
      patchRows: patchRows, patchColumns: patchColumns, channels: channels, values: all)
  }

  // MARK: Files

  /// The integers as an array of numpy, and the steps.
  var arrays: (latents: ByteArray, steps: FloatArray) {
    (
      ByteArray(shape: [channels, patchRows, patchColumns], values: values),
      FloatArray(shape: [channels], values: steps)
    )
  }

  /// Latents from arrays of numpy.
  ///
  /// - Throws: ``LatentArrayError`` where they do not go together.
  init(_ array: ByteArray, steps: FloatArray, name: String) throws(LatentArrayError) {
    guard array.shape.count == 3, !array.shape.contains(0) else {
      throw .shape(file: name, shape: array.shape)
    }
    guard steps.shape == [array.shape[0]], steps.values.allSatisfy({ ($0 * 128).isFinite }) else {
      throw .missingSteps(file: name)
    }
    (patchRows, patchColumns) = (array.shape[1], array.shape[2])
    self.steps = steps.values
    values = array.values
  }

  /// Reads the bytes of a whole file, an archive or an npy file with the steps behind the latents.
  ///
  /// - Throws: `MediaFileError` or `LatentArrayError`.
  public init(parsing bytes: [UInt8], as type: LatentArray.FileType, name: String) throws {
    if type.isArchive {
      let archive = try ZipArchive(parsing: bytes, name: name)
      try self.init(archive, name: name)
    } else {
      let (array, end) = try ByteArray.parse(npy: bytes[...], name: name)
      guard end < bytes.count else { throw LatentArrayError.missingSteps(file: name) }
      try self.init(
        array, steps: FloatArray.parse(npy: bytes[end...], name: "\(name), steps").array,
        name: name)
    }
  }

  /// Latents of the members of an archive.
  init(_ archive: ZipArchive, name: String) throws {
    guard let latents = archive[LatentArray.latentsName], let steps = archive[Self.stepsName] else {
      throw LatentArrayError.missingSteps(file: name)
    }
    try self.init(
      ByteArray.parse(npy: latents.bytes[...], name: "\(name), latents.npy").array,
      steps: FloatArray.parse(npy: steps.bytes[...], name: "\(name), step.npy").array, name: name)
  }

  /// The steps in an archive.
  static let stepsName = "step.npy"
}
