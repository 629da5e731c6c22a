import EntropyCoding
import Signals

extension PictureContainer {
  /// Largest width and height; with it a strip of any file fits in memory.
  package static let largestSide = 1 << 20
  /// Pixels of the largest picture that is read unless the caller says otherwise.
  public static let defaultMaximumPixels = 1 << 28

  /// Parses a file. Every integer is checked before anything is allocated by it.
  ///
  /// - Parameters:
  ///   - bytes: the whole file.
  ///   - file: its name, for messages.
  ///   - maximumPixels: the largest width times height that is accepted.
  ///   - allowingDamage: keep strips with a wrong checksum or cut off, marked, instead of
  ///     throwing; header and metadata must be intact all the same.
  /// - Throws: `ContainerError`.
  package init(
    parsing bytes: [UInt8], file: String, maximumPixels: Int = defaultMaximumPixels,
    allowingDamage: Bool = false
  ) throws(ContainerError) {
    var reader = ContainerReader(bytes: bytes, file: file)
    try reader.start()
    let kind = try reader.field("kind", UInt8.self)
    guard kind.value != SoundContainer.kind else { throw .otherKind(file: file, isSound: true) }
    let sampleType = try reader.field("sample type", UInt8.self)
    let flags = try reader.field("flags", UInt8.self)
    let hash = try reader.hash()
    let width = try reader.field("width", UInt32.self)
    let height = try reader.field("height", UInt32.self)
    let channels = try reader.field("channels", UInt16.self)
    let latentChannels = try reader.field("latent channels", UInt16.self)
    let quality = try reader.field("quality", UInt16.self)
    let blocks = try reader.field("metadata count", UInt16.self)
    let stripRows = try reader.field("strip height", UInt32.self)
    let stripCount = try reader.field("strip count", UInt32.self)
    let maximum = try reader.field("full scale", UInt16.self)
    let bits = try reader.field("bits", UInt8.self)
    let hasGraphics = flags.value & 4 == 4
    let tables =
      blocks.value * ContainerLayout.metadataEntry
      + stripCount.value * ContainerLayout.stripEntry(hasGraphics: hasGraphics)
    let headerEnd = ContainerLayout.tablesOffset + tables
    guard bytes.count >= headerEnd + 4 else {
      throw .truncated(file: file, section: "header", offset: bytes.count)
    }
    reader.offset = headerEnd
    let checksum = try reader.integer(UInt32.self)
    guard Int(crc32c(bytes[..<headerEnd])) == checksum else {
      throw .damaged(file: file, section: "header", offset: headerEnd)
    }

    guard let kindValue = ImageFormat.Kind(rawValue: UInt8(kind.value)) else {
      throw reader.invalid(kind)
    }
    guard let sampleTypeValue = SampleType(rawValue: UInt8(sampleType.value)) else {
      throw reader.invalid(sampleType)
    }
    guard flags.value <= 7 else { throw reader.invalid(flags) }
    for side in [width, height] where side.value < 1 || side.value > Self.largestSide {
      throw reader.invalid(side)
    }
    guard width.value * height.value <= maximumPixels else {
      throw .tooManyPixels(
        file: file, width: width.value, height: height.value, limit: maximumPixels)
    }
    for field in [channels, latentChannels, stripRows] where field.value == 0 {
      throw reader.invalid(field)
    }
    guard quality.value <= Quality.highest.units else { throw reader.invalid(quality) }
    let isInteger = sampleTypeValue.maximum != nil
    guard Float(maximum.value) <= sampleTypeValue.maximum ?? 0, (maximum.value > 0) == isInteger
    else { throw reader.invalid(maximum) }
    guard bits.value <= ImageFormat.bits(of: Float(maximum.value)), (bits.value > 0) == isInteger
    else { throw reader.invalid(bits) }

    var format = ImageFormat(
      kind: kindValue, width: width.value, height: height.value, channels: channels.value,
      hasAlpha: flags.value & 1 == 1, sampleType: sampleTypeValue,
      maximum: isInteger ? Float(maximum.value) : nil,
      metadata: try reader.metadata(count: blocks.value, payload: headerEnd + 4))
    format.bits = bits.value
    self.init(
      format: format, codecHash: hash, channels: latentChannels.value,
      quality: Quality(units: UInt16(quality.value)), tuning: flags.value & 2 == 2 ? .eye : .psnr,
      stripPatchRows: stripRows.value,
      strips: try reader.strips(
        count: stripCount.value, hasGraphics: hasGraphics, allowingDamage: allowingDamage))
    if reader.payload < bytes.count, !allowingDamage {
      throw .trailingBytes(
        file: file, offset: reader.payload, count: bytes.count - reader.payload)
    }
  }
}

extension ContainerReader {
  fileprivate mutating func metadata(
    count: Int, payload start: Int
  ) throws(ContainerError) -> [MetadataBlock] {
    offset = ContainerLayout.tablesOffset
    payload = start
    var blocks: [MetadataBlock] = []
    for index in 0..<count {
      let kind = try field("metadata kind", UInt8.self)
      guard let kindValue = MetadataBlock.Kind(rawValue: UInt8(kind.value)) else {
        throw invalid(kind)
      }
      let length = try integer(UInt32.self)
      let checksum = try integer(UInt32.self)
      let section = "metadata block \(index)"
      let end = payload + length
      guard end <= bytes.count else {
        throw .truncated(file: file, section: section, offset: bytes.count)
      }
      guard Int(crc32c(bytes[payload..<end])) == checksum else {
        throw .damaged(file: file, section: section, offset: payload)
      }
      blocks.append(MetadataBlock(kind: kindValue, bytes: Array(bytes[payload..<end])))
      payload = end
    }
    return blocks
  }

  fileprivate mutating func strips(
    count: Int, hasGraphics: Bool, allowingDamage: Bool
  ) throws(ContainerError) -> [PictureContainer.Strip] {
    var strips: [PictureContainer.Strip] = []
    for index in 0..<count {
      let symbols = try integer(UInt32.self)
      let alpha = try integer(UInt32.self)
      let graphics = hasGraphics ? try integer(UInt32.self) : 0
      let checksum = try integer(UInt32.self)
      let start = payload
      let end = start + symbols + alpha + graphics
      payload = end
      let isWhole = end <= bytes.count
      if isWhole, Int(crc32c(bytes[start..<end])) == checksum {
        strips.append(
          PictureContainer.Strip(
            symbols: bytes[start..<start + symbols],
            alpha: bytes[start + symbols..<end - graphics], graphics: bytes[end - graphics..<end]))
      } else if allowingDamage {
        var strip = PictureContainer.Strip(symbols: [])
        strip.isIntact = false
        strips.append(strip)
      } else if isWhole {
        throw .damaged(file: file, section: "strip \(index)", offset: start)
      } else {
        throw .truncated(file: file, section: "strip \(index)", offset: bytes.count)
      }
    }
    return strips
  }
}
