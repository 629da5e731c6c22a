import EntropyCoding
import Signals
import Wavelets

extension SoundContainer {
  /// Parses a file. Every integer is checked before anything is allocated by it.
  ///
  /// - Parameters:
  ///   - bytes: the whole file.
  ///   - file: its name, for messages.
  ///   - allowingDamage: keep segments with a wrong checksum or cut off, marked, instead of throwing;
  ///     the header must be intact all the same. Where the end is missing, the segments that are
  ///     there are taken for all.
  /// - Throws: `ContainerError`.
  package init(
    parsing bytes: [UInt8], file: String, allowingDamage: Bool = false
  ) throws(ContainerError) {
    var reader = ContainerReader(bytes: bytes, file: file)
    try reader.start()
    let kind = try reader.field("kind", UInt8.self)
    guard kind.value == Self.kind else {
      if ImageFormat.Kind(rawValue: UInt8(kind.value)) != nil {
        throw .otherKind(file: file, isSound: false)
      }
      throw reader.invalid(kind)
    }
    let sampleType = try reader.field("sample type", UInt8.self)
    let flags = try reader.field("flags", UInt8.self)
    let hash = try reader.hash()
    let sampleRate = try reader.field("sample rate", UInt32.self)
    let channels = try reader.field("channels", UInt16.self)
    let quality = try reader.field("quality", UInt16.self)
    let coefficients = try reader.field("places", UInt16.self)
    let patches = try reader.field("patches in a segment", UInt16.self)
    let scale = try reader.field("scale", UInt8.self)
    let layout = try reader.field("layout of channels", UInt8.self)
    let speakers = try reader.field("loudspeakers", UInt32.self)
    let tagCount = try reader.integer(UInt16.self)
    let blockCount = try reader.integer(UInt16.self)
    let tags = try reader.tags(count: tagCount)
    let blocks = try reader.blocks(count: blockCount)
    let headerEnd = reader.offset
    let checksum = try reader.integer(UInt32.self)
    guard Int(crc32c(bytes[..<headerEnd])) == checksum else {
      throw .damaged(file: file, section: "header", offset: headerEnd)
    }
    guard let type = AudioSampleType(rawValue: UInt8(sampleType.value)) else {
      throw reader.invalid(sampleType)
    }
    guard flags.value <= 1 else { throw reader.invalid(flags) }
    guard (1...Int(Int32.max)).contains(sampleRate.value) else { throw reader.invalid(sampleRate) }
    guard (1...Self.largestChannels).contains(channels.value) else {
      throw reader.invalid(channels)
    }
    guard quality.value <= Quality.highest.units else { throw reader.invalid(quality) }
    guard (1...LappedTransform.patchFrames).contains(coefficients.value) else {
      throw reader.invalid(coefficients)
    }
    guard (1...SoundLayout.largestSegment(channels: channels.value)).contains(patches.value) else {
      throw reader.invalid(patches)
    }
    guard scale.value <= Self.largestScale else { throw reader.invalid(scale) }
    guard layout.value <= 2 else { throw reader.invalid(layout) }
    guard layout.value == 1 || speakers.value == 0 else { throw reader.invalid(speakers) }
    let layouts = [nil, ChannelLayout.speakers(UInt32(speakers.value)), .ambisonic]
    let (segments, frames) = try reader.segments(allowingDamage: allowingDamage)
    let segmentFrames = patches.value * LappedTransform.patchFrames
    let count = frames ?? segments.count * segmentFrames
    guard count > (segments.count - 1) * segmentFrames, count <= segments.count * segmentFrames,
      count > 0
    else {
      throw .invalid(
        file: file, field: "number of frames", value: count, offset: reader.offset - 12)
    }
    self.init(
      format: AudioFormat(
        sampleRate: sampleRate.value, channels: channels.value, frames: count, sampleType: type,
        layout: layouts[layout.value], tags: tags, blocks: blocks),
      codecHash: hash, quality: Quality(units: UInt16(quality.value)),
      hasBandSteps: flags.value & 1 == 1, coefficients: coefficients.value,
      segmentPatches: patches.value,
      scale: scale.value, segments: segments)
    if reader.offset < bytes.count, !allowingDamage {
      throw .trailingBytes(file: file, offset: reader.offset, count: bytes.count - reader.offset)
    }
  }
}

extension ContainerReader {
  fileprivate mutating func tags(count: Int) throws(ContainerError) -> [AudioTag] {
    var tags: [AudioTag] = []
    for _ in 0..<count {
      let length = try integer(UInt8.self)
      let name = try field("name of a tag", length)
      let text = try take(try integer(UInt32.self), of: "header")
      tags.append(AudioTag(name: name, text: String(decoding: text, as: UTF8.self)))
    }
    return tags
  }

  /// A name of a tag.
  private mutating func field(_ field: String, _ length: Int) throws(ContainerError) -> String {
    let start = offset
    let bytes = try take(length, of: "header")
    if let wrong = bytes.first(where: { !AudioTag.isNameByte($0) }) {
      throw .invalid(file: file, field: field, value: Int(wrong), offset: start)
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  fileprivate mutating func blocks(count: Int) throws(ContainerError) -> [AudioBlock] {
    var blocks: [AudioBlock] = []
    for _ in 0..<count {
      let kind = try field("block", UInt8.self)
      guard let known = AudioBlock.Kind(rawValue: UInt8(kind.value)) else { throw invalid(kind) }
      let bytes = try take(try integer(UInt32.self), of: "header")
      guard known != .chunk || bytes.count >= 4 else { throw invalid(kind) }
      blocks.append(AudioBlock(kind: known, bytes: Array(bytes)))
    }
    return blocks
  }

  /// All segments, and the frames that the end states; nil where it is damaged and may be.
  fileprivate mutating func segments(
    allowingDamage: Bool
  ) throws(ContainerError) -> ([SoundContainer.Segment], frames: Int?) {
    var segments: [SoundContainer.Segment] = []
    while true {
      let start = offset
      do throws(ContainerError) {
        let length = try integer(UInt32.self)
        if length == Int(SoundContainer.end) {
          let frames = try integer(UInt64.self)
          guard Int(crc32c(bytes[start + 4..<offset])) == (try integer(UInt32.self)) else {
            throw .damaged(file: file, section: "end", offset: start)
          }
          return (segments, frames)
        }
        let checksum = try integer(UInt32.self)
        let section = "segment \(segments.count)"
        let symbols = try take(length, of: section)
        var segment = SoundContainer.Segment(symbols: Array(symbols))
        if Int(crc32c(symbols)) != checksum {
          guard allowingDamage else {
            throw .damaged(file: file, section: section, offset: start)
          }
          segment.symbols = []
          segment.isIntact = false
        }
        segments.append(segment)
      } catch {
        guard allowingDamage, !segments.isEmpty else { throw error }
        offset = bytes.count
        return (segments, nil)
      }
    }
  }
}
