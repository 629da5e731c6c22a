import CPNGRows
import Signals

/// Whether a PNG file can hold the samples of `format`.
func isPNG(_ format: ImageFormat) -> Bool {
  [1, 3].contains(format.channels) && format.sampleType != .float32
}

/// Encodes a PNG file with its metadata, through libpng.
final class PNGWriter: RowWriter {
  let byteOrder = ByteOrder.bigEndian
  private let name: String
  private let format: ImageFormat
  private let writer: OpaquePointer

  /// A writer for `format`. Throws where PNG cannot hold it.
  init(_ format: ImageFormat, name: String) throws {
    guard isPNG(format) else {
      throw MediaFileError.unsupported(
        file: name, what: "PNG holds grey or RGB of 8 or 16 bits, not \(format.samples)")
    }
    guard format.width <= Int(Int32.max), format.height <= Int(Int32.max) else {
      throw MediaFileError.unsupported(
        file: name, what: "PNG holds no picture of \(format.width) x \(format.height) pixels")
    }
    guard let writer = cpng_create_writer() else { throw noMemory(name) }
    self.name = name
    self.format = format
    self.writer = writer
  }

  deinit {
    cpng_close_writer(writer)
  }

  func begin(_ file: OutputFile) throws {
    var header = cpng_header(
      width: UInt32(format.width), height: UInt32(format.height), channels: Int32(format.planes),
      bits: format.sampleType == .uint16 ? 16 : 8)
    try check(cpng_begin(writer, &header))
    for chunk in try pngChunks(of: format, name: name) {
      try check(cpng_write_chunk(writer, chunk.type, chunk.bytes, chunk.bytes.count))
    }
    try pass(to: file)
  }

  func write(_ count: Int, rows bytes: UnsafeRawBufferPointer, to file: OutputFile) throws {
    if count == 0 { return }
    precondition(bytes.count % count == 0, "rows of different lengths")
    let source = bytes.bindMemory(to: UInt8.self).baseAddress
    try check(cpng_write(writer, source, count, bytes.count / count))
    try pass(to: file)
  }

  func end(_ file: OutputFile) throws {
    try check(cpng_end(writer))
    try pass(to: file)
  }

  private func pass(to file: OutputFile) throws {
    var count = 0
    guard let bytes = cpng_take(writer, &count) else { return }
    try file.write(UnsafeRawBufferPointer(start: bytes, count: count))
  }

  private func check(_ result: Int32) throws {
    if result != 1 {
      throw MediaFileError.system(
        file: name, action: "encode", reason: String(cString: cpng_writer_message(writer)))
    }
  }
}
