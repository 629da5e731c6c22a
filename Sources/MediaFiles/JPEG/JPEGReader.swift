import CJPEG
import Signals

/// Rows of a JPEG file, grey or colour, through libjpeg.
///
/// A progressive picture takes memory for all of its coefficients. Damage of samples throws, where
/// libjpeg by itself would warn and invent them, unless the options are lenient.
final class JPEGReader: RowReader {
  let format: ImageFormat
  let byteOrder = ByteOrder.bigEndian
  private let input: InputFile
  private let state: JPEGState

  /// Reads the header. Throws where the file is damaged, has more pixels than `options` allow, or is in
  /// colours other than grey, RGB and YCbCr.
  init(_ input: InputFile, _ options: ReadingOptions) throws {
    self.input = input
    state = try JPEGState(name: input.name)
    var header = cjpeg_header()
    guard cjpeg_open(state.reader, input.descriptorNumber, options.isLenient ? 1 : 0, &header) == 1
    else {
      throw state.damage(input.name)
    }
    guard header.channels > 0 else {
      throw MediaFileError.unsupported(
        file: input.name, what: "JPEG is read in grey, RGB or YCbCr, not in CMYK or others")
    }
    format = ImageFormat(
      width: Int(header.width), height: Int(header.height), channels: Int(header.channels))
    try checkPixels(
      width: format.width, height: format.height, limit: options.maximumPixels, name: input.name)
  }

  var warning: String? {
    var count = 0
    let text = String(cString: cjpeg_warning(state.reader, &count))
    if count > 0 { return text + (count == 1 ? "" : " (and \(count - 1) more warnings)") }
    let rest = input.size - Int(cjpeg_offset(state.reader))
    return rest > 0 ? "\(rest) bytes are left out: \(behindTheEnd)" : nil
  }

  func read(_ count: Int, into bytes: UnsafeMutableRawBufferPointer) throws {
    if count == 0 { return }
    precondition(bytes.count % count == 0, "rows of different lengths")
    let target = bytes.bindMemory(to: UInt8.self).baseAddress
    guard cjpeg_read(state.reader, target, count, bytes.count / count) == 1 else {
      throw state.damage(input.name)
    }
  }
}

/// What libjpeg holds of a file, freed at the end of its life.
private struct JPEGState: ~Copyable {
  let reader: OpaquePointer

  init(name: String) throws {
    guard let reader = cjpeg_create() else { throw noMemory(name) }
    self.reader = reader
  }

  deinit {
    cjpeg_close(reader)
  }

  /// The error that libjpeg reported last.
  func damage(_ name: String) -> MediaFileError {
    .damaged(
      file: name, what: String(cString: cjpeg_message(reader)), offset: Int(cjpeg_offset(reader)))
  }
}
