import LearnedCodec
import MediaFiles
import Signals

/// Labelled files as a network reads them. It never runs the synthesis network.
///
/// Files are read one by one with `example(_:)`, or all into memory with `load`.
public struct LatentDataset: Sendable {
  /// The files and their classes.
  public let files: LabelledFiles
  /// What is read of each.
  public let input: Input

  /// What is read of a file.
  public enum Input: Sendable {
    /// Of a picture.
    case picture(PictureInput)
    /// Of a sound.
    case sound(SoundInput)

    /// Numbers of a patch, or of a channel of a block.
    public var channels: Int {
      switch self {
      case .picture(let input): input.channels
      case .sound(let input): input.frequencies
      }
    }
  }

  /// A file in memory.
  public struct Example: Sendable {
    /// Its path.
    public let path: String
    /// Its class, an index of the labels.
    public let label: Int
    private let stored: [StoredLatents]

    init(path: String, label: Int, variants: [Latents]) {
      self.path = path
      self.label = label
      stored = variants.map(StoredLatents.init)
    }

    /// What the network sees of the file as it is: shape [patch rows, patch columns, channels], or
    /// of a sound [blocks, channels, frequencies].
    public var latents: Latents { variant(0) }

    /// The file as it is and its augmented variants.
    public var variants: [Latents] { stored.map(\.latents) }

    /// How many there are of both.
    public var count: Int { stored.count }

    /// The file as it is for 0, or an augmented variant, 1..<count.
    public func variant(_ index: Int) -> Latents { stored[index].latents }
  }

  /// A file that was left out.
  public struct Skipped: Sendable, Equatable {
    /// Its path.
    public let path: String
    /// Why, in one sentence.
    public let reason: String
  }

  /// A data set of these pictures.
  public init(_ files: LabelledFiles, input: PictureInput) {
    self.files = files
    self.input = .picture(input)
  }

  /// A data set of these sounds.
  public init(_ files: LabelledFiles, input: SoundInput) {
    self.files = files
    self.input = .sound(input)
  }

  /// A folder of `.wlc` files or pictures with a folder for each class.
  ///
  /// - Parameters:
  ///   - folder: its folders are the classes, see `LabelledFiles`.
  ///   - codec: made the `.wlc` files, and encodes the pictures.
  ///   - channels: the first channels of a patch to read, 1 to those of the codec; nil for all.
  ///   - quality: at which pictures are encoded.
  /// - Throws: `DatasetError`.
  public init(
    folder: String, codec: PictureCodec, channels: Int? = nil, quality: Quality = Quality(80)
  ) throws(DatasetError) {
    try self.init(
      LabelledFiles(folder: folder),
      input: .latents(codec, quality: quality, channels: channels ?? codec.channels))
  }

  /// A folder of `.wlc` files of sounds or other sounds with a folder for each class.
  ///
  /// - Parameters:
  ///   - folder: its folders are the classes, see `LabelledFiles`.
  ///   - codec: made the `.wlc` files, and encodes other sounds.
  ///   - blocks: of a patch, one of `LappedTransform.blockCounts`, with which `.wlc` files were
  ///     encoded.
  ///   - frequencies: how many of the lowest to read of a channel of a block; nil for all.
  ///   - quality: at which sounds are encoded.
  /// - Throws: `DatasetError`.
  public init(
    folder: String, codec: SoundCodec, blocks: Int = 2, frequencies: Int? = nil,
    quality: Quality = Quality(80)
  ) throws(DatasetError) {
    try self.init(
      LabelledFiles(folder: folder),
      input: SoundInput(codec, quality: quality, blocks: blocks, frequencies: frequencies))
  }

  /// Names of the classes.
  public var labels: [String] { files.labels }
  /// How many files there are.
  public var count: Int { files.files.count }

  /// Reads file `index` of `files`.
  ///
  /// - Throws: `DatasetError` where it is of another codec or has other channels or blocks,
  ///   `SeparationError.changingBlocks` where they change; what reading it throws where it is damaged.
  public func example(_ index: Int) throws -> Example {
    try example(index, variants: 0, augmentation: nil, seed: 0)
  }

  /// Reads all files; those that are damaged are left out, and told.
  ///
  /// - Parameters:
  ///   - variants: augmented ones of each file, which must be pictures, beside the file as it is;
  ///     of `.wlc` files none are made.
  ///   - augmentation: what makes them; without it there are none.
  ///   - seed: of the augmentation.
  ///   - threads: files read at a time.
  ///   - progress: called with the share of the files that were begun, 0..<1.
  /// - Throws: `DatasetError`, or `SeparationError.changingBlocks`.
  public func load(
    variants: Int = 0, augmentation: PictureAugmentation? = nil, seed: UInt64 = 1,
    threads: Int = 2, progress: (Double) -> Void = { _ in }
  ) async throws -> (examples: [Example], skipped: [Skipped]) {
    if case .sound = input, variants > 0, augmentation != nil { throw DatasetError.augmentedSounds }
    var read = [Result<Example, any Error>?](repeating: nil, count: count)
    var indices = (0..<count).makeIterator()
    await concurrentForEach(threads: threads) {
      let index = indices.next()
      if let index { progress(Double(index) / Double(count)) }
      return index
    } work: { index in
      Result { try example(index, variants: variants, augmentation: augmentation, seed: seed) }
    } collect: {
      read[$0] = $1
    }
    var (examples, skipped): ([Example], [Skipped]) = ([], [])
    for (index, result) in read.enumerated() {
      switch result! {
      case .success(let example): examples.append(example)
      case .failure(let error as DatasetError): throw error
      case .failure(SeparationError.changingBlocks(let file)):
        throw SeparationError.changingBlocks(file: file)
      case .failure(let error):
        skipped.append(Skipped(path: files.files[index].path, reason: "\(error)"))
      }
    }
    return (examples, skipped)
  }

  private func example(
    _ index: Int, variants: Int, augmentation: PictureAugmentation?, seed: UInt64
  ) throws -> Example {
    let file = files.files[index]
    var found: [Latents]
    do {
      switch input {
      case .sound(let input): found = [try input.values(file: file.path)]
      case .picture(let input):
        switch try input.content(file: file.path) {
        case .coded(let latents): found = [latents]
        case .picture(let picture):
          found = [try input.values(of: picture)]
          guard let augmentation, variants > 0 else { break }
          var generator = SeededGenerator(seed: seed &+ UInt64(index) &* 0xD1B5_4A32_D192_ED03)
          for _ in 0..<variants {
            found.append(try input.values(of: augmentation(picture, using: &generator)))
          }
        }
      }
    } catch ContainerError.otherCodec(let file, let made, let given, let hash) {
      throw DatasetError.otherCodec(
        file: file, made: hashText(made), expected: "\(given) (\(hashText(hash)))")
    }
    guard found[0].channels == input.channels else {
      throw DatasetError.otherChannels(
        file: file.path, found: found[0].channels, expected: input.channels)
    }
    return Example(path: file.path, label: file.label, variants: found)
  }
}

/// Latents in memory; pixels, which are whole numbers 0...255, in a byte each.
private struct StoredLatents: Sendable {
  private enum Values {
    case bytes([UInt8])
    case floats([Float])
  }

  private let values: Values
  private let shape: (rows: Int, columns: Int, channels: Int)

  init(_ latents: Latents) {
    shape = (latents.patchRows, latents.patchColumns, latents.channels)
    values =
      latents.values.allSatisfy { $0 >= 0 && $0 <= 255 && $0 == $0.rounded() }
      ? .bytes(latents.values.map { UInt8($0) }) : .floats(latents.values)
  }

  var latents: Latents {
    let floats: [Float] =
      switch values {
      case .bytes(let bytes): bytes.map { Float($0) }
      case .floats(let floats): floats
      }
    return Latents(
      patchRows: shape.rows, patchColumns: shape.columns, channels: shape.channels, values: floats)
  }
}

extension ChannelStatistics {
  /// Those of the examples of a training.
  public init(of examples: [LatentDataset.Example], channels: Int) {
    self.init(of: examples.lazy.flatMap(\.variants), channels: channels)
  }
}
