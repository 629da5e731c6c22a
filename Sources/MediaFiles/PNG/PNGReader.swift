import CPNGRows
import Signals

/// Rows of a PNG file of any colour type and depth, through libpng.
///
/// Palettes become RGB, grey of fewer than 8 bits becomes 8 bits, and a transparent colour becomes
/// an alpha channel. An interlaced picture takes memory for all of it.
final class PNGReader: RowReader {
  let format: ImageFormat
  let byteOrder = ByteOrder.bigEndian
  private let input: InputFile
  private let state: PNGState

  /// Reads the header. Throws where the file is damaged or has more pixels than `options` allow.
  init(_ input: InputFile, _ options: ReadingOptions) throws {
    self.input = input
    state = try PNGState(name: input.name)
    var header = cpng_header()
    guard cpng_open(state.reader, input.descriptorNumber, options.isLenient ? 1 : 0, &header) == 1
    else {
      throw state.damage(input.name)
    }
    format = ImageFormat(
      width: Int(header.width), height: Int(header.height),
      channels: header.channels < 3 ? 1 : 3, hasAlpha: header.channels % 2 == 0,
      sampleType: header.bits == 16 ? .uint16 : .uint8)
    try checkPixels(
      width: format.width, height: format.height, limit: options.maximumPixels, name: input.name)
  }

  var warning: String? {
    var count = 0
    let text = String(cString: cpng_warning(state.reader, &count))
    return count == 0 ? nil : text + (count == 1 ? "" : " (and \(count - 1) more warnings)")
  }

  func read(_ count: Int, into bytes: UnsafeMutableRawBufferPointer) throws {
    if count == 0 { return }
    precondition(bytes.count % count == 0, "rows of different lengths")
    let target = bytes.bindMemory(to: UInt8.self).baseAddress
    guard cpng_read(state.reader, target, count, bytes.count / count) == 1 else {
      throw state.damage(input.name)
    }
  }
}

/// What libpng holds of a file, freed at the end of its life.
private struct PNGState: ~Copyable {
  let reader: OpaquePointer

  init(name: String) throws {
    guard let reader = cpng_create_reader() else { throw noMemory(name) }
    self.reader = reader
  }

  deinit {
    cpng_close_reader(reader)
  }

  /// The error that libpng reported last.
  func damage(_ name: String) -> MediaFileError {
    .damaged(
      file: name, what: String(cString: cpng_reader_message(reader)),
      offset: Int(cpng_offset(reader)))
  }
}

/// The error of a library that got no memory for its own state.
func noMemory(_ name: String) -> MediaFileError {
  .system(file: name, action: "read or write", reason: "no memory")
}
