import MediaFiles

/// A `.wlc` file in memory, told by its content: a picture, an array or a sound.
public struct CodedFile: Sendable, Equatable {
  /// What is in the file.
  public enum Container: Sendable, Equatable {
    /// A picture or an array.
    case picture(PictureContainer)
    /// A sound.
    case sound(SoundContainer)
  }

  /// What errors call the file: its path, "standard input", or any name.
  public let name: String
  /// What is in the file.
  public let container: Container

  /// A file of a container.
  public init(_ container: Container, name: String) {
    self.container = container
    self.name = name
  }

  /// Parses a file. Every integer is checked before anything is allocated by it.
  ///
  /// - Parameters:
  ///   - bytes: the whole file.
  ///   - name: what errors call it.
  ///   - maximumPixels: the largest width times height that is accepted.
  ///   - allowingDamage: keep strips and segments with a wrong checksum or cut off, marked, instead
  ///     of throwing; header and metadata must be intact all the same.
  /// - Throws: `ContainerError`.
  public init(
    parsing bytes: [UInt8], name: String,
    maximumPixels: Int = PictureContainer.defaultMaximumPixels, allowingDamage: Bool = false
  ) throws(ContainerError) {
    self.name = name
    container =
      try SoundContainer.isSound(bytes)
      ? .sound(SoundContainer(parsing: bytes, file: name, allowingDamage: allowingDamage))
      : .picture(
        PictureContainer(
          parsing: bytes, file: name, maximumPixels: maximumPixels, allowingDamage: allowingDamage))
  }

  /// Reads and parses a file; "-" is standard input.
  ///
  /// - Throws: `MediaFileError` where it cannot be read, and as parsing does.
  public init(
    path: String, maximumPixels: Int = PictureContainer.defaultMaximumPixels,
    allowingDamage: Bool = false
  ) throws {
    // No container is larger than 4 GiB.
    try self.init(
      parsing: readFile(
        path: path, maximumBytes: 1 << 32, signature: ContainerLayout.signature),
      name: path == "-" ? "standard input" : path, maximumPixels: maximumPixels,
      allowingDamage: allowingDamage)
  }

  /// Whether a regular file begins as a `.wlc` file does.
  public static func isCoded(path: String) -> Bool {
    let signature = ContainerLayout.signature
    return firstBytes(ofFile: path, count: signature.count) == signature
  }

  /// Which codec made it: a hash of the files of the codec.
  public var codecHash: UInt64 {
    switch container {
    case .picture(let container): container.codecHash
    case .sound(let container): container.codecHash
    }
  }

  /// The container, which must be of a picture or an array.
  package func pictureContainer() throws(ContainerError) -> PictureContainer {
    guard case .picture(let picture) = container else {
      throw .otherKind(file: name, isSound: true)
    }
    return picture
  }

  /// The container, which must be of a sound.
  package func soundContainer() throws(ContainerError) -> SoundContainer {
    guard case .sound(let sound) = container else {
      throw .otherKind(file: name, isSound: false)
    }
    return sound
  }

  /// The bytes of the file.
  public func serialized() -> [UInt8] {
    switch container {
    case .picture(let container): container.serialized()
    case .sound(let container): container.serialized()
    }
  }

  /// Writes the file, all of it or nothing; "-" is standard output.
  ///
  /// - Throws: `MediaFileError` where the system refuses, or where a file of that name exists and
  ///   `overwrite` is false.
  public func write(path: String, overwrite: Bool = false) throws {
    try writeFile(serialized(), path: path, overwrite: overwrite)
  }
}
