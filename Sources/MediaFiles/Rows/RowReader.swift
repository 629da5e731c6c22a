import Signals

/// Gives the rows of one file as the bytes that lie in it.
protocol RowReader: AnyObject {
  /// Shape and sample format, without metadata.
  var format: ImageFormat { get }
  /// Order of the bytes that `read` gives.
  var byteOrder: ByteOrder { get }

  /// What was odd about the rows so far, in words; nil where nothing was.
  var warning: String? { get }

  /// Fills `bytes` with the next `count` rows, shape [count, width, planes]. There are as many left.
  func read(_ count: Int, into bytes: UnsafeMutableRawBufferPointer) throws
}

/// The rows of a file as planes of samples.
final class RowSource: ImageSource {
  let format: ImageFormat
  private let name: String
  private let reader: any RowReader
  private let layout: RowLayout
  private let warn: (MediaFileWarning) -> Void
  private var row = 0
  private var bytes: [UInt8] = []
  private var failure: (any Error)?

  /// The rows that `reader` gives of the file `name`, whose format is `format`. After the last row
  /// `warn` is told what was odd about them.
  init(
    _ reader: any RowReader, format: ImageFormat, name: String,
    warn: @escaping (MediaFileWarning) -> Void
  ) {
    self.warn = warn
    self.reader = reader
    self.format = format
    self.name = name
    layout = RowLayout(of: format, byteOrder: reader.byteOrder)
  }

  func nextRows(_ count: Int) throws -> Image {
    // A library whose file has failed is in no state to go on.
    if let failure { throw failure }
    do {
      return try readRows(min(count, format.height - row))
    } catch {
      failure = error
      throw error
    }
  }

  private func readRows(_ count: Int) throws -> Image {
    var image = Image(width: format.width, height: count, planes: format.planes)
    let step = min(count, max(1, (1 << 18) / layout.bytesPerRow))
    if bytes.count < step * layout.bytesPerRow {
      bytes = [UInt8](repeating: 0, count: step * layout.bytesPerRow)
    }
    var done = 0
    while done < count {
      let part = min(step, count - done)
      try bytes.withUnsafeMutableBytes {
        let target = UnsafeMutableRawBufferPointer(rebasing: $0[..<(part * layout.bytesPerRow)])
        try reader.read(part, into: target)
        layout.decode(UnsafeRawBufferPointer(target), count: part, into: &image, at: done)
      }
      done += part
    }
    if format.sampleType == .float32 { try checkFinite(image) }
    if let maximum = format.maximum, format.sampleType.maximum != maximum,
      let largest = image.samples.max(), largest > maximum
    {
      throw MediaFileError.unsupported(
        file: name, what: "a sample of \(Int(largest)) is beyond the maximum of \(Int(maximum))")
    }
    row += count
    if count > 0, row == format.height, let what = reader.warning {
      warn(MediaFileWarning(file: name, what: what))
    }
    return image
  }

  private func checkFinite(_ image: Image) throws {
    guard let index = image.samples.firstIndex(where: { !$0.isFinite }) else { return }
    throw MediaFileError.notFinite(
      file: name, row: row + index / image.width % image.height, column: index % image.width)
  }
}

/// Rows that lie in a file as they are, one after another.
final class PlainRowReader: RowReader {
  let format: ImageFormat
  var warning: String? {
    offset < input.size ? "\(input.size - offset) bytes are left out: \(behindTheEnd)" : nil
  }
  let byteOrder: ByteOrder
  private let input: InputFile
  private var offset: Int

  /// Rows from `offset` on. Throws where the file does not hold all of them.
  init(
    _ input: InputFile, format: ImageFormat, byteOrder: ByteOrder, offset: Int
  ) throws {
    self.input = input
    self.format = format
    self.byteOrder = byteOrder
    self.offset = offset
    let sizes = [format.width, format.height, format.planes, format.sampleType.bytes]
    let (count, overflow) = sizes.reduce((1, false)) { total, size in
      let (product, overflow) = total.0.multipliedReportingOverflow(by: size)
      return (product, total.1 || overflow)
    }
    if overflow || count > input.size - offset {
      throw MediaFileError.damaged(
        file: input.name, what: "the file ends before the samples that its header states",
        offset: input.size)
    }
  }

  func read(_ count: Int, into bytes: UnsafeMutableRawBufferPointer) throws {
    try input.read(at: offset, into: bytes)
    offset += bytes.count
  }
}
