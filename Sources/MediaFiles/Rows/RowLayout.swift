import Signals

/// Which byte of a sample comes first in a file.
enum ByteOrder: Sendable {
  case bigEndian
  case littleEndian
}

/// How rows of a picture lie in a file: sample by sample from left to right, the planes of a pixel
/// together.
struct RowLayout: Sendable {
  let width: Int
  let planes: Int
  let sampleType: SampleType
  let byteOrder: ByteOrder

  init(of format: ImageFormat, byteOrder: ByteOrder) {
    width = format.width
    planes = format.planes
    sampleType = format.sampleType
    self.byteOrder = byteOrder
  }

  /// Bytes of a row.
  var bytesPerRow: Int { width * planes * sampleType.bytes }

  /// Separates the planes of `count` rows in `bytes`, shape [count, width, planes], and stores them
  /// from row `row` of `image` on.
  func decode(
    _ bytes: UnsafeRawBufferPointer, count: Int, into image: inout Image, at row: Int
  ) {
    precondition(bytes.count >= count * bytesPerRow, "too few bytes for the rows")
    precondition(row >= 0 && row + count <= image.height, "rows out of range")
    precondition(image.width == width && image.planes == planes, "another shape")
    let height = image.height
    image.samples.withUnsafeMutableBufferPointer { samples in
      for line in 0..<count {
        for plane in 0..<planes {
          let target = samples.extracting(
            (plane * height + row + line) * width..<(plane * height + row + line + 1) * width)
          let start = line * bytesPerRow + plane * sampleType.bytes
          switch (sampleType, byteOrder) {
          case (.uint8, _):
            for x in 0..<width { target[x] = Float(bytes[start + x * planes]) }
          case (.uint16, .bigEndian):
            for x in 0..<width {
              let at = start + x * planes * 2
              target[x] = Float(UInt16(bytes[at]) << 8 | UInt16(bytes[at + 1]))
            }
          case (.uint16, .littleEndian):
            for x in 0..<width {
              let at = start + x * planes * 2
              target[x] = Float(UInt16(bytes[at + 1]) << 8 | UInt16(bytes[at]))
            }
          case (.float32, _):
            for x in 0..<width {
              let at = start + x * planes * 4
              let bits = bytes.loadUnaligned(fromByteOffset: at, as: UInt32.self)
              target[x] = Float(bitPattern: isBigEndian ? bits.bigEndian : bits.littleEndian)
            }
          }
        }
      }
    }
  }

  /// Joins the planes of the rows `range` of `image` into `bytes`, shape [count, width, planes].
  /// Integer samples are rounded and clamped to the range of their type.
  func encode(_ image: Image, rows range: Range<Int>, into bytes: UnsafeMutableRawBufferPointer) {
    precondition(bytes.count >= range.count * bytesPerRow, "too few bytes for the rows")
    precondition(range.lowerBound >= 0 && range.upperBound <= image.height, "rows out of range")
    precondition(image.width == width && image.planes == planes, "another shape")
    image.samples.withUnsafeBufferPointer { samples in
      for (line, row) in range.enumerated() {
        for plane in 0..<planes {
          let source = samples.extracting(
            (plane * image.height + row) * width..<(plane * image.height + row + 1) * width)
          let start = line * bytesPerRow + plane * sampleType.bytes
          switch sampleType {
          case .uint8:
            for x in 0..<width {
              bytes[start + x * planes] = UInt8(truncatingIfNeeded: rounded(source[x], to: 255))
            }
          case .uint16:
            for x in 0..<width {
              let value = rounded(source[x], to: 65535)
              let at = start + x * planes * 2
              bytes[at] = UInt8(truncatingIfNeeded: isBigEndian ? value >> 8 : value)
              bytes[at + 1] = UInt8(truncatingIfNeeded: isBigEndian ? value : value >> 8)
            }
          case .float32:
            for x in 0..<width {
              let bits = source[x].bitPattern
              bytes.storeBytes(
                of: isBigEndian ? bits.bigEndian : bits.littleEndian,
                toByteOffset: start + x * planes * 4, as: UInt32.self)
            }
          }
        }
      }
    }
  }

  private var isBigEndian: Bool { byteOrder == .bigEndian }
}

extension SampleType {
  /// Bytes of a sample in a file.
  var bytes: Int {
    switch self {
    case .uint8: 1
    case .uint16: 2
    case .float32: 4
    }
  }
}

/// The nearest integer in 0...maximum; 0 for what is not a number.
@inline(__always)
private func rounded(_ value: Float, to maximum: Float) -> Int32 {
  // Without branches, for vectors.
  let positive = value > 0 ? value : 0
  let bounded = positive < maximum ? positive : maximum
  // In the lowest bits: 2^23 + bounded, rounded to an integer, has no others.
  return Int32(bitPattern: (bounded + 0x1p23).bitPattern) &- 0x4b00_0000
}
