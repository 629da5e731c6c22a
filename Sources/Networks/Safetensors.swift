import Foundation

/// Named tensors and their file format, safetensors, as codecs keep their weights in it.
///
/// A file is the length of its header in 8 bytes, the header in JSON, and the values of the
/// tensors without gaps, all little-endian. Everything in a file is checked before it is used, so
/// that no file, however damaged, makes a reader crash or allocate more than the file's own size.
///
/// https://huggingface.co/docs/safetensors
public struct Safetensors: Sendable {
  /// What errors call these tensors: the name of their file.
  public let name: String
  /// Text that goes with them.
  public let metadata: [String: String]
  private let content: Content

  private enum Content: Sendable {
    /// The tensors by name.
    case tensors([String: Tensor])
    /// A file of which tensors are read when they are asked for, and where each lies in it.
    case file(Data, [String: SafetensorsHeader.Entry], isIntact: IntactBytes)
  }

  /// Whether bytes of a file in some range are those that they should be.
  package typealias IntactBytes = @Sendable (Range<Int>) -> Bool

  /// Longest header that is read or written, in bytes.
  public static let maximumHeader = 100_000_000

  /// The key of the header that holds the metadata, and so no tensor's name.
  static let metadataKey = "__metadata__"

  /// Tensors in memory. `name` is what errors call them.
  public init(
    tensors: [String: Tensor], metadata: [String: String] = [:], name: String = "tensors in memory"
  ) {
    precondition(tensors[Self.metadataKey] == nil, "a tensor has the name of the metadata")
    self.name = name
    content = .tensors(tensors)
    self.metadata = metadata
  }

  /// Reads a file as far as it is asked for, of which the caller keeps the bytes, as mapped ones.
  ///
  /// - Parameters:
  ///   - bytes: the whole file.
  ///   - name: what errors call it.
  ///   - isIntact: asked for the header at once and for a tensor before it is read.
  /// - Throws: as for a file in memory, and `SafetensorsError.changed`.
  package init(
    lazily bytes: Data, name: String, isIntact: @escaping IntactBytes
  ) throws(SafetensorsError) {
    let header = try SafetensorsHeader(parsing: bytes, name: name)
    guard isIntact(0..<header.end) else { throw .changed(file: name) }
    self.name = name
    metadata = header.metadata
    content = .file(
      bytes, Dictionary(uniqueKeysWithValues: header.entries.map { ($0.name, $0) }),
      isIntact: isIntact)
  }

  /// The tensors by name.
  public var tensors: [String: Tensor] {
    switch content {
    case .tensors(let tensors): tensors
    case .file(let bytes, let entries, _): entries.mapValues { Tensor($0, of: bytes) }
    }
  }

  /// Whether there is a tensor of this name.
  package func contains(_ tensor: String) -> Bool {
    switch content {
    case .tensors(let tensors): tensors[tensor] != nil
    case .file(_, let entries, _): entries[tensor] != nil
    }
  }

  /// Reads the bytes of a whole file. `name` is what errors call it.
  ///
  /// Throws when the bytes are not exactly a safetensors file, or hold values of a type other
  /// than those of `Tensor.Values`.
  public init(parsing bytes: [UInt8], name: String) throws(SafetensorsError) {
    let header = try SafetensorsHeader(parsing: bytes, name: name)
    var tensors: [String: Tensor] = [:]
    for entry in header.entries { tensors[entry.name] = Tensor(entry, of: bytes) }
    self.init(tensors: tensors, metadata: header.metadata, name: name)
  }

  /// The bytes of a file. The same tensors and metadata give the same bytes everywhere: names are
  /// in the order of their UTF-8 bytes, and spaces fill the header up to a multiple of 8 bytes.
  public func serialized() -> [UInt8] {
    var fields: [String] = []
    if !metadata.isEmpty {
      let pairs = inOrder(metadata).map { "\(quoted($0)):\(quoted($1))" }
      fields.append("\(quoted(Self.metadataKey)):{\(pairs.joined(separator: ","))}")
    }
    var data: [UInt8] = []
    for (name, tensor) in inOrder(tensors) {
      let start = data.count
      tensor.values.append(to: &data)
      let shape = tensor.shape.map(String.init).joined(separator: ",")
      fields.append(
        "\(quoted(name)):{\"dtype\":\"\(tensor.values.type.rawValue)\",\"shape\":[\(shape)],"
          + "\"data_offsets\":[\(start),\(data.count)]}")
    }
    var header = Array("{\(fields.joined(separator: ","))}".utf8)
    while header.count % 8 != 0 { header.append(UInt8(ascii: " ")) }
    precondition(header.count <= Self.maximumHeader, "more names than a header holds")
    let length = UInt64(header.count)
    return (0..<8).map { UInt8(truncatingIfNeeded: length >> ($0 * 8)) } + header + data
  }
}

extension Safetensors {
  /// The values of a tensor of type float32 and of this shape. Throws when there is no such tensor.
  public func float32(_ tensor: String, shape: [Int]) throws(SafetensorsError) -> [Float] {
    let found = try values(tensor, shape: shape)
    guard case .float32(let values) = found else { throw wrongType(tensor, found, not: .float32) }
    return values
  }

  /// The values of a tensor of type int16 and of this shape. Throws when there is no such tensor.
  public func int16(_ tensor: String, shape: [Int]) throws(SafetensorsError) -> [Int16] {
    let found = try values(tensor, shape: shape)
    guard case .int16(let values) = found else { throw wrongType(tensor, found, not: .int16) }
    return values
  }

  /// The values of a tensor of type int32 and of this shape. Throws when there is no such tensor.
  public func int32(_ tensor: String, shape: [Int]) throws(SafetensorsError) -> [Int32] {
    let found = try values(tensor, shape: shape)
    guard case .int32(let values) = found else { throw wrongType(tensor, found, not: .int32) }
    return values
  }

  /// The values of a tensor of type uint32 and of this shape. Throws when there is no such tensor.
  public func uint32(_ tensor: String, shape: [Int]) throws(SafetensorsError) -> [UInt32] {
    let found = try values(tensor, shape: shape)
    guard case .uint32(let values) = found else { throw wrongType(tensor, found, not: .uint32) }
    return values
  }

  private func values(_ tensor: String, shape: [Int]) throws(SafetensorsError) -> Tensor.Values {
    func check(_ found: [Int]?) throws(SafetensorsError) {
      guard let found else {
        throw .tensor(file: name, tensor: tensor, what: "there is no such tensor")
      }
      guard found == shape else {
        throw .tensor(file: name, tensor: tensor, what: "its shape is \(found), not \(shape)")
      }
    }
    switch content {
    case .tensors(let tensors):
      try check(tensors[tensor]?.shape)
      return tensors[tensor]!.values
    case .file(let bytes, let entries, let isIntact):
      try check(entries[tensor]?.shape)
      let entry = entries[tensor]!
      guard isIntact(entry.range) else { throw .changed(file: name) }
      return Tensor(entry, of: bytes).values
    }
  }

  private func wrongType(
    _ tensor: String, _ found: Tensor.Values, not expected: Tensor.ValueType
  ) -> SafetensorsError {
    .tensor(
      file: name, tensor: tensor,
      what: "its numbers are of type \(found.type.rawValue), not \(expected.rawValue)")
  }
}

/// Why tensors could not be read.
public enum SafetensorsError: Error, Equatable, CustomStringConvertible {
  /// The file as a whole is not what it should be.
  case file(_ file: String, what: String)
  /// One tensor is not what it should be.
  case tensor(file: String, tensor: String, what: String)
  /// The bytes are not those that are stated somewhere else.
  case changed(file: String)

  /// One sentence that names the file and the tensor.
  public var description: String {
    switch self {
    case .file(let file, let what):
      "\(file) is no valid safetensors file: \(what)"
    case .tensor(let file, let tensor, let what):
      "\(file), tensor \(String(reflecting: tensor)): \(what)"
    case .changed(let file):
      "\(file) has changed: its bytes are not those whose hash is stated"
    }
  }
}

extension Tensor {
  /// The tensor of an entry of a header, of the bytes of its file.
  fileprivate init(_ entry: SafetensorsHeader.Entry, of bytes: some ContiguousBytes) {
    let values = bytes.withUnsafeBytes {
      Values(entry.type, littleEndian: UnsafeRawBufferPointer(rebasing: $0[entry.range]))
    }
    self.init(shape: entry.shape, values: values)
  }
}

/// Pairs in the order of the UTF-8 bytes of their keys.
private func inOrder<Value>(_ pairs: [String: Value]) -> [(key: String, value: Value)] {
  pairs.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
}

/// A string in JSON. Written here so that no version of a library can change the bytes of a file.
private func quoted(_ text: String) -> String {
  var result = "\""
  for scalar in text.unicodeScalars {
    switch scalar {
    case "\"", "\\":
      result += "\\\(scalar)"
    case "\0"..."\u{1F}":
      result += "\\u00" + (scalar.value < 16 ? "0" : "") + String(scalar.value, radix: 16)
    default:
      result.unicodeScalars.append(scalar)
    }
  }
  return result + "\""
}
