import EntropyCoding
import Signals

/// A `.wlc` file in memory: header, metadata and independently coded strips.
///
/// ```
/// offset bytes  field, little-endian
///      0     8  signature 89 57 4C 43 0D 0A 1A 0A
///      8     1  version, 2
///      9     1  kind: 0 picture, 2 array
///     10     1  sample type: 0 8-bit, 1 16-bit, 2 single precision
///     11     1  flags: bit 0 alpha plane, bit 1 steps for the eye, bit 2 graphics
///     12     8  codec hash
///     20     4  width
///     24     4  height
///     28     2  channels of the picture
///     30     2  channels of the latents
///     32     2  quality, in units of 1/256
///     34     2  metadata blocks M
///     36     4  patch rows in a strip
///     40     4  strips S
///     44     2  sample of full scale; 0 for single precision
///     46     1  bits of the samples; 0 for single precision
///     47   9 M  metadata: kind, length (4), CRC-32C (4)
///         12 S  strips: length of symbols (4), length of alpha (4), with graphics that of these
///               (4, so 16 S), CRC-32C of all (4)
///            4  CRC-32C of everything above
///               metadata, then strips, each symbols, alpha, graphics
/// ```
///
/// Symbols are coded by `EntropyTables`, alpha by `encodeAlpha`, graphics by `GraphicsCoder`; strips
/// are rows of patches of the whole picture's transform, so that cutting it changes no latent. An
/// encoder's choice of symbols looks at neighbours within the strip, so a cut may move a few symbols
/// beside it.
public struct PictureContainer: Sendable, Equatable {
  /// Shape, sample format and metadata.
  public package(set) var format: ImageFormat
  /// Which codec made it.
  public package(set) var codecHash: UInt64
  /// Channels of the latents that are coded.
  public package(set) var channels: Int
  /// Step and entropy model.
  public package(set) var quality: Quality
  /// Whether there is one step for all channels or one for each.
  package var tuning = PictureOptions.Tuning.psnr
  /// Rows of patches in every strip but the last, which may have fewer.
  package var stripPatchRows: Int
  /// From top to bottom.
  public package(set) var strips: [Strip]

  /// The coded rows of a few rows of patches.
  public struct Strip: Sendable, Equatable {
    /// Range-coded symbols.
    package var symbols: ArraySlice<UInt8>
    /// Range-coded alpha; empty without alpha.
    package var alpha: ArraySlice<UInt8>
    /// Range-coded graphics; empty where the strip has none.
    package var graphics: ArraySlice<UInt8>
    /// Whether the bytes are those that were written; false only in a container that was parsed
    /// with `allowingDamage`.
    public package(set) var isIntact = true

    /// A strip of these bytes.
    package init(
      symbols: ArraySlice<UInt8>, alpha: ArraySlice<UInt8> = [], graphics: ArraySlice<UInt8> = []
    ) {
      self.symbols = symbols
      self.alpha = alpha
      self.graphics = graphics
    }

    /// All bytes, in the order of the file.
    var bytes: ArraySlice<UInt8> { symbols + alpha + graphics }
  }

  /// Bytes of the file.
  public var byteCount: Int {
    ContainerLayout.tablesOffset + format.metadata.count * ContainerLayout.metadataEntry
      + strips.count * ContainerLayout.stripEntry(hasGraphics: hasGraphics) + 4
      + format.metadata.reduce(0) { $0 + $1.bytes.count }
      + strips.reduce(0) { $0 + $1.symbols.count + $1.alpha.count + $1.graphics.count }
  }

  /// Whether any strip has graphics.
  package var hasGraphics: Bool { strips.contains { !$0.graphics.isEmpty } }

  /// The bytes of the file.
  public func serialized() -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(byteCount)
    let hasGraphics = hasGraphics
    func put(_ value: some FixedWidthInteger) {
      withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
    }
    bytes += ContainerLayout.signature
    put(ContainerLayout.version)
    put(format.kind.rawValue)
    put(format.sampleType.rawValue)
    put(UInt8((format.hasAlpha ? 1 : 0) + (tuning == .eye ? 2 : 0) + (hasGraphics ? 4 : 0)))
    put(codecHash)
    put(UInt32(format.width))
    put(UInt32(format.height))
    put(UInt16(format.channels))
    put(UInt16(channels))
    put(quality.units)
    put(UInt16(format.metadata.count))
    put(UInt32(stripPatchRows))
    put(UInt32(strips.count))
    put(UInt16(format.maximum ?? 0))
    put(UInt8(format.bits))
    for block in format.metadata {
      put(block.kind.rawValue)
      put(UInt32(block.bytes.count))
      put(crc32c(block.bytes))
    }
    for strip in strips {
      put(UInt32(strip.symbols.count))
      put(UInt32(strip.alpha.count))
      if hasGraphics { put(UInt32(strip.graphics.count)) }
      put(crc32c(strip.bytes))
    }
    put(crc32c(bytes))
    for block in format.metadata { bytes += block.bytes }
    for strip in strips { bytes += strip.bytes }
    return bytes
  }
}

/// Where the fields of a container lie.
enum ContainerLayout {
  /// As in PNG: a byte that is no text, the name, both line endings and an end-of-file mark, so
  /// that a transfer in text mode is seen at once.
  static let signature: [UInt8] = [0x89, 0x57, 0x4C, 0x43, 0x0D, 0x0A, 0x1A, 0x0A]
  static let version: UInt8 = 2
  static let tablesOffset = 47
  static let metadataEntry = 9
  static func stripEntry(hasGraphics: Bool) -> Int { hasGraphics ? 16 : 12 }
}
