import Signals

/// Bytes that a PNM header may take; comments can make it long.
private let maximumHeaderBytes = 1 << 16

/// A reader of binary PGM (P5) or PPM (P6) with any maximum up to 65535.
func pnmReader(_ input: InputFile, _ options: ReadingOptions) throws -> any RowReader {
  var header = PNMHeader(bytes: try input.prefix(maximumHeaderBytes), name: input.name)
  let format = try header.parse()
  try checkPixels(
    width: format.width, height: format.height, limit: options.maximumPixels, name: input.name)
  return try PlainRowReader(
    input, format: format, byteOrder: .bigEndian, offset: header.position)
}

/// The header of a PGM or PPM file for `format`. Throws where such a file cannot hold it.
func pnmHeader(of format: ImageFormat, name: String) throws -> [UInt8] {
  guard let maximum = format.maximum, [1, 3].contains(format.channels), !format.hasAlpha
  else {
    throw MediaFileError.unsupported(
      file: name, what: "PNM holds grey or RGB of 8 or 16 bits, not \(format.samples)")
  }
  let magic = format.channels == 1 ? "P5" : "P6"
  return Array("\(magic)\n\(format.width) \(format.height)\n\(Int(maximum))\n".utf8)
}

func isWhitespace(_ byte: UInt8) -> Bool {
  byte == 0x20 || (0x09...0x0D).contains(byte)
}

/// The text before the samples of a PNM file.
private struct PNMHeader {
  let bytes: [UInt8]
  let name: String
  /// Where parsing has arrived; after `parse`, where the samples start.
  private(set) var position = 2

  init(bytes: [UInt8], name: String) {
    self.bytes = bytes
    self.name = name
  }

  mutating func parse() throws -> ImageFormat {
    let magic = bytes[1]
    guard magic == UInt8(ascii: "5") || magic == UInt8(ascii: "6") else {
      throw MediaFileError.unsupported(
        file: name, what: "of the PNM formats P5 and P6 are read, not P\(Character(.init(magic)))")
    }
    let width = try number("width")
    let height = try number("height")
    let maximum = try number("maximum")
    guard position < bytes.count, isWhitespace(bytes[position]) else {
      throw damaged("no white space before the samples")
    }
    position += 1
    guard (1...65535).contains(maximum) else { throw damaged("the maximum is \(maximum)") }
    guard width > 0, height > 0 else { throw damaged("the picture is empty") }
    return ImageFormat(
      width: width, height: height, channels: magic == UInt8(ascii: "5") ? 1 : 3,
      sampleType: maximum <= 255 ? .uint8 : .uint16, maximum: Float(maximum))
  }

  private mutating func number(_ field: String) throws -> Int {
    while position < bytes.count, isWhitespace(bytes[position]) || bytes[position] == 0x23 {
      if bytes[position] == 0x23 {
        while position < bytes.count, bytes[position] != 0x0A, bytes[position] != 0x0D {
          position += 1
        }
      } else {
        position += 1
      }
    }
    let start = position
    var value = 0
    while position < bytes.count, (0x30...0x39).contains(bytes[position]) {
      value = value * 10 + Int(bytes[position] - 0x30)
      if value > Int(Int32.max) { throw damaged("the \(field) is too large") }
      position += 1
    }
    if position == start { throw damaged("the \(field) is missing") }
    return value
  }

  private func damaged(_ what: String) -> MediaFileError {
    .damaged(file: name, what: what, offset: position)
  }
}
