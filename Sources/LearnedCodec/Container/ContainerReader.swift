/// Reads the fields of a container one after the other.
struct ContainerReader {
  let bytes: [UInt8]
  let file: String
  var offset = 0
  /// Where the payload of the next section starts.
  var payload = 0

  struct Field {
    let name: String
    let value: Int
    let offset: Int
  }

  init(bytes: [UInt8], file: String) {
    self.bytes = bytes
    self.file = file
  }

  /// Checks the signature and the version behind it.
  mutating func start() throws(ContainerError) {
    guard bytes.starts(with: ContainerLayout.signature) else {
      throw bytes.isEmpty || !ContainerLayout.signature.starts(with: bytes)
        ? .notAContainer(file: file)
        : .truncated(file: file, section: "header", offset: bytes.count)
    }
    offset = ContainerLayout.signature.count
    let version = try integer(UInt8.self)
    guard version == ContainerLayout.version else {
      throw .unknownVersion(file: file, version: version)
    }
  }

  mutating func integer<T: FixedWidthInteger>(_ type: T.Type) throws(ContainerError) -> Int {
    // Of 64 bits a damaged file may hold any.
    Int(clamping: try raw(type))
  }

  mutating func hash() throws(ContainerError) -> UInt64 { try raw(UInt64.self) }

  private mutating func raw<T: FixedWidthInteger>(_ type: T.Type) throws(ContainerError) -> T {
    let size = T.bitWidth / 8
    guard bytes.count - offset >= size else {
      throw .truncated(file: file, section: "header", offset: bytes.count)
    }
    var value: T = 0
    for index in 0..<size { value |= T(bytes[offset + index]) << T(8 * index) }
    offset += size
    return value
  }

  mutating func field<T: FixedWidthInteger>(
    _ name: String, _ type: T.Type
  ) throws(ContainerError) -> Field {
    let start = offset
    return Field(name: name, value: try integer(type), offset: start)
  }

  func invalid(_ field: Field) -> ContainerError {
    .invalid(file: file, field: field.name, value: field.value, offset: field.offset)
  }

  /// The next `count` bytes.
  mutating func take(_ count: Int, of section: String) throws(ContainerError) -> ArraySlice<UInt8> {
    guard count <= bytes.count - offset else {
      throw .truncated(file: file, section: section, offset: bytes.count)
    }
    offset += count
    return bytes[offset - count..<offset]
  }
}
