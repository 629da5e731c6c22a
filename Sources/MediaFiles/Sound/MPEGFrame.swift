/// The header of a frame of MPEG audio (ISO/IEC 11172-3 and 13818-3), of a bit rate that it states.
struct MPEGFrame: Equatable {
  /// 1 or 2; 2.5 is 3.
  var version: Int
  var layer: Int
  var sampleRate: Int
  var isMono: Bool
  /// Bytes of the frame, its header included; 0 for a free bit rate.
  var size: Int

  /// A header from its first bytes; nil where none starts here.
  init?(_ bytes: ArraySlice<UInt8>) {
    // Eleven ones, two bits of version (01 is reserved), two of layer (00 is reserved), a bit for the
    // checksum, four of bit rate (15 is forbidden), two of sample rate (3 is reserved), padding.
    guard bytes.count >= 4 else { return nil }
    let (first, second, third, fourth) = (
      bytes[bytes.startIndex], bytes[bytes.startIndex + 1], bytes[bytes.startIndex + 2],
      bytes[bytes.startIndex + 3]
    )
    guard first == 0xFF, second & 0xE0 == 0xE0, second & 0x18 != 0x08, second & 0x06 != 0,
      third & 0xF0 != 0xF0, third & 0x0C != 0x0C
    else { return nil }
    version = second & 0x18 == 0x18 ? 1 : second & 0x18 == 0x10 ? 2 : 3
    layer = 4 - Int(second >> 1 & 3)
    sampleRate = [44100, 48000, 32000][Int(third >> 2 & 3)] >> (version - 1)
    isMono = fourth & 0xC0 == 0xC0
    let rate = Self.rates[version == 1 ? layer - 1 : layer == 1 ? 3 : 4][Int(third >> 4)] * 1000
    let padding = Int(third >> 1 & 1)
    size =
      rate == 0
      ? 0
      : layer == 1
        ? (12 * rate / sampleRate + padding) * 4
        : (layer == 3 && version > 1 ? 72 : 144) * rate / sampleRate + padding
  }

  /// Kbit/s of layers I, II and III of version 1, of layer I and of the others of version 2.
  private static let rates = [
    [0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448],
    [0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384],
    [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
    [0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256],
    [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
  ]

  /// Whether `other` may follow in the same stream.
  func isLike(_ other: MPEGFrame) -> Bool {
    version == other.version && layer == other.layer && sampleRate == other.sampleRate
  }

  /// The number of frames of its stream that a frame states in place of samples, as Xing and LAME
  /// write it; 0 where it does not know, nil where it is an ordinary frame.
  func statedFrames(_ frame: ArraySlice<UInt8>) -> Int? {
    // Behind the header lies the side information of a silent frame.
    let side = version == 1 ? (isMono ? 17 : 32) : (isMono ? 9 : 17)
    let head = frame.dropFirst(4 + side)
    if head.starts(with: "Xing".utf8) || head.starts(with: "Info".utf8), head.count >= 12 {
      let hasFrames = head[head.startIndex + 7] & 1 != 0
      return hasFrames ? integer(head.dropFirst(8).prefix(4), bigEndian: true) : 0
    }
    let other = frame.dropFirst(36)
    if other.starts(with: "VBRI".utf8), other.count >= 18 {
      return integer(other.dropFirst(14).prefix(4), bigEndian: true)
    }
    return nil
  }
}
