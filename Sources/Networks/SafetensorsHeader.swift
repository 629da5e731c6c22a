import Foundation

/// The header of a safetensors file, checked against the length of the file.
struct SafetensorsHeader {
  /// Where a tensor lies.
  struct Entry: Sendable {
    let name: String
    let type: Tensor.ValueType
    let shape: [Int]
    /// Its bytes within the file: as many as type and shape need.
    let range: Range<Int>
  }

  /// The tensors in the order of their bytes: without gaps or overlaps, up to the end of the file.
  let entries: [Entry]
  let metadata: [String: String]
  /// Where the values start in the file.
  let end: Int

  /// Extents of a shape beyond which a file is taken for damaged.
  static let maximumRank = 64

  /// The header of a whole file.
  init(
    parsing bytes: some RandomAccessCollection<UInt8> & ContiguousBytes, name: String
  ) throws(SafetensorsError) {
    try self.init(
      head: bytes.withUnsafeBytes { bytes in
        // Only the header is copied, and of one that is too long nothing.
        let length = bytes.count < 8 ? 0 : bytes.loadUnaligned(as: UInt64.self).littleEndian
        let end = length > UInt64(bytes.count) ? 8 : min(8 + Int(length), bytes.count)
        return Array(bytes.prefix(end))
      }, of: bytes.count, name: name)
  }

  /// - Parameters:
  ///   - bytes: the header, or as much of it as there is.
  ///   - size: bytes of the file.
  private init(
    head bytes: [UInt8], of size: Int, name: String
  ) throws(SafetensorsError) {
    guard bytes.count >= 8 else {
      throw .file(name, what: "it has \(bytes.count) bytes, too few for the length of a header")
    }
    let length = (0..<8).reduce(UInt64(0)) { $0 | UInt64(bytes[$1]) << ($1 * 8) }
    guard length <= Safetensors.maximumHeader else {
      throw .file(
        name,
        what: "its header of \(length) bytes is over the limit of \(Safetensors.maximumHeader)")
    }
    let start = 8 + Int(length)
    guard start <= size else {
      throw .file(
        name, what: "its header of \(length) bytes goes beyond its end at \(size) bytes")
    }
    let json: HeaderJSON
    if let plain = HeaderJSON(plain: bytes[8..<start]) {
      json = plain
    } else {
      do {
        json = try JSONDecoder().decode(HeaderJSON.self, from: Data(bytes[8..<start]))
      } catch {
        throw Self.fault(error, file: name)
      }
    }
    metadata = json.metadata
    var entries: [Entry] = []
    for (tensor, fields) in json.tensors {
      entries.append(try fields.entry(tensor, file: name, data: start..<size))
    }
    // An empty tensor lies where another one starts, and comes before it.
    entries.sort {
      ($0.range.lowerBound, $0.range.upperBound) < ($1.range.lowerBound, $1.range.upperBound)
    }
    var end = start
    for entry in entries {
      guard entry.range.lowerBound == end else {
        let fault = entry.range.lowerBound < end ? "overlap with" : "leave a gap behind"
        throw .tensor(
          file: name, tensor: entry.name,
          what: "its bytes from \(entry.range.lowerBound - start) on \(fault) others")
      }
      end = entry.range.upperBound
    }
    guard end == size else {
      throw .file(name, what: "its last \(size - end) bytes belong to no tensor")
    }
    self.entries = entries
    self.end = start
  }

  /// What is wrong with a header that could not be decoded.
  private static func fault(_ error: any Error, file: String) -> SafetensorsError {
    let path: [any CodingKey] =
      switch error as? DecodingError {
      case .typeMismatch(_, let context), .valueNotFound(_, let context),
        .dataCorrupted(let context):
        context.codingPath
      case .keyNotFound(let key, let context): context.codingPath + [key]
      default: []
      }
    guard let tensor = path.first?.stringValue else {
      return .file(file, what: "its header is not the JSON of tensors")
    }
    let field = path.count > 1 ? String(reflecting: path[1].stringValue) : "description"
    return .tensor(file: file, tensor: tensor, what: "its \(field) is missing or of a wrong type")
  }
}

/// What the header says, unchecked.
private struct HeaderJSON: Decodable {
  var tensors: [String: Fields] = [:]
  var metadata: [String: String] = [:]

  struct Fields: Decodable {
    let type: String
    let shape: [Int]
    let offsets: [Int]

    init(type: String, shape: [Int], offsets: [Int]) {
      (self.type, self.shape, self.offsets) = (type, shape, offsets)
    }

    private enum CodingKeys: String, CodingKey {
      case type = "dtype"
      case shape
      case offsets = "data_offsets"
    }

    /// Where the tensor lies in a file whose data is in the bytes `data`.
    func entry(
      _ tensor: String, file: String, data: Range<Int>
    ) throws(SafetensorsError) -> SafetensorsHeader.Entry {
      func fault(_ what: String) -> SafetensorsError {
        .tensor(file: file, tensor: tensor, what: what)
      }
      guard let type = Tensor.ValueType(rawValue: type) else {
        throw fault("numbers of type \(String(reflecting: type)) are not supported")
      }
      guard shape.count <= SafetensorsHeader.maximumRank else {
        throw fault("its shape has \(shape.count) extents")
      }
      guard offsets.count == 2 else { throw fault("it has \(offsets.count) offsets, not 2") }
      let (start, end) = (offsets[0], offsets[1])
      guard 0 <= start, start <= end, end <= data.count else {
        throw fault(
          "its bytes from \(start) to \(end) are not within the \(data.count) bytes of data")
      }
      var size = type.size
      var tooLarge = false
      for extent in shape {
        guard extent >= 0 else { throw fault("its shape \(shape) has a negative extent") }
        let product = size.multipliedReportingOverflow(by: extent)
        size = product.partialValue
        tooLarge = tooLarge || product.overflow
      }
      guard !tooLarge, size == end - start else {
        throw fault("its shape \(shape) of \(self.type) does not fill its \(end - start) bytes")
      }
      return SafetensorsHeader.Entry(
        name: tensor, type: type, shape: shape,
        range: data.lowerBound + start..<data.lowerBound + end)
    }
  }

  /// From a header as programs write it; nil of others.
  init?(plain bytes: ArraySlice<UInt8>) {
    let found = bytes.withUnsafeBufferPointer { bytes in
      var reader = PlainHeaderReader(bytes)
      return reader.read()
    }
    guard let found else { return nil }
    for fields in found {
      let old = tensors.updateValue(
        Fields(type: fields.type, shape: fields.shape, offsets: fields.offsets),
        forKey: fields.name)
      // Which of two counts is left to the decoder.
      if old != nil { return nil }
    }
  }

  private struct Name: CodingKey {
    let stringValue: String
    let intValue: Int? = nil

    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  init(from decoder: any Decoder) throws {
    let fields = try decoder.container(keyedBy: Name.self)
    for key in fields.allKeys {
      if key.stringValue == Safetensors.metadataKey {
        metadata = try fields.decode([String: String].self, forKey: key)
      } else {
        tensors[key.stringValue] = try fields.decode(Fields.self, forKey: key)
      }
    }
  }
}
