import Foundation
import LearnedCodec
import MediaFiles
import Networks

/// Latents of a picture or a sound with all that is needed to make it again: what `codec latents`
/// writes for other programs, and reads back.
///
/// - npz and safetensors hold `latents`, of shape [rows, columns, channels] or, of a sound, [blocks,
///   channels, frequencies], see `SoundLatents`; `mean` and `scale` of shape [channels], or
///   [frequencies]; and the description: in npz as `metadata.json`, in safetensors as metadata.
/// - `ByteLatents` take an npz whose `latents` are int8 of shape [channels, rows, columns], beside `step`
///   of each channel, and compressed.
/// - npy has no place for more than the latents: whoever reads it must know the codec.
public struct LatentArray: Sendable, Equatable {
  /// The latents.
  public var latents: Latents
  /// What else is known; nil from npy.
  public var description: Description?

  /// Kinds of files.
  public enum FileType: String, Sendable, CaseIterable {
    /// The latents alone.
    case npy
    /// An archive of npy files.
    case npz
    /// Tensors with metadata.
    case safetensors
    /// npy of `ByteLatents`, and their steps as a second array behind it in the same file.
    case int8NPY = "int8-npy"
    /// npz of `ByteLatents`.
    case int8NPZ = "int8-npz"

    /// The kind of a file by its ending.
    public init?(path: String) {
      self.init(rawValue: path.fileExtension)
    }

    /// The ending of its files.
    public var fileExtension: String {
      switch self {
      case .npy, .int8NPY: "npy"
      case .npz, .int8NPZ: "npz"
      case .safetensors: "safetensors"
      }
    }

    /// Whether it has several arrays by name.
    var isArchive: Bool { self == .npz || self == .int8NPZ }
  }

  /// Latents and where they come from.
  public init(_ latents: Latents, _ description: Description?) {
    self.latents = latents
    self.description = description
  }

  // MARK: Files

  private static let descriptionName = "metadata.json"
  static let latentsName = "latents.npy"

  private var shape: [Int] { [latents.patchRows, latents.patchColumns, latents.channels] }

  /// The bytes of a file.
  ///
  /// - Throws: `EncodingError` where npz is to hold a description whose quality is not finite.
  public func serialized(as type: FileType) throws -> [UInt8] {
    let array = FloatArray(shape: shape, values: latents.values)
    /// All arrays, of which .npy holds the first.
    func arrays() -> [(String, FloatArray)] {
      let statistics = ChannelStatistics(of: [latents], channels: latents.channels)
      return [("latents", array)]
        + [("mean", statistics.mean), ("scale", statistics.scale)].map {
          ($0.0, FloatArray(shape: [latents.channels], values: $0.1))
        }
    }
    switch type {
    case .npy: return array.npy()
    case .int8NPY:
      let arrays = ByteLatents(latents).arrays
      return arrays.latents.npy() + arrays.steps.npy()
    case .npz, .int8NPZ:
      var members = arrays().map {
        ZipArchive.Member(name: $0.0 + ".npy", bytes: $0.1.npy())
      }
      if type == .int8NPZ {
        let arrays = ByteLatents(latents).arrays
        members[0] = .init(name: Self.latentsName, bytes: arrays.latents.npy(), isDeflated: true)
        members.append(.init(name: ByteLatents.stepsName, bytes: arrays.steps.npy()))
      }
      if let description {
        members.append(
          .init(name: Self.descriptionName, bytes: Array(try sortedJSON(description).utf8)))
      }
      return ZipArchive(members).serialized()
    case .safetensors:
      let tensors = arrays().map {
        ($0.0, Tensor(shape: $0.1.shape, values: .float32($0.1.values)))
      }
      return Safetensors(
        tensors: Dictionary(uniqueKeysWithValues: tensors), metadata: description?.text ?? [:]
      ).serialized()
    }
  }

  /// Reads the bytes of a file. `name` is what errors call it.
  ///
  /// Every number of the latents must be finite.
  /// - Throws: `MediaFileError`, `SafetensorsError` or `LatentArrayError`.
  public init(parsing bytes: [UInt8], as type: FileType, name: String) throws {
    let (array, offset): (FloatArray, Int)
    switch type {
    case .npy, .int8NPY:
      if ByteArray.isByteArray(npy: bytes[...]) {
        latents = try ByteLatents(parsing: bytes, as: type, name: name).latents
        description = nil
        return
      }
      (array, offset) = try FloatArray.parse(npy: bytes[...], name: name)
      description = nil
    case .npz, .int8NPZ:
      let archive = try ZipArchive(parsing: bytes, name: name)
      guard let member = archive[Self.latentsName] else {
        throw LatentArrayError.missing(file: name)
      }
      description = try archive[Self.descriptionName].map { member in
        do {
          return try JSONDecoder().decode(Description.self, from: Data(member.bytes))
        } catch {
          throw LatentArrayError.description(file: name, field: Self.descriptionName)
        }
      }
      if ByteArray.isByteArray(npy: member.bytes[...]) {
        latents = try ByteLatents(archive, name: name).latents
        try description?.check(latents, file: name)
        return
      }
      let found = try FloatArray.parse(npy: member.bytes[...], name: "\(name), latents.npy")
      (array, offset) = (found.array, found.offset + member.offset)
    case .safetensors:
      let file = try Safetensors(parsing: bytes, name: name)
      guard let tensor = file.tensors["latents"], case .float32(let values) = tensor.values else {
        throw LatentArrayError.missing(file: name)
      }
      (array, offset) = (FloatArray(shape: tensor.shape, values: values), 0)
      description = try Description(file.metadata, file: name)
    }
    guard array.shape.count == 3, !array.shape.contains(0) else {
      throw LatentArrayError.shape(file: name, shape: array.shape)
    }
    if let index = array.values.firstIndex(where: { !$0.isFinite }) {
      let channels = array.shape[2]
      throw LatentArrayError.notFinite(
        file: name, row: index / channels / array.shape[1],
        column: index / channels % array.shape[1], channel: index % channels,
        offset: type == .safetensors ? nil : offset + index * 4)
    }
    latents = Latents(
      patchRows: array.shape[0], patchColumns: array.shape[1], channels: array.shape[2],
      values: array.values)
    try description?.check(latents, file: name)
  }
}

/// What is wrong with an array of latents.
public enum LatentArrayError: Error, Equatable, CustomStringConvertible {
  /// There is no array named latents, of single precision.
  case missing(file: String)
  /// Latents of 8 bits have no steps, not those of their channels, or one that is not finite.
  case missingSteps(file: String)
  /// The array has not three dimensions.
  case shape(file: String, shape: [Int])
  /// A number is infinite or none; the offset is in bytes, where it is known.
  case notFinite(file: String, row: Int, column: Int, channel: Int, offset: Int?)
  /// A field of the description is missing or has an impossible value.
  case description(file: String, field: String)
  /// The array does not go with the codec.
  case otherCodec(file: String, what: String)

  /// One sentence that names the file.
  public var description: String {
    switch self {
    case .missing(let file): "\(file) has no array latents of type float32"
    case .missingSteps(let file):
      "\(file) has latents of type int8, but no steps of their channels that are finite"
    case .shape(let file, let shape):
      "\(file) has the shape \(shape), not [rows, columns, channels]"
    case .notFinite(let file, let row, let column, let channel, let offset):
      "\(file) has a number that is not finite at row \(row), column \(column), channel \(channel)"
        + (offset.map { ", offset \($0)" } ?? "")
    case .description(let file, let field):
      "\(file): its metadata \(field) is missing or impossible"
    case .otherCodec(let file, let what): "\(file): \(what)"
    }
  }
}
