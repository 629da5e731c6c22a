import EntropyCoding
import Signals

/// A `.wlc` file of sound: header, tags and independently coded segments, one after the other, so
/// that it can be written as the sound comes.
///
/// ```
/// offset bytes  field, little-endian
///      0     8  signature, as of pictures
///      8     1  version, as of pictures
///      9     1  kind: 1 sound
///     10     1  sample type, see `AudioSampleType`
///     11     1  flags: bit 0 steps of bands
///     12     8  codec hash
///     20     4  frames a second
///     24     2  channels
///     26     2  quality, in units of 1/256
///     28     2  coefficients of a channel of a patch that are coded
///     30     2  patches in a segment
///     32     1  scale: full scale of what is coded is 2 to this power, at most 100
///     33     1  layout of channels: 0 not said, 1 loudspeakers, 2 ambisonic
///     34     4  loudspeakers, see `ChannelLayout`; 0 unless the layout is 1
///     38     2  tags
///     40     2  blocks, see `AudioBlock`
///               tags: length (1), name in ASCII, length (4), text in UTF-8
///               blocks: kind (1), length (4), bytes
///            4  CRC-32C of everything above
///               segments: length (4), CRC-32C (4), range-coded symbols
///            4  FF FF FF FF
///            8  frames of the whole sound
///            4  CRC-32C of the frames
/// ```
public struct SoundContainer: Sendable, Equatable {
  /// Sample rate, channels, sample type, layout, tags and blocks; and the frames, which are known
  /// in the end.
  public package(set) var format: AudioFormat
  /// Which codec made it.
  public package(set) var codecHash: UInt64
  /// The steps of the file.
  public package(set) var quality: Quality
  /// Whether steps differ between bands of hearing.
  package var hasBandSteps: Bool
  /// Coefficients of every channel of a patch that are coded, at most S.
  package var coefficients: Int
  /// Patches in every segment but the last.
  package var segmentPatches: Int
  /// Full scale of what is coded is 2 to this power: what floating point beyond -1...1 is divided
  /// by, 0...100.
  package var scale = 0
  /// From first to last; empty while a file is being written.
  public package(set) var segments: [Segment] = []

  /// The coded symbols of consecutive patches.
  public struct Segment: Sendable, Equatable {
    /// Range-coded symbols.
    package var symbols: [UInt8]
    /// Whether the bytes are those that were written; false only in a container that was parsed
    /// with `allowingDamage`.
    public package(set) var isIntact = true
  }

  /// Largest number of channels.
  package static let largestChannels = 256
  /// Largest scale: what is decoded stays far from what single precision does not hold.
  package static let largestScale = 100
  /// What stands where the length of a further segment would.
  static let end: UInt32 = .max

  /// The bytes before the first segment.
  package var header: [UInt8] {
    var bytes = ContainerLayout.signature
    bytes.put(ContainerLayout.version)
    bytes.put(Self.kind)
    bytes.put(format.sampleType.rawValue)
    bytes.put(UInt8(hasBandSteps ? 1 : 0))
    bytes.put(codecHash)
    bytes.put(UInt32(format.sampleRate))
    bytes.put(UInt16(format.channels))
    bytes.put(quality.units)
    bytes.put(UInt16(coefficients))
    bytes.put(UInt16(segmentPatches))
    bytes.put(UInt8(scale))
    switch format.layout {
    case nil: bytes += [0, 0, 0, 0, 0]
    case .speakers(let mask):
      bytes.put(UInt8(1))
      bytes.put(mask)
    case .ambisonic: bytes += [2, 0, 0, 0, 0]
    }
    bytes.put(UInt16(format.tags.count))
    bytes.put(UInt16(format.blocks.count))
    for tag in format.tags {
      bytes.put(UInt8(tag.name.utf8.count))
      bytes += tag.name.utf8
      bytes.put(UInt32(tag.text.utf8.count))
      bytes += tag.text.utf8
    }
    for block in format.blocks {
      bytes.put(block.kind.rawValue)
      bytes.put(UInt32(block.bytes.count))
      bytes += block.bytes
    }
    bytes.put(crc32c(bytes))
    return bytes
  }

  /// The bytes of a segment.
  static func bytes(of segment: Segment) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.put(UInt32(segment.symbols.count))
    bytes.put(crc32c(segment.symbols))
    return bytes + segment.symbols
  }

  /// The bytes after the last segment.
  static func trailer(frames: Int) -> [UInt8] {
    var count: [UInt8] = []
    count.put(UInt64(frames))
    var bytes: [UInt8] = []
    bytes.put(end)
    bytes += count
    bytes.put(crc32c(count))
    return bytes
  }

  /// The bytes of the file.
  package func serialized() -> [UInt8] {
    segments.reduce(into: header) { $0 += Self.bytes(of: $1) }
      + Self.trailer(frames: format.frames ?? 0)
  }

  /// Bytes of the file.
  package var byteCount: Int {
    segments.reduce(header.count + 16) { $0 + 8 + $1.symbols.count }
  }

  /// The kind of container that sound has.
  static let kind: UInt8 = 1

  /// Whether the bytes of a file are those of a container of sound, by its signature and kind.
  package static func isSound(_ bytes: [UInt8]) -> Bool {
    bytes.count > 9 && bytes.starts(with: ContainerLayout.signature) && bytes[9] == kind
  }
}

extension [UInt8] {
  fileprivate mutating func put(_ value: some FixedWidthInteger) {
    Swift.withUnsafeBytes(of: value.littleEndian) { append(contentsOf: $0) }
  }
}
