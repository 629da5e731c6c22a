import Signals

/// A reader of an npy array of shape [H, W] or [H, W, C] in C order, of the little-endian types u1,
/// u2 and f4.
func npyReader(_ input: InputFile, _ options: ReadingOptions) throws -> any RowReader {
  let name = input.name
  let start = try input.bytes(at: 0, count: 10)
  let major = start[6]
  guard (1...3).contains(major) else {
    throw MediaFileError.unsupported(file: name, what: "npy version \(major) is not known")
  }
  let lengthBytes = major == 1 ? 2 : 4
  let length = try input.bytes(at: 8, count: lengthBytes).reversed().reduce(0) {
    $0 << 8 | Int($1)
  }
  // Of the arrays that are read none needs a header as long as this.
  guard length <= 1 << 16 else {
    throw MediaFileError.damaged(file: name, what: "the npy header is too long", offset: 8)
  }
  var parser = NPYHeaderParser(
    bytes: try input.bytes(at: 8 + lengthBytes, count: length), offset: 8 + lengthBytes, name: name)
  let header = try parser.parse()
  let format = try format(of: header, name: name)
  try checkPixels(
    width: format.width, height: format.height, limit: options.maximumPixels, name: name)
  return try PlainRowReader(
    input, format: format, byteOrder: .littleEndian, offset: 8 + lengthBytes + length)
}

/// The header of an npy file for `format`: shape [H, W] for one plane, otherwise [H, W, planes].
func npyHeader(of format: ImageFormat) -> [UInt8] {
  let type =
    switch format.sampleType {
    case .uint8: "|u1"
    case .uint16: "<u2"
    case .float32: "<f4"
    }
  let planes = format.planes == 1 ? "" : ", \(format.planes)"
  return npyHeader(
    """
    {'descr': '\(type)', 'fortran_order': False, \
    'shape': (\(format.height), \(format.width)\(planes)), }
    """)
}

/// The start of an npy file of an array of any shape, in C order.
func npyHeader(type: String, shape: [Int]) -> [UInt8] {
  let extents = shape.map(String.init).joined(separator: ", ") + (shape.count == 1 ? "," : "")
  return npyHeader("{'descr': '\(type)', 'fortran_order': False, 'shape': (\(extents)), }")
}

/// The start of an npy file before its samples, from the text that describes them.
func npyHeader(_ text: String) -> [UInt8] {
  // NumPy aligns the samples to 64 bytes: 10 before the text, a line feed after it.
  let padding = (64 - (10 + text.utf8.count + 1) % 64) % 64
  let length = text.utf8.count + padding + 1
  return [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(length & 0xFF), UInt8(length >> 8)]
    + Array(text.utf8) + [UInt8](repeating: 0x20, count: padding) + [0x0A]
}

private func format(of header: NPYHeader, name: String) throws -> ImageFormat {
  let type: SampleType
  switch header.type {
  case "|u1", "<u1": type = .uint8
  case "<u2": type = .uint16
  case "<f4": type = .float32
  default:
    throw MediaFileError.unsupported(
      file: name, what: "arrays of |u1, <u2 and <f4 are read, not of \(header.type)")
  }
  if header.isColumnMajor {
    throw MediaFileError.unsupported(
      file: name, what: "arrays in C order are read, not in Fortran order")
  }
  guard header.shape.count == 2 || header.shape.count == 3, !header.shape.contains(0) else {
    throw MediaFileError.unsupported(
      file: name,
      what: "arrays of shape [rows, columns] or [rows, columns, channels] are read, not "
        + "\(header.shape)")
  }
  return ImageFormat(
    kind: .array, width: header.shape[1], height: header.shape[0],
    channels: header.shape.count == 3 ? header.shape[2] : 1, sampleType: type)
}
