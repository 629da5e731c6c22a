import Signals

/// Encodes rows of one file from the bytes that are to lie in it.
protocol RowWriter: AnyObject {
  /// Order of the bytes that `write` takes.
  var byteOrder: ByteOrder { get }

  /// Writes what precedes the rows.
  func begin(_ file: OutputFile) throws

  /// Writes the next `count` rows in `bytes`, shape [count, width, planes].
  func write(_ count: Int, rows bytes: UnsafeRawBufferPointer, to file: OutputFile) throws

  /// Writes what follows the rows.
  func end(_ file: OutputFile) throws
}

/// Takes planes of samples and writes them to a file as rows.
final class RowSink: ImageSink {
  private let height: Int
  private let writer: any RowWriter
  private let file: OutputFile
  private let layout: RowLayout
  private var row = 0
  private var bytes: [UInt8] = []

  /// A sink of a picture of `format` that `writer` encodes into `file`.
  init(_ writer: any RowWriter, format: ImageFormat, file: OutputFile) throws {
    self.writer = writer
    self.file = file
    height = format.height
    layout = RowLayout(of: format, byteOrder: writer.byteOrder)
    try writer.begin(file)
  }

  func write(_ rows: Image) throws {
    precondition(row + rows.height <= height, "more rows than the picture has")
    let step = min(rows.height, max(1, (1 << 18) / layout.bytesPerRow))
    if bytes.count < step * layout.bytesPerRow {
      bytes = [UInt8](repeating: 0, count: step * layout.bytesPerRow)
    }
    var done = 0
    while done < rows.height {
      let part = min(step, rows.height - done)
      try bytes.withUnsafeMutableBytes {
        let target = UnsafeMutableRawBufferPointer(rebasing: $0[..<(part * layout.bytesPerRow)])
        layout.encode(rows, rows: done..<done + part, into: target)
        try writer.write(part, rows: UnsafeRawBufferPointer(target), to: file)
      }
      done += part
    }
    row += rows.height
  }

  func finish() throws {
    precondition(row == height, "fewer rows than the picture has")
    try writer.end(file)
    try file.finish()
  }
}

/// Rows that lie in a file as they are, one after another, behind a header.
final class PlainRowWriter: RowWriter {
  let byteOrder: ByteOrder
  private let header: [UInt8]

  init(header: [UInt8], byteOrder: ByteOrder) {
    self.header = header
    self.byteOrder = byteOrder
  }

  func begin(_ file: OutputFile) throws {
    try file.write(header)
  }

  func write(_ count: Int, rows bytes: UnsafeRawBufferPointer, to file: OutputFile) throws {
    try file.write(bytes)
  }

  func end(_ file: OutputFile) {}
}
